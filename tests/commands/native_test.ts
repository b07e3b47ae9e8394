import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import {
  flags,
  latestTrials,
  PROJECT,
  refuses,
  slope,
  smallData,
  withFolder,
} from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";

const EXAMPLE = join(PROJECT, "examples/c/mine.c");

const skip = !hasCompiler()
  ? "no C compiler is here: apt-get install gcc"
  : CURRENT_RUNTIME.name === "node" && "Node cannot call native libraries";
const NEEDED = { ...SLOW, skip };

const verify = (plugin: string) => [
  "verify",
  ...flags({ plugin, implementations: "mine", data: smallData(), sizes: "100" }),
];

test("a plug-in in C is compiled, verified, timed and audited", NEEDED, async () => {
  await withFolder(async (folder) => {
    const { code, stdout, stderr } = await slope([
      "bench",
      ...flags({
        plugin: EXAMPLE,
        implementations: "mine",
        data: smallData(),
        sizes: "100",
        rounds: "1",
        epochs: "1",
        "max-sample": "100ms",
        out: folder,
      }),
    ]);
    assert.equal(code, 0, stdout + stderr);
    const [mine] = latestTrials(folder);
    assert.equal(mine.status, "ok");
    assert.equal(mine.verification?.verdict, "reordered");
    assert.ok((mine.rechecks?.steps ?? 0) > 0);
  });
});

test("what the compiler says is told: code 2", NEEDED, async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "mine.c");
    writeFileSync(
      file,
      '#include "slope.h"\nint32_t slope_precision(void) { return sixtyfour; }\n',
    );
    await refuses(verify(file), /Cannot compile plug-in .*mine\.c:2:\d+: error: .*sixtyfour/s);
  });
});

test("a library that lacks a function, or is none, is refused: code 2", NEEDED, async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "mine.c");
    const text = readFileSync(EXAMPLE, "utf8").replaceAll("slope_gradient", "slope_gradiant");
    writeFileSync(file, text);
    await refuses(verify(file), /Cannot load plug-in .*slope_gradient/s);
    const none = join(folder, "mine.so");
    writeFileSync(none, "this is no library");
    await refuses(verify(none), /Cannot load plug-in .*mine\.so/s);
  });
});

test(
  "a network that it does not compute, and a crash, fail its cells alone: code 1",
  NEEDED,
  async () => {
    await withFolder(async (folder) => {
      const other = await slope([...verify(EXAMPLE), "--activation", "relu"]);
      assert.equal(other.code, 1);
      const told = other.stdout.replaceAll(/\s+/g, " ");
      assert.match(told, /slope_open returned 1: it does not compute .*relu, sigmoid-quadratic/);
      const file = join(folder, "mine.c");
      const crash = readFileSync(EXAMPLE, "utf8")
        .replace(
          "  double loss = 0;\n  for (int n",
          "  *(volatile int *)8 = 1;\n  double loss = 0;\n  for (int n",
        );
      writeFileSync(file, crash);
      const { code, stdout } = await slope(verify(file));
      assert.equal(code, 1);
      assert.match(stdout.replaceAll(/\s+/g, " "), /process ended early \(.*\), after "opened"/);
    });
  },
);

function hasCompiler(): boolean {
  try {
    execFileSync("cc", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
