import type { Dataset } from "../../data/dataset.ts";
import { chunksOf, rowOf } from "../../data/rows.ts";
import type { Problem } from "../contract.ts";
import { ROWS_TOGETHER } from "./end_of_step.ts";
import { LINE_BYTES } from "./loops.ts";
import { type Arena, growTo, MOST_PAGES, padded, PAGE_BYTES, spreadStride } from "./arena.ts";
import { instantiate } from "./instance.ts";
import { longestRow, type RowWriter, rowWriterModule, tablesOf } from "./row_writer.ts";
import type { MemoryLimits } from "./memory_plan.ts";
import { BYTES_AT_ONCE, type SparseRows } from "./sparse_rows.ts";

/** Examples that are copied to the WebAssembly memory together: their pixels fit the level 2 cache. */
const COPIED_TOGETHER = 64;
/** Longer rows are touched only so far: by then the hardware prefetcher has found the sequence. */
const MOST_TOUCHED_LINES = 16;
/** Few rows are longer than as many times their mean. */
const LONG_ROW = 1.6;
/** Pixels of as many examples tell how long rows are. */
const SAMPLED = 256;
/** Larger minibatches have most pixels that any example has: marking them costs more than it saves. */
const MOST_MARKED = 16;

/** Reserves what rows of the pixels from `first` to `end` need beside themselves; small minibatches mark them if asked. */
export function takeSparse(
  { dataset, maxBatchSize, network }: Problem,
  arena: Arena,
  [first, end] = [0, dataset.features],
  marks = true,
): SparseRows {
  const { counts, sampled } = pixelCounts(dataset);
  const nonZero = counts.subarray(first, end).reduce((sum, count) => sum + count, 0);
  const lines = Math.ceil(LONG_ROW * 2 * nonZero / sampled / LINE_BYTES);
  const shift = Math.log2(4 * spreadStride(padded(network.layerSizes[1])));
  const canMark = Number.isInteger(shift) && 2 ** shift >= LINE_BYTES &&
    dataset.features % ROWS_TOGETHER === 0;
  return {
    first,
    end,
    touchedLines: Math.min(MOST_TOUCHED_LINES, Math.max(1, lines)),
    starts: arena.take(4 * (dataset.count + 1)),
    ...(marks && maxBatchSize <= MOST_MARKED && canMark && {
      marks: { address: arena.take(dataset.features), shift },
    }),
  };
}

/** counts[pixel]: how many of the sampled examples have it. */
export function pixelCounts(
  dataset: Dataset,
): { readonly counts: Uint32Array; readonly sampled: number } {
  const { count, features } = dataset;
  const counts = new Uint32Array(features);
  const sampled = Math.min(SAMPLED, count);
  for (let n = 0; n < sampled; n++) {
    const pixels = rowOf(dataset, Math.floor(n * count / sampled));
    for (let i = 0; i < features; i++) if (pixels[i] !== 0) counts[i]++;
  }
  return { counts, sampled };
}

/**
 * What a memory needs for all that was taken and for the rows. At most, all pixels are entries; pages that nothing writes
 * cost no memory, but some systems reserve addresses for the most.
 */
export function limitsFor(
  { count, features }: Dataset,
  sections: readonly SparseRows[],
  arena: Arena,
  shared: boolean,
): MemoryLimits {
  const rows = count * sections.length * longestRow(features);
  const beside = 2 * COPIED_TOGETHER * (features + longestRow(features)) + PAGE_BYTES;
  const mostPages = Math.min(MOST_PAGES, Math.ceil((arena.end + rows + beside) / PAGE_BYTES));
  return { pages: arena.pages, mostPages, shared };
}

/**
 * Writes starts and rows of each section, the rows to the end of the memory, which grows as they come: how long they
 * will be is not known before. Views of the memory made before are detached.
 */
export function writeSparse(
  dataset: Dataset,
  sections: readonly SparseRows[],
  arena: Arena,
  memory: WebAssembly.Memory,
  limits: MemoryLimits,
): void {
  const { count, features } = dataset;
  const staging = arena.take(COPIED_TOGETHER * features + BYTES_AT_ONCE);
  const tables = tablesOf(arena, features);
  growTo(memory, arena.end, limits.mostPages);
  tables.write(memory.buffer);
  let to = arena.end;
  for (const section of sections) {
    const { writeRows } = instantiate<RowWriter>(
      rowWriterModule(limits, features, section, tables).toBytes(),
      memory,
    );
    for (const { first, count: rows, pixels } of chunksOf(dataset)) {
      for (let n = 0; n < rows; n += COPIED_TOGETHER) {
        const bytes = Math.min(COPIED_TOGETHER, rows - n) * features;
        growTo(memory, to + COPIED_TOGETHER * longestRow(features), limits.mostPages);
        new Uint8Array(memory.buffer, staging, bytes)
          .set(pixels.subarray(n * features, n * features + bytes));
        // Addresses of 2 GiB and more come back as negative numbers.
        to = writeRows(staging, staging + bytes, section.starts + 4 * (first + n), to) >>> 0;
      }
    }
    new Uint32Array(memory.buffer)[section.starts / 4 + count] = to;
  }
  // Touching the last row reads beyond it.
  growTo(memory, to + MOST_TOUCHED_LINES * LINE_BYTES, limits.mostPages);
}
