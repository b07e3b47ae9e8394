import type { Dataset } from "../../data/dataset.ts";
import type { Arena } from "./arena.ts";
import type { PixelPlan } from "./memory_plan.ts";
import { LINE_BYTES } from "./loops.ts";
import { ENTRIES_AT_ONCE, ENTRY_BYTES, VALUE_BITS } from "./sparse_rows.ts";

type SparsePlan = Extract<PixelPlan, { kind: "sparse" }>;

/** Longer rows are touched only so far: by then the hardware prefetcher has found the sequence. */
const MOST_TOUCHED_LINES = 16;

/**
 * Counts the entries of the subset and reserves their memory. `strideBytes` is the distance between the
 * weights of two pixels. Throws RangeError if an entry cannot hold the offset of the last pixel.
 */
export function takeSparse(dataset: Dataset, strideBytes: number, arena: Arena): SparsePlan {
  const entries = countEntries(dataset);
  const bytesPerRow = ENTRY_BYTES * entries / dataset.count;
  const lines = Math.min(MOST_TOUCHED_LINES, Math.ceil(bytesPerRow / LINE_BYTES));
  // A pixel's weights are whole vectors, so their offset ends in four zero bits, which can be left out.
  const offsetShift = strideBytes * dataset.features < 2 ** (32 - VALUE_BITS) ? 0 : 4;
  const limit = 2 ** (32 - VALUE_BITS + offsetShift);
  if (strideBytes * dataset.features > limit) {
    throw new RangeError(
      `Cannot open the kernel: the weights of ${dataset.features} pixels take ` +
        `${strideBytes * dataset.features} bytes, expected at most ${limit}; ` +
        "use wasm_simd for so wide a layer",
    );
  }
  return {
    kind: "sparse",
    offsetShift,
    touchedLines: lines,
    values: arena.takeFloats(256),
    // Touching the last rows reads beyond them, and the last pixel of all may be written there, too.
    starts: arena.take(startsBytes(dataset) + ENTRY_BYTES * (entries + 1) + lines * LINE_BYTES),
  };
}

/** Entries of all rows: the non-zero pixels of each, rounded up to whole groups. */
function countEntries(dataset: Dataset): number {
  const { count, features, pixels } = dataset;
  const words = wordsOf(dataset);
  let total = 0;
  for (let n = 0; n < count; n++) {
    total += filledUp(
      words
        ? countInWords(words, n * features / 4, features / 4)
        : countBytewise(pixels, n * features, features),
    );
  }
  return total;
}

function countInWords(words: Uint32Array, start: number, length: number): number {
  let nonZero = 0;
  for (let at = start; at < start + length; at++) {
    const word = words[at] | 0;
    if (word === 0) continue;
    // Bit 7 of each byte that is not 0; the product adds up the four.
    const marks = (((word & 0x7f7f7f7f) + 0x7f7f7f7f) | word) & 0x80808080;
    nonZero += Math.imul(marks >>> 7, 0x01010101) >>> 24;
  }
  return nonZero;
}

function countBytewise(pixels: Uint8Array, start: number, length: number): number {
  let nonZero = 0;
  for (let at = start; at < start + length; at++) if (pixels[at] !== 0) nonZero++;
  return nonZero;
}

/** The pixels, four at a time: most words are 0. Undefined where rows are not whole words. */
function wordsOf({ count, features, pixels }: Dataset): Uint32Array | undefined {
  return features % 4 === 0 && pixels.byteOffset % 4 === 0
    ? new Uint32Array(pixels.buffer, pixels.byteOffset, count * features / 4)
    : undefined;
}

/** Writes values, starts and entries. */
export function writeSparse(
  dataset: Dataset,
  strideBytes: number,
  plan: SparsePlan,
  buffer: ArrayBufferLike,
): void {
  const { count, features, pixels } = dataset;
  const values = new Float32Array(buffer, plan.values, 256);
  for (let pixel = 0; pixel < 256; pixel++) values[pixel] = pixel / 255;
  const starts = new Uint32Array(buffer, plan.starts, count + 1);
  const entries = new Uint32Array(buffer);
  const words = wordsOf(dataset);
  /** Difference between the entries of two neighbouring pixels. */
  const pixelStep = strideBytes / 2 ** plan.offsetShift * 2 ** VALUE_BITS;
  let entry = (plan.starts + startsBytes(dataset)) / ENTRY_BYTES;
  for (let n = 0; n < count; n++) {
    starts[n] = ENTRY_BYTES * entry;
    const row = n * features;
    const first = entry;
    entry = words
      ? writeWords(words, row / 4, features / 4, entries, entry, pixelStep)
      : writeBytewise(pixels, row, features, entries, entry, pixelStep);
    // A row is filled up with pixel 0 and value 0.
    const end = first + filledUp(entry - first);
    while (entry < end) entries[entry++] = 0;
  }
  starts[count] = ENTRY_BYTES * entry;
}

/** Writes the entries of a row of `length` words from `start` on; returns the place after the last. */
function writeWords(
  words: Uint32Array,
  start: number,
  length: number,
  entries: Uint32Array,
  entry: number,
  pixelStep: number,
): number {
  let place = 0;
  for (let w = 0; w < length; w++, place += 4 * pixelStep) {
    const word = words[start + w];
    if (word === 0) continue;
    // Each is written in any case, and overwritten by the next if it is 0: a branch would be mispredicted.
    const a = word & 255, b = (word >>> 8) & 255, c = (word >>> 16) & 255, d = word >>> 24;
    entries[entry] = place + 4 * a;
    entry += (a + 255) >> 8;
    entries[entry] = place + pixelStep + 4 * b;
    entry += (b + 255) >> 8;
    entries[entry] = place + 2 * pixelStep + 4 * c;
    entry += (c + 255) >> 8;
    entries[entry] = place + 3 * pixelStep + 4 * d;
    entry += (d + 255) >> 8;
  }
  return entry;
}

/** The same, for rows that are not whole words. */
function writeBytewise(
  pixels: Uint8Array,
  start: number,
  length: number,
  entries: Uint32Array,
  entry: number,
  pixelStep: number,
): number {
  for (let i = 0; i < length; i++) {
    const pixel = pixels[start + i];
    if (pixel !== 0) entries[entry++] = pixelStep * i + 4 * pixel;
  }
  return entry;
}

const filledUp = (entries: number): number =>
  Math.ceil(entries / ENTRIES_AT_ONCE) * ENTRIES_AT_ONCE;

/** Bytes of the table of starts, rounded up to a whole cache line. */
const startsBytes = ({ count }: Dataset): number =>
  Math.ceil(4 * (count + 1) / LINE_BYTES) * LINE_BYTES;
