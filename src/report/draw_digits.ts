import type { Dataset } from "../data/dataset.ts";
import type { ImageShape } from "../data/image_shape.ts";
import { examplesAt } from "../data/rows.ts";

const IMAGES = 4;
const GAP = "  ";
const WIDEST = 32;
/** A block is drawn from this share of white on. */
const LIGHT = 0.25;

/**
 * The first example of each of four classes, side by side, drawn with half blocks: light pixels are drawn, as on a dark
 * terminal. Images that are too wide are drawn at a half, a third, … of their size. The last line has the labels.
 */
export function drawDigits(whole: Dataset, shape: ImageShape, width: number): string[] {
  const set = examplesAt(whole, Uint32Array.from(firstOfClasses(whole)));
  const examples = Array.from(set.labels.keys());
  const room = Math.min(WIDEST, Math.floor((width + GAP.length) / IMAGES) - GAP.length);
  const scale = Math.max(1, Math.ceil(shape.columns / Math.max(1, room)));
  const columns = Math.ceil(shape.columns / scale);
  const rows = Math.ceil(shape.rows / scale);
  const isLight = (n: number, r: number, c: number) =>
    r < rows && meanOf(set, shape, n, r * scale, c * scale, scale) >= 255 * LIGHT;
  const labels = examples.map((n) => `label ${set.labels[n]}`);
  const cell = Math.max(columns, ...labels.map(({ length }) => length));
  const line = (parts: readonly string[]) =>
    parts.map((part) => part.padEnd(cell)).join(GAP).trimEnd();
  const lines: string[] = [];
  for (let r = 0; r < rows; r += 2) {
    const ofRow = Array.from({ length: columns }, (_, c) => c);
    lines.push(line(
      examples.map((n) => ofRow.map((c) => block(isLight(n, r, c), isLight(n, r + 1, c))).join("")),
    ));
  }
  return [...lines, line(labels)];
}

const block = (top: boolean, bottom: boolean): string =>
  top ? bottom ? "█" : "▀" : bottom ? "▄" : " ";

function firstOfClasses({ labels }: Dataset): number[] {
  const seen = new Set<number>();
  const rows: number[] = [];
  for (let n = 0; n < labels.length && rows.length < IMAGES; n++) {
    if (!seen.has(labels[n])) rows.push(n);
    seen.add(labels[n]);
  }
  return rows;
}

/** Mean of a square of pixels, of all channels, as far as it lies in the image. */
function meanOf(
  { pixels, features }: Dataset,
  { rows, columns, channels = 1, isInterleaved = false }: ImageShape,
  n: number,
  top: number,
  left: number,
  side: number,
): number {
  let [sum, count] = [0, 0];
  for (let r = top; r < Math.min(rows, top + side); r++) {
    for (let c = left; c < Math.min(columns, left + side); c++) {
      for (let channel = 0; channel < channels; channel++) {
        const at = isInterleaved
          ? (r * columns + c) * channels + channel
          : channel * rows * columns + r * columns + c;
        sum += pixels[n * features + at];
        count++;
      }
    }
  }
  return sum / Math.max(1, count);
}
