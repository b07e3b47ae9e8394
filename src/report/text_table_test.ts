import assert from "node:assert/strict";
import { test } from "node:test";
import { alignedRows, chunks } from "./text_table.ts";

const ROWS = [
  ["m", "time", "what is special about it"],
  ["1,000", "9.59 ms", "one example at a time, with fresh arrays for each of them"],
  ["60,000", "575 ms", "short"],
];

test("columns are aligned where all of them fit", () => {
  assert.deepEqual(alignedRows(ROWS, 100, [0, 1]).flat(), [
    "     m     time  what is special about it",
    " 1,000  9.59 ms  one example at a time, with fresh arrays for each of them",
    "60,000   575 ms  short",
  ]);
});

test("words of the last column are wrapped under themselves", () => {
  assert.deepEqual(alignedRows(ROWS, 44, [0, 1])[1], [
    " 1,000  9.59 ms  one example at a time, with",
    "                 fresh arrays for each of",
    "                 them",
  ]);
});

test("too narrow for that, columns go on in the next line, and none is cut", () => {
  assert.deepEqual(alignedRows(ROWS, 30, [0, 1]), [
    ["     m     time", "    what is special about it"],
    [
      " 1,000  9.59 ms",
      "    one example at a time,",
      "      with fresh arrays for",
      "      each of them",
    ],
    ["60,000   575 ms", "    short"],
  ]);
  assert.deepEqual(alignedRows(ROWS, 10, [0, 1])[2], ["60,000", "    575 ms", "    short"]);
});

const ONE_TOKEN = /^\s*(?:\S+|[\d.,]+ \S+)$/;

test("a word, or a number with its unit, may be longer than the line; nothing else is", () => {
  for (let width = 8; width < 120; width++) {
    for (const line of alignedRows(ROWS, width, [0, 1]).flat()) {
      assert.ok(line.length <= width || ONE_TOKEN.test(line), `${width}: ${line}`);
    }
  }
});

test("a word too long for the room beside the other columns has a line of its own", () => {
  const sum = "0123456789abcdef".repeat(2);
  const rows = [["train-images-idx3", "MNIST", `SHA-256 ${sum}`]];
  assert.deepEqual(alignedRows(rows, 50), [
    ["train-images-idx3  MNIST", `    SHA-256 ${sum}`],
  ]);
});

test("every column lies in one chunk, in its order", () => {
  assert.deepEqual(chunks([3, 3, 3, 9], 8), [[0, 2], [2, 3], [3, 4]]);
  assert.deepEqual(chunks([3, 3, 3], 3, { later: 8 }), [[0, 1], [1, 3]]);
  assert.deepEqual(chunks([], 8), []);
});
