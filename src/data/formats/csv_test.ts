import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { badInput } from "../../../tests/support/bad_input.ts";
import { openTable } from "./open_table.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => openTable(bytes(text), "x.csv");
const rejects = (text: string, message: RegExp) =>
  assert.throws(() => read(text), badInput(message));

test("numbers between commas, semicolons, tabs or spaces are read", () => {
  for (const separator of [",", ";", "\t", " ", ", ", "  "]) {
    const table = read(`5${separator}0${separator}255\n3${separator}17${separator}0\n`);
    assert.deepEqual(table.shape, [2, 3], JSON.stringify(separator));
    assert.deepEqual(Array.from(table.values), [5, 0, 255, 3, 17, 0]);
    assert.ok(table.values instanceof Uint8Array);
    assert.equal(table.header, undefined);
  }
});

test("a first line of names, quotes, returns, blank lines, a byte order mark and no last new line", () => {
  const table = read('\uFEFF"Label",pixel0,pixel1\r\n"5",0,255\r\n\r\n3,"17",0');
  assert.deepEqual(table.header, ["label", "pixel0", "pixel1"]);
  assert.deepEqual(Array.from(table.values), [5, 0, 255, 3, 17, 0]);
});

test("fractions, signs, exponents and numbers beyond a byte are read as float32", () => {
  const table = read("1,0.5,-3\n2,1e2,300\n");
  assert.ok(table.values instanceof Float32Array);
  assert.deepEqual(Array.from(table.values), [1, 0.5, -3, 2, 100, 300]);
  assert.deepEqual(Array.from(read("1.0,2.0\n3.0,4.0\n").values), [1, 2, 3, 4]);
});

test("a packed file is read", () => {
  assert.deepEqual(openTable(gzipSync(bytes("1,2\n3,4\n")), "x").shape, [2, 2]);
});

test("lines of another length, text and an empty file are refused with their line", () => {
  rejects("label,a,b\n1,2,3\n4,5\n6,7,8\n", /line 3 has 2 values, expected 3/);
  rejects("1,2,3\n4,5", /line 2 has 2 values, as if the file were cut off, expected 3/);
  rejects("1,2,3\n4,5,6,7\n1,2,3\n", /line 2 has 4 values, expected 3/);
  rejects("1,2\n3,x\n", /line 2 has "x", expected a number/);
  rejects("1,2\n3,\n4,5\n", /line 2 has (1 values|"")/);
  rejects("label,pixel0\n", /no line of numbers/);
});

test("columns that pandas numbered are names; a separator at the end of every line ends no field", () => {
  const numbered = read(",0,1,2,3,4\n0,5,0,7,8,9\n1,3,0,7,8,9\n");
  assert.deepEqual(numbered.header, ["", "0", "1", "2", "3", "4"]);
  assert.deepEqual(Array.from(numbered.values), [0, 5, 0, 7, 8, 9, 1, 3, 0, 7, 8, 9]);
  const ended = read("5,0,7,\n3,0,8,\n");
  assert.deepEqual([ended.shape, Array.from(ended.values)], [[2, 3], [5, 0, 7, 3, 0, 8]]);
});

test("names that a comment holds, a decimal comma, UTF-16 and returns alone are read", () => {
  assert.deepEqual(read("# label,a,b\n5,0,255\n").header, ["label", "a", "b"]);
  assert.deepEqual(read("# label a b\n5 0 255\n").header, ["label", "a", "b"]);
  assert.deepEqual(Array.from(read("5;0,5;0\n3;0;0,25\n").values), [5, 0.5, 0, 3, 0, 0.25]);
  assert.deepEqual(Array.from(read("5,0,255\r3,17,0\r").values), [5, 0, 255, 3, 17, 0]);
  for (const littleEndian of [true, false]) {
    const text = "\uFEFFlabel\ta\r\n5\t255\r\n";
    const view = new DataView(new ArrayBuffer(2 * text.length));
    [...text].forEach((letter, i) => view.setUint16(2 * i, letter.charCodeAt(0), littleEndian));
    const table = openTable(new Uint8Array(view.buffer), "x.csv");
    assert.deepEqual([table.header, Array.from(table.values)], [["label", "a"], [5, 255]]);
  }
});

test("an example that pandas took for names is no example", () => {
  const mangled = read("5,0,0.1,0.2,3,0.3,3.1\n4,0,0,255,0,0,0\n");
  assert.deepEqual([mangled.shape, Array.from(mangled.values)], [[1, 7], [4, 0, 0, 255, 0, 0, 0]]);
  assert.deepEqual(read("0,0.1,0.2,0.4,0.5,0.6\n1,0,0,0,0,0\n").shape, [2, 6]);
});

test("comments above the names and Excel's first line are no data, and lines count as in an editor", () => {
  for (const above of ["# from somewhere\n", "sep=,\n", "\n# a, b, and c, d\n# of 2020\n"]) {
    const table = read(`${above}label,a,b\n5,0,255\n`);
    assert.deepEqual([table.header, Array.from(table.values)], [["label", "a", "b"], [5, 0, 255]]);
    assert.deepEqual(Array.from(read(`${above}5,0,255\n3,1,2\n`).values), [5, 0, 255, 3, 1, 2]);
  }
  rejects("# from somewhere\n\nlabel,a\n1,2\n3,x\n", /line 5 has "x", expected a number/);
});
