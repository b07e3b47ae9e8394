import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, parse } from "node:path";
import { test } from "node:test";
import {
  flags,
  latestTrials,
  PROJECT,
  refusesHere,
  slope,
  slopeHere,
  smallData,
  withFolder,
} from "../support/cli.ts";
import { NEEDS_COMPILER, NEEDS_RUST } from "../support/native.ts";
import { SLOW } from "../support/slow.ts";

const EXAMPLE = join(PROJECT, "kits/templates/my_gradient.c");

const NEEDED = { ...SLOW, ...NEEDS_COMPILER };

const verify = (plugin: string) => [
  "verify",
  ...flags({ plugin, implementations: parse(plugin).name, data: smallData(), sizes: "100" }),
];

test("a plug-in in C is compiled, verified, timed and audited", NEEDED, async () => {
  await withFolder(async (folder) => {
    const { code, stdout, stderr } = await slope([
      "bench",
      ...flags({
        plugin: EXAMPLE,
        implementations: "my_gradient",
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
    await refusesHere(verify(file), /Cannot compile plug-in .*mine\.c:2:\d+: error: .*sixtyfour/s);
  });
});

test("a library that lacks a function, or is none here, is refused: code 2", NEEDED, async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "mine.c");
    const text = readFileSync(EXAMPLE, "utf8").replaceAll("slope_gradient", "slope_gradiant");
    writeFileSync(file, text);
    await refusesHere(
      verify(file),
      /Cannot load plug-in ".*mine\.c": .*slope_gradient.*hint: kits\/c/s,
    );
    const none = join(folder, "mine.so");
    writeFileSync(none, "this is no library");
    await refusesHere(verify(none), /Cannot load plug-in ".*mine\.so": it is not a native library/);
    writeFileSync(none, libraryHead(OTHER_MACHINE));
    await refusesHere(
      verify(none),
      /mine\.so": it is compiled for riscv64, and this machine is \w+\n/,
    );
  });
});

test(
  "native code has a cell for each thread count; what it prints stands behind its name",
  NEEDED,
  async () => {
    await withFolder(async (folder) => {
      const file = join(folder, "mine.c");
      const body = "  problem = given,";
      const talk =
        '  printf("%d threads, OMP %s\\n", given->threads, getenv("OMP_NUM_THREADS"));\n';
      const text = readFileSync(EXAMPLE, "utf8");
      assert.ok(text.includes(body));
      const declared = "int32_t slope_threads(void) { return 1; }\n";
      writeFileSync(file, "#include <stdio.h>\n" + text.replace(body, talk + body) + declared);
      const { code, stdout, stderr } = await slopeHere([...verify(file), "--threads", "1,2"]);
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /2 cells agree/);
      assert.match(stderr, /^mine: 1 threads, OMP 1$/m);
      assert.match(stderr, /^mine: 2 threads, OMP 2$/m);
      assert.doesNotMatch(stdout, /OMP/);
    });
  },
);

test("native code that writes one number too many, or too early, is told so", NEEDED, async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "mine.c");
    const text = readFileSync(EXAMPLE, "utf8");
    const right = "memset(gradient, 0, parameter_count * sizeof(double));";
    assert.ok(text.includes(right));
    for (const at of ["parameter_count", "-1"]) {
      writeFileSync(file, text.replace(right, `${right} ((double *)gradient)[${at}] = 0;`));
      const { code, stdout } = await slopeHere(verify(file));
      assert.equal(code, 1, stdout);
      assert.match(
        stdout.replaceAll(/\s+/g, " "),
        /slope_gradient wrote outside its gradient, which has 13,?002 numbers/,
      );
    }
  });
});

test("a profile has the phases that native code marks", NEEDED, async () => {
  await withFolder(async (out) => {
    const given = { plugin: EXAMPLE, data: smallData(), sizes: "200", budget: "300ms", out };
    const { stdout, stderr } = await slope(["profile", "--format", "json", ...flags(given)]);
    const { subsets: [{ phases }] } = JSON.parse(stdout);
    const names = phases.map(({ phase }: { phase: string }) => phase);
    assert.deepEqual(names, ["unmarked", "forward", "backward", "update"], stderr);
  });
});

test("the example in Rust conforms", { ...SLOW, ...NEEDS_RUST }, async () => {
  await withFolder(async (folder) => {
    const library = join(folder, "mine.so");
    const source = join(PROJECT, "examples/rust/mine.rs");
    const flags = ["-O", "-C", "target-cpu=native", "--crate-type", "cdylib"];
    execFileSync("rustc", [...flags, "-o", library, source], { stdio: "ignore" });
    const options = [...verify(library), "--batch", "1,7,full", "--layers", "784,12,5,10"];
    const { code, stdout } = await slopeHere(options);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /3 cells agree/);
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
      const { code, stdout } = await slopeHere(verify(file));
      assert.equal(code, 1);
      writeFileSync(file, readFileSync(EXAMPLE, "utf8").replace("return 64;", "return 16;"));
      await refusesHere(verify(file), /slope_precision returned 16, expected 32 for float or 64/);
      assert.match(
        stdout.replaceAll(/\s+/g, " "),
        /process ended early \(.*\), while it was verified/,
      );
    });
  },
);

/** The number of RISC-V, on which none of the runtimes that are tested here runs. */
const OTHER_MACHINE = 243;

/** The head of a shared library in ELF. */
function libraryHead(machine: number): Uint8Array {
  const head = new Uint8Array(64);
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  head.set([3, 0, machine, 0], 16);
  return head;
}
