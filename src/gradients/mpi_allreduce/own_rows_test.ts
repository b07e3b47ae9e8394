import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { withFolder } from "../../../tests/support/cli.ts";
import { randomDataset } from "../../../tests/support/problems.ts";
import { chunksOf } from "../../data/rows.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Mpi } from "./mpi_library.ts";
import { ownRows } from "./own_rows.ts";
import { shareOf } from "./shares.ts";

const [EXAMPLES, FEATURES, RANKS] = [23, 5, 3];
const WHOLE = randomDataset(EXAMPLES, FEATURES, 4);
const SUBSET = { examples: EXAMPLES, features: FEATURES, classes: 4 };

/** A rank that learns whether all have their rows; what rank 0 sends is kept, and others receive it. */
function rankOf(rank: number, everyRankReads: boolean, sent: Uint8Array[]): Mpi {
  const queue = [...sent];
  return {
    version: "made up",
    rank,
    size: RANKS,
    summing: (array) => () => void array.fill(everyRankReads ? RANKS : RANKS - 1),
    broadcast(array) {
      if (rank === 0) sent.push((array as Uint8Array).slice());
      else array.set(queue.shift()!);
    },
    abort() {},
    finalize() {},
  };
}

const pixelsOf = (dataset: Dataset): number[] =>
  [...chunksOf(dataset)].flatMap(({ pixels }) => [...pixels]);

function assertShare(own: Dataset, rank: number): void {
  const { first, end } = shareOf(EXAMPLES, rank, RANKS);
  assert.equal(own.count, end - first);
  assert.deepEqual([...own.labels], [...WHOLE.labels.slice(first, end)]);
  assert.deepEqual(pixelsOf(own), [...WHOLE.pixels.slice(first * FEATURES, end * FEATURES)]);
}

test("rank 0 has its rows in memory, and the others leave their pixels in the file", async () => {
  await withFolder((folder) => {
    const files = { pixels: join(folder, "pixels"), labels: join(folder, "labels") };
    writeFileSync(files.pixels, WHOLE.pixels);
    writeFileSync(files.labels, WHOLE.labels);
    for (let rank = 0; rank < RANKS; rank++) {
      const mpi = rankOf(rank, true, []);
      const share = shareOf(EXAMPLES, rank, RANKS);
      const own = ownRows(mpi, { ...SUBSET, files }, share, rank === 0 ? WHOLE : undefined);
      assertShare(own, rank);
      assert.equal(own.stored !== undefined, rank > 0);
    }
  });
});

test("where a rank cannot read, rank 0 sends the rows in pieces and each keeps its own", () => {
  const sent: Uint8Array[] = [];
  const twoRows = 2 * FEATURES + 1;
  for (let rank = 0; rank < RANKS; rank++) {
    const mpi = rankOf(rank, false, sent);
    const files = { pixels: "/nowhere/pixels", labels: "/nowhere/labels" };
    const share = shareOf(EXAMPLES, rank, RANKS);
    const held = rank === 0 ? WHOLE : undefined;
    assertShare(ownRows(mpi, { ...SUBSET, files }, share, held, twoRows), rank);
  }
  assert.equal(sent.length, 1 + Math.ceil(EXAMPLES / 2));
});

test("a rank without a share holds a row that it never computes", () => {
  const own = ownRows(rankOf(0, true, []), { ...SUBSET, examples: 1 }, { first: 1, end: 1 }, {
    ...WHOLE,
    count: 1,
  });
  assert.equal(own.count, 1);
});
