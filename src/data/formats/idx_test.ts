import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { badInput } from "../../../tests/support/bad_input.ts";
import { idxOf, zipOf } from "../../../tests/support/data_files.ts";
import { idx, idxImages, idxLabels } from "../../../tests/support/idx.ts";
import { openTable } from "./open_table.ts";

const PIXELS = Uint8Array.from({ length: 24 }, (_, i) => 10 * i);
const IMAGES = idxImages(PIXELS, 3, 4);

const rejects = (file: Uint8Array, message: RegExp, path = "x") =>
  assert.throws(() => openTable(file, path), badInput(message));
const valuesIn = (file: Uint8Array) => Array.from(openTable(file, "x").values);

test("images of any rows and columns are read, raw or gzip, with the checksum of the raw bytes", () => {
  const sum = createHash("sha256").update(IMAGES).digest("hex");
  for (const [file, gzip] of [[IMAGES, 0], [gzipSync(IMAGES), 1]] as const) {
    const images = openTable(file, "x");
    assert.deepEqual(images.shape, [2, 3, 4]);
    assert.deepEqual(Array.from(images.values), Array.from(PIXELS));
    assert.equal(images.digest(), sum);
    assert.equal(images.bytes, IMAGES.length);
    assert.equal(images.gzip, gzip);
    assert.deepEqual(images.notes, []);
  }
});

const TYPES: readonly [name: string, type: number, values: number[]][] = [
  ["unsigned bytes", 0x08, [0, 1, 128, 255]],
  ["signed bytes", 0x09, [0, 1, -128, 127]],
  ["16-bit integers", 0x0b, [0, 1, -300, 255]],
  ["32-bit integers", 0x0c, [0, 1, -70_000, 255]],
  ["float32", 0x0d, [0, 1, -0.5, 255]],
  ["float64", 0x0e, [0, 1, 0.1, 255]],
];
for (const [name, type, values] of TYPES) {
  test(`${name} are read, in one to four dimensions`, () => {
    for (const lengths of [[4], [2, 2], [2, 2, 1], [1, 2, 2, 1]]) {
      const table = openTable(idxOf(type, lengths, values), "x");
      assert.deepEqual(table.shape, lengths);
      assert.deepEqual(Array.from(table.values), values);
      assert.deepEqual(table.notes, []);
    }
  });

  test(`${name} behind a little-endian header are read, with a note`, () => {
    for (const header of ["little", "little lengths"] as const) {
      const file = idxOf(type, [2, 2], values, { header, body: "little" });
      const table = openTable(file, "x");
      assert.deepEqual(table.shape, [2, 2]);
      assert.deepEqual(Array.from(table.values), values);
      assert.deepEqual(table.notes, [{ kind: "little-endian", path: "x", what: "header" }]);
    }
  });
}

test("values in the other byte order than the header are recognised by their sizes", () => {
  for (const type of [0x0b, 0x0c, 0x0d, 0x0e]) {
    const table = openTable(idxOf(type, [4], [0, 1, 30, 255], { body: "little" }), "x");
    assert.deepEqual(Array.from(table.values), [0, 1, 30, 255]);
    assert.deepEqual(table.notes, [{ kind: "little-endian", path: "x", what: "values" }]);
  }
});

test("a view into a larger buffer is read from its own start", () => {
  const padded = new Uint8Array(IMAGES.length + 5);
  padded.set(IMAGES, 5);
  assert.deepEqual(valuesIn(padded.subarray(5)), Array.from(PIXELS));
});

test("a file packed by gzip two or three times is read, with a note", () => {
  const table = openTable(gzipSync(gzipSync(IMAGES)), "x");
  assert.deepEqual(Array.from(table.values), Array.from(PIXELS));
  assert.deepEqual(table.notes, [{ kind: "packed-again", path: "x", gzip: 2 }]);
  assert.equal(openTable(gzipSync(gzipSync(gzipSync(IMAGES))), "x").gzip, 3);
});

test("bytes after the last value are left out, with a note", () => {
  const longer = new Uint8Array(IMAGES.length + 3);
  longer.set(IMAGES);
  const table = openTable(longer, "x");
  assert.deepEqual(Array.from(table.values), Array.from(PIXELS));
  assert.deepEqual(table.notes, [{ kind: "trailing", path: "x", bytes: 3 }]);
  assert.deepEqual(valuesIn(idx(0x801, [2], Uint8Array.of(7, 8, 9))), [7, 8]);
});

test("truncated images are refused with both lengths and the whole examples", () => {
  rejects(
    IMAGES.subarray(0, 30),
    /Cannot read "a\/b": it is truncated: 30 bytes \(decompressed\), which hold 1 of 2 examples, expected 40 bytes for 2 × 3 × 4/,
    "a/b",
  );
});

test("a header that is cut off is refused", () => {
  rejects(IMAGES.subarray(0, 12), /header is cut off after 12 bytes/);
  rejects(IMAGES.subarray(0, 3), /has 3 bytes, expected IDX/);
  rejects(new Uint8Array(0), /has 0 bytes/);
});

test("zero counts are refused", () => {
  rejects(idx(0x803, [0, 28, 28], new Uint8Array()), /0 × 28 × 28/);
  rejects(idx(0x803, [5, 0, 28], new Uint8Array()), /5 × 0 × 28/);
  rejects(idx(0x801, [0], new Uint8Array()), /says 0, expected lengths above/);
});

test("damaged or truncated gzip is refused", () => {
  const packed = gzipSync(IMAGES);
  rejects(packed.map((byte, i) => i === 20 ? byte ^ 0xff : byte), /damaged or cut off after \d+/);
  rejects(packed.subarray(0, 25), /gzip data is damaged or cut off after 25 bytes/);
});

test("counts beyond any memory are refused by their length alone", () => {
  rejects(idx(0x803, [0xffffffff, 0xffffffff, 0xffffffff], new Uint8Array(8)), /truncated/);
});

const text = (content: string) => new TextEncoder().encode(content);
const FOREIGN: readonly [what: RegExp, file: Uint8Array][] = [
  [/it is an HTML page/, text("<!DOCTYPE html><title>404</title>")],
  [/it is a Python pickle/, Uint8Array.of(0x80, 2, 0x5d, 0x71)],
  [/it is a Python pickle/, text("(cnumpy.core.multiarray\n_reconstruct\np0\n(cnumpy\nndarray\n")],
  [/it is a Python pickle/, text("(dp0\nS'data'\np1\n")],
  [/it is a PyTorch file/, zipOf({ "training/data.pkl": text("x"), "training/data/0": text("y") })],
  [/it is a MATLAB file/, text("MATLAB 5.0 MAT-file")],
  [/it is an HDF5 file/, Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10)],
  [/it is compressed by xz/, Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)],
  [/it is a pointer of Git LFS/, text("version https://git-lfs.github.com/spec/v1\n")],
  [/it is an ARFF file/, text("@RELATION mnist_784\n@ATTRIBUTE pixel1 real\n")],
  [/first bytes are 01 02 03 04/, Uint8Array.of(1, 2, 3, 4, 5)],
];
for (const [what, file] of FOREIGN) {
  test(`other formats are named: ${what.source}`, () => {
    rejects(file, what);
    rejects(gzipSync(file), what);
  });
}

test("labels are read, raw or gzip", () => {
  assert.deepEqual(valuesIn(idxLabels([7, 0, 9])), [7, 0, 9]);
  assert.deepEqual(valuesIn(gzipSync(idxLabels([7, 0, 9]))), [7, 0, 9]);
});

test("truncated labels are not taken for fewer behind a little-endian header", () =>
  rejects(idx(0x801, [65_536], new Uint8Array(60_000)), /truncated: 60008 bytes/));
