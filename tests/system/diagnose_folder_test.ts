import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { flags, slope, smallData, withFolder, writePlugin } from "../support/cli.ts";
import { NEEDS_COMPILER } from "../support/native.ts";
import { NEEDS_PYTHON } from "../support/python.ts";
import { SLOW } from "../support/slow.ts";

/** A network of one layer, whose gradient is the right one times `factor`. */
const oneLayer = (factor: number, before = "") => `
export default {
  name: "mine", summary: "s", precision: "float64",
  network: { layerSizes: [784, 10] },
  gradient(weights, biases, images, labels) {
    ${before}
    const dW = weights[0].map((row) => row.map(() => 0)), db = biases[0].map(() => 0);
    images.forEach((x, n) => {
      weights[0].forEach((row, o) => {
        const z = row.reduce((sum, w, i) => sum + w * x[i], biases[0][o]);
        const a = 1 / (1 + Math.exp(-z));
        const delta = (a - (o === labels[n] ? 1 : 0)) * a * (1 - a) * ${factor} / images.length;
        x.forEach((value, i) => dW[o][i] += delta * value);
        db[o] += delta;
      });
    });
    return [[dW], [db]];
  },
};`;

const PYTHON = `
import numpy as np
layers = [784, 10]
def gradient(weights, biases, images, labels):
    a = 1 / (1 + np.exp(-(images @ weights[0].T + biases[0])))
    delta = (a - np.eye(10)[labels]) / len(images)   # the slope is missing
    return [delta.T @ images], [delta.sum(0)]
`;

/** Not every machine has a sandbox; what one holds is tested elsewhere. */
const ANYWHERE = { data: smallData(), sandbox: "auto" };

interface Row {
  file: string;
  outcome: string;
  failures?: { failure: { kind: string } }[];
  message?: string;
}

interface Answer {
  answer: string;
  programs: Row[];
  withoutProgram: string[];
}

test(
  "a folder gets a row for each program; one that hangs or dies costs its own",
  { ...SLOW, ...NEEDS_PYTHON },
  async () => {
    await withFolder(async (folder) => {
      const write = (name: string, code: string) => {
        mkdirSync(join(folder, name));
        return writePlugin(join(folder, name), "mine.ts", code);
      };
      write("right", oneLayer(1));
      write("twice", oneLayer(2));
      write("hangs", oneLayer(1, "while (true);"));
      write("dies", oneLayer(1, "throw new Error('no such luck');"));
      write("empty", "export default { name: 'mine', prepare: 1 };");
      write("helper", "export const half = (x) => x / 2;");
      mkdirSync(join(folder, "python"));
      writeFileSync(join(folder, "python", "mine.py"), PYTHON);
      writeFileSync(join(folder, "python", "common.py"), "def half(x):\n    return x / 2\n");
      writeFileSync(
        join(folder, "python", "plots.py"),
        "import package_that_is_not_here\n\ndef plot(x):\n    return x\n",
      );
      writeFileSync(join(folder, "notes.md"), "Not a program.");
      const page = join(folder, "class.html");
      const args = flags({ only: "gradient", ...ANYWHERE, timeout: "8s", page });
      const { code, stdout, stderr } = await slope([
        "diagnose",
        folder,
        ...args,
        "--format",
        "json",
      ]);
      assert.equal(code, 1, stderr);
      const { answer, programs, withoutProgram } = JSON.parse(stdout) as Answer;
      assert.deepEqual(withoutProgram.map((file) => file.split(/[/\\]/).slice(-2).join("/")), [
        "helper/mine.ts",
        "python/common.py",
        "python/plots.py",
      ]);
      assert.match(
        answer,
        /^1 of 6 is right; 1 \w+ .+, 1 \w+ .+; 3 could not be examined\.$/,
      );
      const outcomes = programs.map(({ file, outcome }) => [file.split(/[/\\]/).at(-2), outcome]);
      assert.deepEqual(Object.fromEntries(outcomes), {
        right: "right",
        twice: "right-up-to-a-constant",
        hangs: "not-examined",
        dies: "not-examined",
        empty: "not-examined",
        python: "wrong",
      });
      const of = (name: string) => programs.find(({ file }) => file.includes(name))!;
      assert.equal(of("hangs").failures![0].failure.kind, "timed-out");
      assert.match(of("empty").message!, /mine\.ts/);
      assert.match(stderr, /6 of 6: /);
      assert.match(stderr, /page: .*class\.html/);
    });
  },
);

test(
  "files that are named are examined with what was asked for; all right is code 0",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const files = ["a.ts", "b.ts"].map((name) => writePlugin(folder, name, oneLayer(1)));
      const args = flags({ only: "gradient,scaling", ...ANYWHERE, format: "csv" });
      const { code, stdout, stderr } = await slope(["diagnose", ...files, ...args]);
      assert.equal(code, 0, stdout + stderr);
      const [header, ...rows] = stdout.trimEnd().split(/\r?\n/);
      assert.match(header, /^file,program,outcome,/);
      assert.deepEqual(rows.map((row) => row.split(",").slice(1, 3)), [
        ["mine", "right"],
        ["mine", "right"],
      ]);
    });
  },
);

test("a flag that is wrong for all is refused once, code 2", SLOW, async () => {
  await withFolder(async (folder) => {
    for (const name of ["a.ts", "b.ts"]) writePlugin(folder, name, oneLayer(1));
    writePlugin(folder, "util.ts", "export const half = (x) => x / 2;");
    const args = flags({ ...ANYWHERE, layers: "784,7" });
    const { code, stderr } = await slope(["diagnose", folder, ...args]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^error: .*layers?/m);
  });
});

test("files in C that programs link or include are none, code 0", {
  ...SLOW,
  ...NEEDS_COMPILER,
}, async () => {
  await withFolder(async (folder) => {
    writePlugin(folder, "mine.ts", oneLayer(1));
    writePlugin(folder, "half.c", "double half(double x) { return x / 2; }\n");
    writePlugin(folder, "more.c", '#include "not_here.h"\ndouble one(void) { return 1; }\n');
    const args = flags({ only: "gradient", ...ANYWHERE, format: "json" });
    const { code, stdout, stderr } = await slope(["diagnose", folder, ...args]);
    assert.equal(code, 0, stdout + stderr);
    const { withoutProgram } = JSON.parse(stdout) as Answer;
    assert.deepEqual(withoutProgram.map((file) => basename(file)), ["half.c", "more.c"]);
  });
});
