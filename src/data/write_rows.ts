import { closeSync, openSync } from "node:fs";
import { readInto, writeAt } from "../base/large_files.ts";
import type { Dataset } from "./dataset.ts";
import { chunksOf, examplesAt } from "./rows.ts";

/** Memory of one part of the file that is put in order. */
const REGION_BYTES = 2 ** 26;
/** Memory in which rows wait for their part, for each. */
const WAITING_BYTES = 2 ** 18;
/** Reading single rows takes about as long as reading so many in sequence. */
const ROWS_OF_A_SEEK = 40;

/** Bytes, so that a test can have several regions of few rows. */
export interface WritingMemory {
  readonly regionBytes: number;
  readonly waitingBytes: number;
}

/**
 * Writes the pixels of these rows, in this order, to a new file. Needs little memory however many there are. Throws
 * what the system says.
 */
export function writeRows(
  path: string,
  set: Dataset,
  order: Uint32Array,
  memory: WritingMemory = { regionBytes: REGION_BYTES, waitingBytes: WAITING_BYTES },
): void {
  const file = openSync(path, "w+");
  try {
    const isMost = order.length * ROWS_OF_A_SEEK > set.count;
    if (set.stored && isMost && order.length * set.features > memory.regionBytes) {
      distribute(file, set, order, memory);
    } else {
      const together = Math.max(1, Math.floor(memory.regionBytes / set.features));
      for (let from = 0; from < order.length; from += together) {
        const { pixels } = examplesAt(set, order.subarray(from, from + together));
        writeAt(file, pixels, from * set.features);
      }
    }
  } finally {
    closeSync(file);
  }
}

/**
 * The order is random, and seeking each row of a file of gigabytes takes minutes, or hours on a network's disk. So the
 * set is read once in sequence, each row written to the region of the new file in which it belongs; then the rows of each
 * region are put in order in memory (a distribution sort: Knuth, The Art of Computer Programming 3, section 5.2.5).
 */
function distribute(
  file: number,
  set: Dataset,
  order: Uint32Array,
  { regionBytes, waitingBytes }: WritingMemory,
): void {
  const { features, count } = set;
  const rowsOfRegion = Math.max(1, Math.floor(regionBytes / features));
  const rowsWaiting = Math.max(1, Math.floor(waitingBytes / features));
  const regions = Math.ceil(order.length / rowsOfRegion);
  /** (count) the region of each row + 1; 0 for rows that are not wanted. */
  const regionOf = new Uint32Array(count);
  for (let n = 0; n < order.length; n++) regionOf[order[n]] = Math.floor(n / rowsOfRegion) + 1;

  const waiting = Array.from({ length: regions }, () => new Uint8Array(rowsWaiting * features));
  const held = new Uint32Array(regions);
  const written = new Uint32Array(regions);
  const send = (region: number): void => {
    const bytes = waiting[region].subarray(0, held[region] * features);
    writeAt(file, bytes, (region * rowsOfRegion + written[region]) * features);
    written[region] += held[region];
    held[region] = 0;
  };
  for (const { first, count: rows, pixels } of chunksOf(set)) {
    for (let n = 0; n < rows; n++) {
      const region = regionOf[first + n] - 1;
      if (region < 0) continue;
      waiting[region].set(
        pixels.subarray(n * features, (n + 1) * features),
        held[region] * features,
      );
      if (++held[region] === rowsWaiting) send(region);
    }
  }
  for (let region = 0; region < regions; region++) send(region);
  waiting.length = 0;

  const arrived = new Uint8Array(Math.min(rowsOfRegion, order.length) * features);
  const sorted = new Uint8Array(arrived.length);
  /** The number of each row in the set, then its place in the region. */
  const keys = new Float64Array(Math.min(rowsOfRegion, order.length));
  for (let from = 0; from < order.length; from += rowsOfRegion) {
    const rows = order.subarray(from, from + rowsOfRegion);
    readInto(file, arrived.subarray(0, rows.length * features), from * features);
    // They arrived in the order of the set.
    for (let place = 0; place < rows.length; place++) {
      keys[place] = rows[place] * rowsOfRegion + place;
    }
    keys.subarray(0, rows.length).sort();
    for (let n = 0; n < rows.length; n++) {
      const place = keys[n] % rowsOfRegion;
      sorted.set(arrived.subarray(n * features, (n + 1) * features), place * features);
    }
    writeAt(file, sorted.subarray(0, rows.length * features), from * features);
  }
}
