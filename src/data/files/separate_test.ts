import assert from "node:assert/strict";
import { test } from "node:test";
import { csv, LABELS, LINES, PIXELS, read, readsTheSet } from "../../../tests/support/tiny_set.ts";

const header = "label,1x1,1x2,1x3,2x1,2x2,2x3\n";
test("CSV files are read with and without a header, the label first, last or by its name", async () => {
  for (const start of ["", header]) {
    await readsTheSet({
      "mnist_train.csv": csv(PIXELS.train, LABELS.train, start),
      "mnist_test.csv": csv(PIXELS.test, LABELS.test, start),
    }, { rows: 1 });
  }
  const last = (pixels: Uint8Array, labels: number[]) =>
    "a,b,c,d,e,f,class\n" +
    labels.map((label, n) => [...pixels.subarray(6 * n, 6 * n + 6), label].join(",")).join("\n");
  await readsTheSet({
    "train.csv": last(PIXELS.train, LABELS.train),
    "test.csv": last(PIXELS.test, LABELS.test),
  }, { rows: 1 });
});

const kaggle = (lines: number[][], names: string) =>
  `${names}\n${lines.map((line) => line.join(",")).join("\n")}\n`;

test("Kaggle's competition: the test file has no labels, so some training examples are held out", async () => {
  const names = "pixel0,pixel1,pixel2,pixel3";
  const { train, test, shape, notes } = await read({
    "train.csv": kaggle(LINES, `label,${names}`),
    "test.csv": kaggle(LINES.map((line) => line.slice(1)), names),
    "sample_submission.csv": "ImageId,Label\n1,0\n",
  });
  assert.deepEqual(shape, { rows: 2, columns: 2 });
  assert.deepEqual([train.count, test.count], [12, 2]);
  assert.deepEqual(Array.from(test.labels).sort(), [0, 1]);
  // Every line is in exactly one of the two, with its own label.
  const rows = [train, test].flatMap(({ pixels, labels }) =>
    Array.from(labels, (label, n) => [label, ...pixels.subarray(4 * n, 4 * n + 4)])
  );
  assert.deepEqual(rows.toSorted((a, b) => a[2] - b[2]), LINES);
  assert.deepEqual(notes.filter(({ kind }) => kind === "held-out"), [
    { kind: "held-out", examples: 2, of: 14, which: "balanced" },
  ]);
  assert.equal(notes[0].kind, "unlabelled");
});

test("without names the label is the first column that varies, the first or last; numbers of rows are dropped", async () => {
  const plain = LINES.map((line) => line.join(",")).join("\n");
  const first = await read({ "digits.csv": plain });
  const last = await read({
    "optdigits.tra": LINES.map(([label, ...pixels]) => [...pixels, label].join(",")).join("\n"),
  });
  const numbered = await read({
    "digits.csv": LINES.map((line, n) => [n, ...line].join(",")).join("\n"),
  });
  const named = await read({
    "digits.csv": kaggle(LINES.map((line, n) => [n, ...line]), ",label,p0,p1,p2,p3"),
  });
  for (const other of [last, numbered, named]) {
    assert.deepEqual(other.train, first.train);
    assert.deepEqual(other.test, first.test);
  }
  assert.deepEqual(Array.from(first.train.pixels.subarray(0, 4)).slice(1, 3).map((p) => p >= 100), [
    true,
    true,
  ]);
});

test("pixels whose names were sorted as words come in the order of their numbers", async () => {
  const names = Array.from({ length: 16 }, (_, i) => `pixel${i}`);
  const sorted = names.toSorted();
  const rows = LINES.map(([label], n) => ({
    label,
    pixels: names.map((_, i) => (16 * n + i) % 256),
  }));
  const written = (order: string[]) =>
    kaggle(
      rows.map(({ label, pixels }) => [label, ...order.map((name) => pixels[names.indexOf(name)])]),
      ["label", ...order].join(),
    );
  assert.notDeepEqual(sorted, names);
  assert.deepEqual(
    (await read({ "digits.csv": written(sorted) })).train,
    (await read({ "digits.csv": written(names) })).train,
  );
});

test("one-hot columns, the first or the last, are labels", async () => {
  const classes = [0, 2, 1, 2, 0, 1, 1];
  const pixels = classes.map((_, n) => [7 * n, 0, 200 + n, 3]);
  const oneHot = classes.map((label) => [0, 1, 2].map((k) => Number(k === label)));
  const names = "pixel0,pixel1,pixel2,pixel3";
  const lines = (first: number[][], second: number[][]) =>
    first.map((line, n) => [...line, ...second[n]]);
  const files = [
    kaggle(lines(oneHot, pixels), `zero,one,two,${names}`),
    kaggle(lines(pixels, oneHot), `${names},zero,one,two`),
    lines(pixels, oneHot).map((line) => line.join(",")).join("\n"),
  ];
  for (const file of files) {
    const { train, test, shape, notes } = await read({ "digits.csv": file });
    assert.deepEqual(shape, { rows: 2, columns: 2 });
    const rows = [train, test].flatMap(({ pixels, labels }) =>
      Array.from(labels, (label, n) => [label, ...pixels.subarray(4 * n, 4 * n + 4)])
    );
    assert.deepEqual(
      rows.toSorted((a, b) => a[1] - b[1]),
      classes.map((label, n) => [label, ...pixels[n]]),
    );
    assert.equal(notes[0].kind, "one-hot");
  }
});
