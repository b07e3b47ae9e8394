/** A job of one rank, and data for it. */
import { TooLarge } from "../../src/base/errors.ts";
import { type Dataset, storedSet } from "../../src/data/dataset.ts";
import type { PixelFile } from "../../src/data/pixel_file.ts";
import type { Mpi } from "../../src/gradients/mpi_allreduce/mpi_library.ts";
import { networkOf, randomDataset } from "./problems.ts";

const COUNT = 6;
const LAYERS = [8, 4, 3];

/** The only rank. */
export const ALONE: Mpi = {
  version: "made up",
  rank: 0,
  size: 1,
  summing: () => () => {},
  broadcast() {},
  abort() {},
  finalize() {},
};

export const rankProblem = (layers = LAYERS) => ({
  network: networkOf(layers),
  maxBatchSize: 2,
  examples: COUNT,
  features: layers[0],
  classes: 3,
});

const few = randomDataset(COUNT, LAYERS[0], 3);

export const DATA = {
  few,
  /** Pixels whose list is too long for any kernel. */
  tooMany: tooManyPixels(),
};

function tooManyPixels(): Dataset {
  const stored = {
    features: few.features,
    from: () => stored,
    read() {
      throw new TooLarge("too many pixels", { of: "list", needed: 9, limit: 8 });
    },
  } as unknown as PixelFile;
  return storedSet(few, stored);
}
