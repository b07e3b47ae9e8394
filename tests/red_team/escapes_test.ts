import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { RUNTIMES } from "../../src/base/runtime.ts";
import { writePrepared } from "../../src/data/prepared.ts";
import { syntheticDigits } from "../../src/data/synthetic.ts";
import { PROTOCOL_VERSION } from "../../src/format/protocol_version.ts";
import type { SandboxMode } from "../../src/format/sandbox.ts";
import type { CellRuntime } from "../../src/format/trial_record.ts";
import { reasonText } from "../../src/report/reason_words.ts";
import { noBoxText } from "../../src/report/sandbox_words.ts";
import { libraryOf } from "../../src/sweep/compile_native.ts";
import { findConfinement } from "../../src/sweep/confinement.ts";
import { findBox } from "../../src/trial/box/find_box.ts";
import { runTrial } from "../../src/trial/run_trial.ts";
import { findRuntime, type Runtime } from "../../src/trial/runtimes.ts";
import { PROJECT, withFolder } from "../support/cli.ts";
import { NEEDS_PYTHON, PYTHON } from "../support/python.ts";
import { SLOW } from "../support/slow.ts";
import { reasonOf } from "../support/trials.ts";
import { skipFor } from "../support/skips.ts";

const found = await findBox();
const NEEDS_BOX = found.available ? {} : { skip: skipFor(noBoxText(found.reason)) };
const hasCompiler = ((): boolean => {
  try {
    execFileSync("cc", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

/** What became of the attempts of a program, by its own words and by what they left. */
interface Attempts {
  readonly status: string;
  readonly told: Readonly<Record<string, string>>;
  readonly left: { secret: string; written: boolean; started: boolean; connections: number };
}

async function attemptsOf(
  file: string,
  runtime: Runtime,
  mode: SandboxMode,
  cellRuntime: CellRuntime = runtime.name,
): Promise<Attempts> {
  let attempts: Attempts | undefined;
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  // In its own temporary folder a program may write, so what it must not write lies elsewhere.
  const outside = mkdtempSync("/var/tmp/slope-escapes-");
  await withFolder(async (folder) => {
    const [theirs, data] = [join(outside, "theirs"), join(folder, "data")];
    [theirs, data].forEach((one) => mkdirSync(one));
    const [secret, written, started] = ["secret", "written", "started"]
      .map((name) => join(outside, name));
    writeFileSync(secret, "a secret");
    const words = { SECRET: secret, WRITTEN: written, STARTED: started, PORT: port };
    // The copy has its helper beside it.
    const others = { MINE: join(PROJECT, "kits/templates/my_gradient.c"), PARENT: process.pid };
    const source = readFileSync(join(PROJECT, "tests/red_team/escapes", file), "utf8")
      .replace("../work.ts", "./work.ts"); // its copy
    const plugin = join(theirs, file.replace("module", "escapes"));
    writeFileSync(
      plugin,
      Object.entries({ ...words, ...others })
        .reduce((text, [name, value]) => text.replaceAll(`{${name}}`, String(value)), source)
        .replace("../work.ts", "./work.ts"),
    );
    copyFileSync(join(PROJECT, "tests/red_team/work.ts"), join(theirs, "work.ts"));
    copyFileSync(join(PROJECT, "tests/red_team/python/honest.py"), join(theirs, "honest.py"));
    const lines: string[] = [];
    process.env.SLOPE_TEST_KEY = "secret";
    const confinement = await findConfinement(mode, [plugin], [runtime.name as "deno"]);
    const sets = { train: syntheticDigits(100, 1, "train"), test: syntheticDigits(50, 1, "test") };
    const record = await runTrial({
      runtime,
      round: 1,
      needs: file.endsWith(".c") ? ["ffi"] : [],
      timeoutMs: 120_000,
      confinement,
      onLog: (line) => lines.push(line),
      request: {
        type: "run",
        protocol: PROTOCOL_VERSION,
        cell: {
          implementation: "escapes",
          runtime: cellRuntime,
          examples: 100,
          batchSize: 10,
          layerSizes: [784, 8, 10],
          hiddenActivation: "sigmoid",
          outputLoss: "sigmoid-quadratic",
          rate: 1,
          precision: "float64",
          threads: 1,
          seed: 1,
        },
        plugin: await libraryOf(plugin),
        ...(file.endsWith(".py") && { python: PYTHON! }),
        data: writePrepared(data, sets, 1, 100),
        initialisation: "scaled-normal",
        keepWrong: false,
        training: { epochs: 1 },
        sampling: { engine: "ordered", budgetNs: 0.1e9, minSamples: 2, minSampleNs: 1e6 },
      },
    });
    assert.ok(record !== undefined);
    assert.equal(record.status, "ok", reasonOf(record) + lines.join("\n"));
    assert.ok((record.memory?.peakRssBytes ?? 0) > 20e6, "the memory of the program is known");
    attempts = {
      status: record.status,
      told: Object.fromEntries(
        lines.flatMap((line) => /^(\w+): (escaped|refused)$/.exec(line)?.slice(1) ?? [])
          .reduce<string[][]>((pairs, word, n) => {
            if (n % 2 === 0) pairs.push([word]);
            else pairs.at(-1)!.push(word);
            return pairs;
          }, []),
      ),
      left: {
        secret: readFileSync(secret, "utf8"),
        written: existsSync(written),
        started: existsSync(started),
        connections,
      },
    };
  });
  rmSync(outside, { recursive: true, force: true });
  server.close();
  delete process.env.SLOPE_TEST_KEY;
  return attempts!;
}

function assertHeld({ told, left }: Attempts, names: readonly string[]): void {
  const escaped = Object.entries(told).filter(([, outcome]) => outcome !== "refused");
  assert.deepEqual(escaped, []);
  for (const name of names) assert.equal(told[name], "refused", name);
  assert.deepEqual(left, { secret: "a secret", written: false, started: false, connections: 0 });
}

const EVERYWHERE = ["read", "system", "write", "over", "start", "connect", "key"];

for (const name of RUNTIMES) {
  test(`a module in ${name} does not leave its box`, { ...SLOW, ...NEEDS_BOX }, async (t) => {
    const runtime = await findRuntime(name);
    if (!runtime.available) return t.skip(skipFor(reasonText(runtime.reason)));
    assertHeld(await attemptsOf("module.ts", runtime.runtime, "require"), EVERYWHERE);
    if (name === "deno") return;
    // Without a box it does what it tries.
    const { told, left } = await attemptsOf("module.ts", runtime.runtime, "off");
    assert.deepEqual([...new Set(Object.values(told))], ["escaped"]);
    assert.deepEqual(left, { secret: "overwritten", written: true, started: true, connections: 1 });
  });
}

test("a program in Python does not leave its box", {
  ...SLOW,
  ...NEEDS_PYTHON,
  ...NEEDS_BOX,
}, async () => {
  const runtime = await findRuntime("deno");
  const host = runtime.available ? runtime.runtime : await current();
  const all = [...EVERYWHERE, "fork", "shell", "mount", "kill"];
  assertHeld(await attemptsOf("escapes.py", host, "require", "python"), all);
  const { told, left } = await attemptsOf("escapes.py", host, "off", "python");
  assert.equal(told.read, "escaped");
  assert.deepEqual(left, { secret: "here", written: true, started: true, connections: 1 });
});

for (const name of ["deno", "bun"] as const) {
  test(`native code in ${name} does not leave its box`, {
    ...SLOW,
    ...NEEDS_BOX,
    ...(!hasCompiler && { skip: skipFor("there is no C compiler") }),
  }, async (t) => {
    const runtime = await findRuntime(name);
    if (!runtime.available) return t.skip(skipFor(reasonText(runtime.reason)));
    assertHeld(await attemptsOf("escapes.c", runtime.runtime, "require"), [...EVERYWHERE, "fork"]);
    const { told, left } = await attemptsOf("escapes.c", runtime.runtime, "off");
    assert.equal(told.read, "escaped");
    assert.deepEqual([left.written, left.started, left.connections], [true, true, 1]);
  });
}

async function current(): Promise<Runtime> {
  for (const name of RUNTIMES) {
    const one = await findRuntime(name);
    if (one.available) return one.runtime;
  }
  throw new Error("there is no runtime");
}

test("the compiler takes no other file into a plug-in in C", {
  ...SLOW,
  ...NEEDS_BOX,
  ...(!hasCompiler && { skip: skipFor("there is no C compiler") }),
}, () =>
  withFolder(async (folder) => {
    const outside = mkdtempSync("/var/tmp/slope-escapes-");
    try {
      const secret = join(outside, "secret.h");
      writeFileSync(secret, "/* a secret */\n");
      const plugin = join(folder, "mine.c");
      const template = readFileSync(join(PROJECT, "kits/templates/my_gradient.c"), "utf8");
      const compile = async (line: string, mode: SandboxMode) => {
        writeFileSync(plugin, `${line}\n${template}`);
        return await libraryOf(plugin, await findConfinement(mode, [plugin], ["deno"]));
      };
      const embedded = `__asm__(".incbin \\"${secret}\\"");`;
      const included = `#include "${secret}"`;
      assert.ok(existsSync(await compile("", "require")));
      assert.ok(existsSync(await compile(embedded, "off")));
      assert.ok(existsSync(await compile(included, "auto")), "a header that it names");
      for (const line of [embedded, included]) {
        await assert.rejects(compile(line, "require"), /Cannot compile .*secret\.h/s, line);
      }
    } finally {
      rmSync(outside, { recursive: true });
    }
  }));
