import assert from "node:assert/strict";
import { test } from "node:test";
import { drawDigits } from "./draw_digits.ts";

/** Four images of 4 × 4: an L, its transposed, a full one, and a repeated class that is passed over. */
const L = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1];
const TURNED = L.map((_, i) => L[4 * (i % 4) + Math.floor(i / 4)]);
const set = (images: number[][], labels: number[]) => ({
  count: labels.length,
  features: images[0].length,
  classes: 10,
  pixels: Uint8Array.from(images.flat(), (bit) => 255 * bit),
  labels: Uint8Array.from(labels),
});

test("the first example of each of four classes is drawn with half blocks above its label", () => {
  const full = L.map(() => 1);
  const images = set([L, full, TURNED, full, L], [3, 3, 7, 0, 9]);
  assert.deepEqual(drawDigits(images, { rows: 4, columns: 4 }, 80), [
    "█        ▀▀▀█     ████     █",
    "█▄▄▄        █     ████     █▄▄▄",
    "label 3  label 7  label 0  label 9",
  ]);
});

test("images that are too wide are drawn smaller, and no line is wider than the terminal", () => {
  const wide = Array.from({ length: 64 * 64 }, (_, i) => i % 64 < 32 ? 1 : 0);
  for (const width of [40, 60, 80, 200]) {
    const lines = drawDigits(set([wide, wide, wide, wide], [0, 1, 2, 3]), {
      rows: 64,
      columns: 64,
    }, width);
    assert.ok(lines.every((line) => line.length <= width), String(width));
    assert.match(lines[0], /^█+ +█+ +█+ +█+$/);
  }
});

test("colours are drawn by their mean", () => {
  const lines = drawDigits(set([[1, 1, 1, 0, 0, 0]], [4]), {
    rows: 1,
    columns: 2,
    channels: 3,
    isInterleaved: true,
  }, 80);
  assert.deepEqual(lines, ["▀", "label 4"]);
});
