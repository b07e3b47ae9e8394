import { statSync } from "node:fs";
import { readRange } from "../../base/large_files.ts";
import { type Dataset, storedSet } from "../../data/dataset.ts";
import { PixelFile } from "../../data/pixel_file.ts";
import { sliceOf } from "../../data/rows.ts";
import { inEveryRank } from "./agreement.ts";
import type { Mpi } from "./mpi_library.ts";
import type { Share } from "./shares.ts";

/** The subset of which each rank holds a share. */
export interface SharedSubset {
  readonly examples: number;
  readonly features: number;
  readonly classes: number;
  /** Raw files that begin with the examples. */
  readonly files?: Dataset["files"];
}

/** Bytes of pixels in one message. */
const MOST_SENT = 2 ** 26;

/**
 * The rows of this rank's share; where it has none, one that it never computes. Rank 0 has the subset, the others read
 * from its files: their own labels, and of the pixels what the kernel asks for. Where one of them cannot, because there are
 * no files or its node does not see them, rank 0 sends all rows, and each rank keeps its own.
 */
export function ownRows(
  mpi: Mpi,
  subset: SharedSubset,
  share: Share,
  held: Dataset | undefined,
  mostSent = MOST_SENT,
): Dataset {
  const first = Math.min(share.first, subset.examples - 1);
  const count = Math.max(1, share.end - share.first);
  const own = held ? sliceOf(held, first, count) : fromFiles(subset, first, count);
  return inEveryRank(mpi, own !== undefined)
    ? own!
    : sent(mpi, subset, first, count, held, mostSent);
}

/** Undefined where they cannot be read. */
function fromFiles(
  { features, classes, files }: SharedSubset,
  first: number,
  count: number,
): Dataset | undefined {
  try {
    const labels = readRange(files!.labels, first, count);
    const isWhole = labels.length === count &&
      statSync(files!.pixels).size >= (first + count) * features;
    const stored = new PixelFile(files!.pixels, first * features, features);
    return isWhole ? storedSet({ count, features, classes, labels }, stored) : undefined;
  } catch {
    return undefined;
  }
}

function sent(
  mpi: Mpi,
  { examples, features, classes }: SharedSubset,
  first: number,
  count: number,
  held: Dataset | undefined,
  mostSent: number,
): Dataset {
  const labels = held?.labels ?? new Uint8Array(examples);
  mpi.broadcast(labels);
  const pixels = new Uint8Array(count * features);
  const most = Math.max(1, Math.floor(mostSent / features));
  for (let at = 0; at < examples; at += most) {
    const rows = Math.min(most, examples - at);
    const part = held ? sliceOf(held, at, rows).pixels : new Uint8Array(rows * features);
    mpi.broadcast(part);
    const from = Math.max(first, at);
    const to = Math.min(first + count, at + rows);
    if (from >= to) continue;
    const kept = part.subarray((from - at) * features, (to - at) * features);
    pixels.set(kept, (from - first) * features);
  }
  return { count, features, classes, pixels, labels: labels.slice(first, first + count) };
}
