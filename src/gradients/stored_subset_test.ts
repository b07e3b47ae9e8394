import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { candidates } from "../../tests/support/available_implementations.ts";
import { withFolder } from "../../tests/support/cli.ts";
import { networkOf, problemOf } from "../../tests/support/problems.ts";
import { verify } from "../check/verify_kernel.ts";
import { type Dataset, storedSet } from "../data/dataset.ts";
import { PixelFile } from "../data/pixel_file.ts";
import { initialParameters } from "../model/initialise.ts";

/** They make a form of their own of the pixels, and must never need all at once. */
const READ_PIECES = ["sparse_typed", "wasm_sparse", "wasm_threads", "native_sparse"];

const NETWORK = networkOf([784, 16, 10]);
/** More rows than are read at once. */
const PROBLEM = problemOf(NETWORK, 6000, 10);

for (const { implementation, skip } of await candidates()) {
  const { name, precision } = implementation;
  const readsPieces = READ_PIECES.includes(name);
  for (const threads of implementation.needs?.includes("threads") ? [1, 2] : [1]) {
    test(
      `${name}, ${threads === 1 ? "1 thread" : "2 threads"}: pixels in a file are ${
        readsPieces ? "read piece by piece" : "read"
      }, and the gradient is right`,
      { skip },
      () =>
        withFolder(async (folder) => {
          const path = join(folder, "pixels");
          const { pixels, ...described } = PROBLEM.dataset;
          writeFileSync(path, pixels);
          const stored = storedSet(described, new PixelFile(path, 0, 784));
          let asked = 0;
          const dataset: Dataset = Object.defineProperty(
            { ...described, stored: stored.stored! },
            "pixels",
            {
              get() {
                asked++;
                return stored.pixels;
              },
            },
          ) as Dataset;
          const problem = { ...PROBLEM, dataset, threads };
          const kernel = await implementation.open(problem);
          const { verdict } = await verify(
            kernel,
            precision,
            problem,
            initialParameters(NETWORK, "scaled-normal", 1),
          );
          assert.notEqual(verdict, "wrong");
          if (readsPieces) assert.equal(asked, 0, "it asked for all pixels");
          await kernel[Symbol.asyncDispose]();
        }),
    );
  }
}
