import type { Dataset } from "../../data/dataset.ts";
import type { Arena } from "./arena.ts";
import type { PixelPlan } from "./plan.ts";
import { ENTRIES_AT_ONCE, ENTRY_BYTES } from "./sparse_rows.ts";

type SparsePlan = Extract<PixelPlan, { kind: "sparse" }>;

/** Entries of all rows: the non-zero pixels of each, filled up to whole groups. */
export function countEntries({ count, features, pixels }: Dataset): number {
  let total = 0;
  for (let n = 0, at = 0; n < count; n++) {
    let nonZero = 0;
    for (const end = at + features; at < end; at++) if (pixels[at] !== 0) nonZero++;
    total += filledUp(nonZero);
  }
  return total;
}

/** Takes the place of the starts of `count` rows, and behind it that of their entries. */
export function takeSparse(count: number, entries: number, arena: Arena): SparsePlan {
  const startsBytes = startsSize(count);
  return { kind: "sparse", starts: arena.take(startsBytes + entries * ENTRY_BYTES) };
}

/** Writes starts and entries; `width` elements of weights belong to each pixel. */
export function writeSparse(
  { count, features, pixels }: Dataset,
  width: number,
  plan: SparsePlan,
  buffer: ArrayBufferLike,
): void {
  const starts = new Uint32Array(buffer, plan.starts, count + 1);
  const offsets = new Uint32Array(buffer);
  const values = new Float32Array(buffer);
  let entry = (plan.starts + startsSize(count)) / 4;
  for (let n = 0; n < count; n++) {
    starts[n] = 4 * entry;
    const row = n * features;
    let nonZero = 0;
    for (let i = 0; i < features; i++) {
      const pixel = pixels[row + i];
      if (pixel === 0) continue;
      offsets[entry] = 4 * width * i;
      values[entry + 1] = pixel / 255;
      entry += ENTRY_BYTES / 4;
      nonZero++;
    }
    // Memory is 0 at first: what fills the row up is pixel 0 with the value 0.
    entry += (filledUp(nonZero) - nonZero) * (ENTRY_BYTES / 4);
  }
  starts[count] = 4 * entry;
}

const filledUp = (entries: number): number =>
  Math.ceil(entries / ENTRIES_AT_ONCE) * ENTRIES_AT_ONCE;

/** Bytes of the table of starts; what follows begins at a cache line. */
const startsSize = (count: number): number => Math.ceil(4 * (count + 1) / 64) * 64;
