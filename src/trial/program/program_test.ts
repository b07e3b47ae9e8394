import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import test from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { CURRENT_RUNTIME } from "../../base/runtime.ts";
import { writePrepared } from "../../data/prepared.ts";
import { syntheticDigits } from "../../data/synthetic.ts";
import { faultText } from "../../report/fault_words.ts";
import { PROJECT, withFolder } from "../../../tests/support/cli.ts";
import { networkOf, problemOf } from "../../../tests/support/problems.ts";
import { assertEnds } from "../../../tests/support/processes.ts";
import { skipFor } from "../../../tests/support/skips.ts";
import { NEEDS_PERL, NEEDS_PYTHON, PYTHON } from "../../../tests/support/python.ts";
import { verify } from "../../check/verify_kernel.ts";
import { runTrial } from "../run_trial.ts";
import { PROGRAM_PROTOCOL_VERSION } from "../../format/program_protocol.ts";
import { startProgram } from "./conversation.ts";
import { ProgramError } from "./program_error.ts";
import { isForeign, kindOf, wordsOf } from "./kinds.ts";
import { loadProgram } from "./load_program.ts";

test("the file decides how a plug-in runs", () => {
  assert.equal(kindOf("/a/mine.py"), "python");
  assert.equal(kindOf("/a/mine.ts"), "module");
  assert.equal(kindOf("/a/mine.mjs"), "module");
  assert.equal(kindOf("/nowhere/mine"), "module"); // its loader says what is wrong
  assert.equal(kindOf("/a/mine.c"), "native");
  assert.equal(kindOf("/a/libmine.so"), "native");
  assert.equal(kindOf("cmd: julia mine.jl"), "program");
  assert.equal(kindOf(join(PROJECT, "examples/perl/mine.pl")), "program");
  assert.ok(isForeign("/a/mine.py") && !isForeign("/a/mine.js"));
  assert.deepEqual(wordsOf(`cmd: julia -O3 "my file.jl" 'a b'`), [
    "julia",
    "-O3",
    "my file.jl",
    "a b",
  ]);
});

test("the example in Perl, which has no kit, conforms", NEEDS_PERL, async () => {
  const problem = problemOf(networkOf([12, 7, 5, 10]), 40, 7);
  const [program] = await loadProgram(join(PROJECT, "examples/perl/mine.pl"), "");
  assert.deepEqual(program.network, {
    hiddenActivation: "sigmoid",
    outputLoss: "sigmoid-quadratic",
  });
  const kernel = await program.open(problem);
  const { verdict, ...why } = await verify(
    kernel,
    program.precision,
    problem,
    new Float64Array(kernel.layout.length).map((_, p) => Math.fround(Math.sin(p))),
  );
  await kernel[Symbol.asyncDispose]();
  assert.equal(verdict, "reordered", JSON.stringify(why));
  const lines = readFileSync(join(PROJECT, "examples/perl/mine.pl"), "utf8").split("\n").length;
  assert.ok(lines < 120, `it has ${lines} lines`);
});

const NEEDS_SHELL = process.platform === "win32" ? { skip: skipFor("Windows has no sh") } : {};
const DESCRIBED = `{"type":"described","programs":[{"name":"mine","summary":"s",` +
  `"precision":"float64"}]}`;

/** Shell scripts that are no programs, and what they are told. */
const BAD: Readonly<Record<string, readonly [script: string, told: RegExp]>> = {
  "prints first": [
    `echo "Welcome!"; read line; echo '${DESCRIBED}'`,
    /answered "describe" with "Welcome!", which is not JSON/,
  ],
  "answers something else": [
    `read line; echo '{"type":"loaded"}'`,
    /answered "describe" with .* not an answer \(expected "described"\)/,
  ],
  "leaves something out": [
    `read line; echo '{"type":"described","programs":[{"name":"mine"}]}'`,
    /not an answer \(programs\.0\.summary: /,
  ],
  "exits": [
    "echo it is broken >&2; exit 3",
    /process ended early \(exit code 3, when asked to describe\): it is broken/,
  ],
  "was ended inside another": [
    "exit 137",
    /process ended early \(exit code 137, as of signal SIGKILL, when asked to describe\)/,
  ],
  "fails": [
    `read line; echo '{"type":"failed","message":"no luck","file":"/a/m.f90","line":7}'`,
    /^no luck \(m\.f90:7\)$/,
  ],
  "writes too little": [
    `read line; echo '${DESCRIBED}'
     read line; echo '{"type":"opened"}'
     file=$(echo "$line" | sed 's/.*"gradient":"\\([^"]*\\)".*/\\1/')
     read line; echo '{"type":"loaded"}'
     read line; echo '{"type":"gradient","loss":1}'
     read line; printf 12345678 > "$file"; echo '{"type":"saved"}'; read line`,
    /wrote 8 bytes to gradient\.f64, expected 1528: 8 for each parameter/,
  ],
};

for (const [name, [script, told]] of Object.entries(BAD)) {
  test(`a program that ${name}: the message says so`, async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "mine");
      writeFileSync(path, `#!/bin/sh\n${script}\n`);
      chmodSync(path, 0o755);
      await assert.rejects(tried(path), (error: unknown) => {
        assert.ok(error instanceof ProgramError, String(error));
        assert.match(faultText(error.fault), told);
        return true;
      });
    });
  });
}

test("a command that is not there is named", async () => {
  await assert.rejects(tried("cmd: a-command-of-nobody x"), (error: unknown) => {
    assert.ok(error instanceof ProgramError);
    assert.match(
      faultText(error.fault),
      /cannot be started \(a-command-of-nobody: .*(ENOENT|not found)/,
    );
    return true;
  });
});

/** A process that holds the pipes of what started it, and a file with its number. */
const LEAVES = `sleep 60 & echo $! > "$LEFT"`;

for (
  const [what, code, during] of [
    ["ends when it is told to", `${LEAVES}; cat > /dev/null`, "close"],
    ["ends by itself", `${LEAVES}; exit 3`, "ask"],
  ] as const
) {
  test(
    `a program that left a process behind and ${what} is not waited for`,
    NEEDS_SHELL,
    async () => {
      await withFolder(async (folder) => {
        const LEFT = join(folder, "left");
        const start = performance.now();
        const told = startProgram({ command: "sh", args: ["-c", code], environment: { LEFT } });
        if (during === "ask") {
          const describe = { type: "describe", protocol: PROGRAM_PROTOCOL_VERSION } as const;
          await assert.rejects(told.ask(describe), {
            fault: { kind: "program-died", exitCode: 3, during: "describe" },
          });
        } else {
          while (!existsSync(LEFT) || readFileSync(LEFT, "utf8") === "") await pause(10);
          await told.close();
        }
        assert.ok(performance.now() - start < 30_000);
        process.kill(Number(readFileSync(LEFT, "utf8")));
      });
    },
  );
}

async function tried(plugin: string): Promise<void> {
  const problem = problemOf(networkOf([12, 7, 5, 10]), 40, 7);
  const [program] = await loadProgram(plugin, "");
  const kernel = await program.open(problem);
  try {
    await verify(kernel, "float64", problem, new Float64Array(191));
  } finally {
    await kernel[Symbol.asyncDispose]();
  }
}

test("a program that hangs is killed with the process that talks to it", NEEDS_PYTHON, async () => {
  await withFolder(async (folder) => {
    const pidFile = join(folder, "pid");
    const plugin = join(folder, "mine.py");
    writeFileSync(
      plugin,
      `import os, re
def gradient(weights, biases, images, labels):
    open(${JSON.stringify(pidFile)}, "w").write(str(os.getpid()))
    re.match(r"(a+)+$", "a" * 40 + "b")  # native code that does not return
`,
    );
    const sets = { train: syntheticDigits(20, 1, "train"), test: syntheticDigits(10, 1, "test") };
    const record = await runTrial({
      runtime: { ...CURRENT_RUNTIME, path: process.execPath },
      round: 1,
      needs: [],
      timeoutMs: 6000,
      request: {
        type: "run",
        protocol: 1,
        cell: {
          ...networkOf([784, 10]),
          layerSizes: [784, 10],
          implementation: "mine",
          runtime: "python",
          examples: 20,
          batchSize: 5,
          rate: 1,
          precision: "float64",
          threads: 1,
          seed: 1,
        },
        plugin,
        python: PYTHON!,
        data: writePrepared(folder, sets, 1, 20),
        initialisation: "uniform",
        keepWrong: false,
      },
    });
    assert.deepEqual(record?.reasons?.map(({ kind }) => kind), ["timed-out"]);
    await assertEnds(pidFile);
  });
});
