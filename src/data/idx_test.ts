import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { badInput } from "../../tests/support/bad_input.ts";
import { idx, idxImages, idxLabels } from "../../tests/support/idx.ts";
import { parseImages, parseLabels } from "./idx.ts";

const PIXELS = Uint8Array.from({ length: 24 }, (_, i) => 10 * i);
const IMAGES = idxImages(PIXELS, 3, 4);

const rejects = (parse: () => unknown, message: RegExp) => assert.throws(parse, badInput(message));

test("images of any rows and columns are read, raw or gzip, with the checksum of the raw bytes", () => {
  const sum = createHash("sha256").update(IMAGES).digest("hex");
  for (const [file, gzip] of [[IMAGES, false], [gzipSync(IMAGES), true]] as const) {
    const images = parseImages(file, "x");
    assert.deepEqual([images.count, images.rows, images.columns], [2, 3, 4]);
    assert.deepEqual(Array.from(images.pixels), Array.from(PIXELS));
    assert.equal(images.sha256, sum);
    assert.equal(images.bytes, IMAGES.length);
    assert.equal(images.gzip, gzip);
  }
});

test("labels are read, raw or gzip", () => {
  const file = idxLabels([7, 0, 9]);
  assert.deepEqual(Array.from(parseLabels(file, "x").labels), [7, 0, 9]);
  assert.deepEqual(Array.from(parseLabels(gzipSync(file), "x").labels), [7, 0, 9]);
});

test("a view into a larger buffer is read from its own start", () => {
  const padded = new Uint8Array(IMAGES.length + 5);
  padded.set(IMAGES, 5);
  assert.deepEqual(Array.from(parseImages(padded.subarray(5), "x").pixels), Array.from(PIXELS));
});

test("truncated images are refused with both lengths", () => {
  rejects(
    () => parseImages(IMAGES.subarray(0, 30), "a/b"),
    /Cannot read images "a\/b": it is truncated: 30 bytes \(decompressed\), expected 40 bytes for 2 × 3 × 4/,
  );
});

test("over-long images and labels are refused", () => {
  const longer = new Uint8Array(IMAGES.length + 1);
  longer.set(IMAGES);
  rejects(() => parseImages(longer, "x"), /over-long: 41 bytes .* expected 40/);
  rejects(
    () => parseLabels(idx(0x801, [2], new Uint8Array(3)), "x"),
    /over-long: 11 .* expected 10/,
  );
});

test("a header that is cut off is refused", () => {
  rejects(() => parseImages(IMAGES.subarray(0, 12), "x"), /header is cut off after 12 bytes/);
  rejects(() => parseImages(IMAGES.subarray(0, 3), "x"), /has 3 bytes, expected an IDX file/);
  rejects(() => parseLabels(new Uint8Array(0), "x"), /has 0 bytes/);
});

test("a wrong magic number is reported, with its meaning if known", () => {
  rejects(() => parseImages(idxLabels([1]), "x"), /0x801 \(labels\), expected 0x803 \(images\)/);
  rejects(() => parseLabels(IMAGES, "x"), /0x803 \(images\), expected 0x801 \(labels\)/);
  const html = new TextEncoder().encode("<!DOCTYPE html><title>404</title>");
  rejects(
    () => parseImages(html, "x.gz"),
    /it is not gzip and its magic number .* \(an HTML page\)/,
  );
});

test("zero counts are refused", () => {
  rejects(() => parseImages(idx(0x803, [0, 28, 28], new Uint8Array()), "x"), /0 × 28 × 28/);
  rejects(() => parseImages(idx(0x803, [5, 0, 28], new Uint8Array()), "x"), /5 × 0 × 28/);
  rejects(
    () => parseLabels(idx(0x801, [0], new Uint8Array()), "x"),
    /says 0, expected counts above/,
  );
});

test("damaged or truncated gzip is refused", () => {
  const packed = gzipSync(IMAGES);
  const damaged = packed.map((byte, i) => i === 20 ? byte ^ 0xff : byte);
  rejects(() => parseImages(damaged, "x"), /gzip data is damaged or cut off/);
  rejects(() => parseImages(packed.subarray(0, 25), "x"), /gzip data is damaged or cut off/);
});

test("counts beyond any memory are refused by their length alone", () => {
  const huge = idx(0x803, [0xffffffff, 0xffffffff, 0xffffffff], new Uint8Array(8));
  rejects(() => parseImages(huge, "x"), /truncated/);
});
