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
    // Touching the last rows reads beyond them.
    starts: arena.take(startsBytes(dataset) + ENTRY_BYTES * entries + lines * LINE_BYTES),
  };
}

/** Entries of all rows: the non-zero pixels of each, rounded up to whole groups. */
function countEntries({ count, features, pixels }: Dataset): number {
  let total = 0;
  for (let n = 0, at = 0; n < count; n++) {
    let nonZero = 0;
    for (const end = at + features; at < end; at++) if (pixels[at] !== 0) nonZero++;
    total += filledUp(nonZero);
  }
  return total;
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
  /** Difference between the entries of two neighbouring pixels. */
  const pixelStep = strideBytes / 2 ** plan.offsetShift * 2 ** VALUE_BITS;
  let entry = (plan.starts + startsBytes(dataset)) / ENTRY_BYTES;
  for (let n = 0; n < count; n++) {
    starts[n] = ENTRY_BYTES * entry;
    const row = n * features;
    const first = entry;
    for (let i = 0; i < features; i++) {
      const pixel = pixels[row + i];
      if (pixel !== 0) entries[entry++] = pixelStep * i + 4 * pixel;
    }
    // Memory starts as 0, so a row is filled up with pixel 0 and value 0.
    entry = first + filledUp(entry - first);
  }
  starts[count] = ENTRY_BYTES * entry;
}

const filledUp = (entries: number): number =>
  Math.ceil(entries / ENTRIES_AT_ONCE) * ENTRIES_AT_ONCE;

/** Bytes of the table of starts, rounded up to a whole cache line. */
const startsBytes = ({ count }: Dataset): number =>
  Math.ceil(4 * (count + 1) / LINE_BYTES) * LINE_BYTES;
