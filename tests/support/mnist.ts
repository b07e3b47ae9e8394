import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { GIVEN_DATA } from "./given_data.ts";
import { skipFor } from "./skips.ts";

const FILES = [
  "train-images-idx3-ubyte",
  "train-labels-idx1-ubyte",
  "t10k-images-idx3-ubyte",
  "t10k-labels-idx1-ubyte",
];

const CANDIDATES = [
  GIVEN_DATA || undefined,
  resolve(import.meta.dirname ?? ".", "../../../shared/mnist"),
];

/** The folder that holds the real MNIST on this machine ($SLOPE_DATA, else a folder beside the repository). */
export function mnistDirectory(): string | undefined {
  return CANDIDATES.find((folder) =>
    folder !== undefined &&
    FILES.every((file) => existsSync(join(folder, file)) || existsSync(join(folder, `${file}.gz`)))
  );
}

/**
 * `test(name, { skip: skipWithoutMnist }, fn)`: false where MNIST is there, else the reason.
 */
export const skipWithoutMnist: string | false = skipFor(
  mnistDirectory() === undefined && "the real MNIST is not here: name its folder with SLOPE_DATA",
);
