import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { CURRENT_RUNTIME } from "../../base/runtime.ts";
import { openCompiled } from "./compiled_library.ts";
import { skipFor } from "../../../tests/support/skips.ts";
import { SLOW } from "../../../tests/support/slow.ts";

const FUNCTIONS = { threads_for: { parameters: ["i32", "i32"], result: "i32" } } as const;

const open = (variables: Record<string, string>) => openCompiled("sparse.c", FUNCTIONS, variables);

const skip = skipFor(
  CURRENT_RUNTIME.name === "node"
    ? "Node cannot call native libraries"
    : !hasCompiler() && "no C compiler is here: apt-get install gcc",
);

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "compiled-test-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A folder whose `cc` is this shell script. */
function compilerThat(script: string, folder: string): { PATH: string; XDG_CACHE_HOME: string } {
  writeFileSync(join(folder, "cc"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { PATH: `${folder}:/usr/bin:/bin`, XDG_CACHE_HOME: folder };
}

const WRITES_TEXT = 'while [ "$1" != -o ]; do shift; done; echo text >"$2"';
const NAMES_ITSELF = 'case "$*" in *-dM*) echo "#define __VERSION__ \\"1.2.3\\""; exit;; esac';

test("a library is compiled once, and again where it is damaged", { ...SLOW, skip }, async () => {
  await withFolder(async (folder) => {
    const path = process.env.PATH ?? "";
    // It knows the processor, as the real one does, but what it makes is no library.
    const damages = `case "$*" in *-dM*) PATH=${path} exec cc "$@";; esac\n${WRITES_TEXT}`;
    assert.ok(!(await open(compilerThat(damages, folder))).available);
    const cached = async () => {
      const library = await open({ PATH: path, XDG_CACHE_HOME: folder });
      assert.ok(library.available, library.available ? "" : library.reason);
      assert.ok(library.compiled.ns > 0);
      return library.compiled.cached;
    };
    assert.equal(await cached(), false);
    assert.equal(await cached(), true);
    const files = readdirSync(join(folder, "slope/native"));
    assert.equal(files.filter((name) => name.endsWith(".so")).length, 1);
  });
});

test(
  "where the time to compile cannot be read, the library is made again",
  { ...SLOW, skip },
  async () => {
    await withFolder(async (folder) => {
      const variables = { PATH: process.env.PATH ?? "", XDG_CACHE_HOME: folder };
      await open(variables);
      const cache = join(folder, "slope/native");
      const file = join(cache, readdirSync(cache).find((name) => name.endsWith(".json"))!);
      for (const damaged of ["{", undefined]) {
        if (damaged === undefined) rmSync(file);
        else writeFileSync(file, damaged);
        const again = await open(variables);
        assert.ok(again.available, again.available ? "" : again.reason);
        assert.ok(again.compiled.ns > 0 && !again.compiled.cached, String(damaged));
        const last = await open(variables);
        assert.ok(last.available && last.compiled.cached);
        assert.equal(last.compiled.ns, again.compiled.ns);
      }
      assert.equal(readdirSync(cache).length, 2, "no draft is left");
    });
  },
);

test("a compiler that is missing, or fails, is a reason with a hint", { skip }, async () => {
  await withFolder(async (folder) => {
    const reasonOf = async (variables: Record<string, string>) => {
      const library = await open(variables);
      return library.available ? "available" : library.reason;
    };
    assert.match(
      await reasonOf({ PATH: join(folder, "none"), XDG_CACHE_HOME: folder }),
      /no C compiler "cc"; .*apt-get install gcc/,
    );
    assert.match(
      await reasonOf(compilerThat(`${NAMES_ITSELF}\necho 'sparse.c:1: no' >&2; exit 1`, folder)),
      /"cc" failed: sparse\.c:1: no; try another one/,
    );
    assert.match(
      await reasonOf(compilerThat(`${NAMES_ITSELF}\n${WRITES_TEXT}`, folder)),
      /cannot open .*\.so: .*noexec, set XDG_CACHE_HOME/,
    );
    assert.match(
      await reasonOf({ PATH: process.env.PATH ?? "", XDG_CACHE_HOME: "/dev/null" }),
      /cannot compile: .*; set XDG_CACHE_HOME to a writable folder/,
    );
  });
});

test("another processor has a library of its own", { ...SLOW, skip }, async () => {
  await withFolder(async (folder) => {
    const own = await open({ PATH: process.env.PATH ?? "", XDG_CACHE_HOME: folder });
    assert.ok(own.available);
    // The same compiler, but it sees a processor with one more feature.
    const other =
      `case "$*" in *-dM*) echo "#define __NEW__ 1";; esac\nPATH=${process.env.PATH} exec cc "$@"`;
    const library = await open(compilerThat(other, folder));
    assert.ok(library.available && !library.compiled.cached);
    const files = readdirSync(join(folder, "slope/native"));
    assert.equal(files.filter((name) => name.endsWith(".so")).length, 2);
  });
});

function hasCompiler(): boolean {
  try {
    execFileSync("cc", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
