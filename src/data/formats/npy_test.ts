import assert from "node:assert/strict";
import { test } from "node:test";
import { badInput } from "../../../tests/support/bad_input.ts";
import { bytesOf, npyOf } from "../../../tests/support/data_files.ts";
import { openTable } from "./open_table.ts";

const VALUES = [0, 1, 2, 100, 127, 50];

const TYPES: readonly [descr: string, body: Uint8Array][] = [
  ["|u1", Uint8Array.from(VALUES)],
  ["|i1", Uint8Array.from(VALUES)],
  ["<u2", bytesOf(Uint16Array.from(VALUES))],
  [">u2", Uint8Array.from(VALUES.flatMap((value) => [0, value]))],
  ["<i4", bytesOf(Int32Array.from(VALUES))],
  ["<u4", bytesOf(Uint32Array.from(VALUES))],
  ["<i8", bytesOf(BigInt64Array.from(VALUES, BigInt))],
  [">i8", Uint8Array.from(VALUES.flatMap((value) => [0, 0, 0, 0, 0, 0, 0, value]))],
  ["<f4", bytesOf(Float32Array.from(VALUES))],
  ["<f8", bytesOf(Float64Array.from(VALUES))],
  // 0, 1, 2, 100, 127 and 50 as binary16.
  ["<f2", bytesOf(Uint16Array.of(0, 0x3c00, 0x4000, 0x5640, 0x57f0, 0x5240))],
];
for (const [descr, body] of TYPES) {
  test(`an array of NumPy's type ${descr} is read`, () => {
    const table = openTable(npyOf(descr, [2, 3], body), "x");
    assert.deepEqual(table.shape, [2, 3]);
    assert.deepEqual(Array.from(table.values), VALUES);
    assert.equal(table.format, "npy");
  });
}

test("an array of one dimension, and one of truth values, are read", () => {
  assert.deepEqual(openTable(npyOf("|u1", [3], Uint8Array.of(5, 0, 4)), "x").shape, [3]);
  const truth = openTable(npyOf("|b1", [3], Uint8Array.of(1, 0, 1)), "x");
  assert.deepEqual(Array.from(truth.values), [1, 0, 1]);
});

test("an array in Fortran's order is read row by row", () => {
  // Element (n, r, c) is 100 n + 10 r + c; in memory n runs fastest.
  const memory: number[] = [];
  for (let c = 0; c < 4; c++) {
    for (let r = 0; r < 3; r++) for (let n = 0; n < 2; n++) memory.push(100 * n + 10 * r + c);
  }
  const { values } = openTable(npyOf("|u1", [2, 3, 4], Uint8Array.from(memory), true), "x");
  const expected: number[] = [];
  for (let n = 0; n < 2; n++) {
    for (let r = 0; r < 3; r++) for (let c = 0; c < 4; c++) expected.push(100 * n + 10 * r + c);
  }
  assert.deepEqual(Array.from(values), expected);
});

test("objects, records and arrays that are cut off are refused", () => {
  const rejects = (file: Uint8Array, message: RegExp) =>
    assert.throws(() => openTable(file, "x.npy"), badInput(message));
  rejects(npyOf("|O", [2], new Uint8Array(16)), /NumPy's type "\|O"/);
  rejects(npyOf("<U3", [2], new Uint8Array(24)), /NumPy's type "<U3"/);
  rejects(npyOf("|u1", [4, 3], new Uint8Array(7)), /truncated: 135 bytes, which hold 2 of 4/);
  rejects(npyOf("|u1", [4], new Uint8Array(4)).subarray(0, 9), /ends after 9 bytes/);
});
