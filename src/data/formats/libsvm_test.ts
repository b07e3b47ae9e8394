import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { badInput } from "../../../tests/support/bad_input.ts";
import { withFolder } from "../../../tests/support/cli.ts";
import { writeFiles } from "../../../tests/support/data_files.ts";
import { assemble } from "../assemble.ts";
import { loadSet } from "../files/load_set.ts";
import { openTable } from "./open_table.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const open = (text: string) => openTable(bytesOf(text), "mnist8m");
const TRAIN = Array.from({ length: 20 }, (_, n) => `${n % 2} 2:${10 * n + 1} 14:255 `).join("\n");

test("the pairs of each line become a square image behind its label", () => {
  const table = open("5 1:3 4:255\n+3 2:7   9:1 # a comment\r\n\n7 8:0\n");
  assert.deepEqual([table.format, ...table.shape], ["libsvm", 3, 10]);
  assert.ok(table.values instanceof Uint8Array);
  assert.deepEqual(Array.from(table.values), [
    ...[5, 3, 0, 0, 255, 0, 0, 0, 0, 0],
    ...[3, 0, 7, 0, 0, 0, 0, 0, 0, 1],
    ...[7, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  ]);
  assert.deepEqual(Array.from(open("1 3:0.5 4:1e-1").values).map((x) => +x.toFixed(3)), [
    ...[1, 0, 0, 0.5, 0.1],
  ]);
});

test("a training set and a test set as LIBSVM distributes them are read", () =>
  withFolder((folder) => {
    const tests = "1 2:5 3:6\n0 14:7\n";
    writeFiles(folder, { mnist8m: TRAIN, "mnist8m.t": tests });
    const { train, test, notes, shape } = assemble(loadSet(folder));
    assert.deepEqual([train.count, test.count, train.classes], [20, 2, 2]);
    assert.deepEqual([shape.rows, shape.columns], [4, 4]);
    assert.deepEqual(Array.from(train.pixels.subarray(16, 32)), [
      ...[0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0],
    ]);
    assert.deepEqual(notes.map(({ kind }) => kind), ["other-shape"]);
  }));

test("scaled values from 0 to 1, and gzip, are read, with the usual notes", () =>
  withFolder((folder) => {
    const scaled = Array.from({ length: 20 }, (_, n) => `${n % 2} 2:0.2 16:1`).join("\n");
    writeFiles(folder, { "mnist8m.scale": scaled, "mnist8m.scale.t": gzipSync(bytesOf(scaled)) });
    const { train, test, notes } = assemble(loadSet(folder));
    assert.deepEqual([train.count, test.count], [20, 20]);
    assert.deepEqual([train.pixels[1], train.pixels[15]], [51, 255]);
    assert.ok(notes.some((note) => note.kind === "pixels-mapped" && note.how === "unit"));
  }));

test("a file packed by bzip2 or xz is named, with how to unpack it, and not used beside the unpacked one", () =>
  withFolder((folder) => {
    const bzip2 = bytesOf("BZh91AY&SY");
    writeFiles(folder, { "mnist8m.bz2": bzip2, "mnist8m.t.bz2": bzip2 });
    const refused = (error: unknown) => {
      badInput(/mnist8m\.bz2": it is compressed by bzip2/)(error);
      assert.equal((error as { hint: string }).hint, "unpack it: bzip2 -d FILE");
      return true;
    };
    assert.throws(() => loadSet(folder), refused);
    // Larger than what is read at once.
    assert.throws(() => loadSet(folder, { mostBytes: 4 }), refused);
    writeFiles(folder, { mnist8m: TRAIN, "mnist8m.t": TRAIN });
    assert.equal(assemble(loadSet(folder)).train.count, 20);
  }));

const WRONG: readonly [text: string, message: RegExp][] = [
  ["1 2:3\n2 5:x", /line 2 has "x", expected a number/],
  ["1 2:3\n2 5:", /line 2 has "", expected a number/],
  ["1 2:3\n2 5", /line 2 has "5", expected an index and a value, as 128:51/],
  ["1 2:3\n4:5 6:7", /line 2 has "4:5", expected a label first/],
  [
    "1 2:3\n\n1 2:3 2:4",
    /line 3 has "2:4", expected an index from 3 to 1048576, in ascending order/,
  ],
  ["1 2:3\n1 0:4", /line 2 has "0:4", expected an index from 1 /],
  ["1 2:3\n1 99999999:4", /line 2 has "99999999:4", expected an index/],
];
for (const [text, message] of WRONG) {
  test(`refused: ${message.source}`, () => assert.throws(() => open(text), badInput(message)));
}
