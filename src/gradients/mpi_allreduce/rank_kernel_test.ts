import assert from "node:assert/strict";
import process from "node:process";
import test from "node:test";
import { withFolder } from "../../../tests/support/cli.ts";
import { networkOf, randomDataset } from "../../../tests/support/problems.ts";
import { skipFor } from "../../../tests/support/skips.ts";
import { SLOW } from "../../../tests/support/slow.ts";
import { TooLarge } from "../../base/errors.ts";
import { CURRENT_RUNTIME } from "../../base/runtime.ts";
import { type Dataset, storedSet } from "../../data/dataset.ts";
import type { PixelFile } from "../../data/pixel_file.ts";
import { nativeSparse } from "../native/native_sparse.ts";
import { isAgreed } from "./agreement.ts";
import type { Mpi } from "./mpi_library.ts";
import { openRankKernel } from "./rank_kernel.ts";

const COUNT = 6;
const NETWORK = networkOf([8, 4, 3]);
const DATA = randomDataset(COUNT, 8, 3);

/** The only rank. */
const ALONE: Mpi = {
  version: "made up",
  rank: 0,
  size: 1,
  summing: () => () => {},
  broadcast() {},
  abort() {},
  finalize() {},
};

const problemOf = (layers = NETWORK.layerSizes) => ({
  network: networkOf(layers),
  maxBatchSize: 2,
  examples: COUNT,
  features: layers[0],
  classes: 3,
});

/** Pixels whose list is too long for any kernel. */
function tooMany(): Dataset {
  const { features } = DATA;
  const stored = {
    features,
    from: () => stored,
    read() {
      throw new TooLarge("too many pixels", { of: "list", needed: 9, limit: 8 });
    },
  } as unknown as PixelFile;
  return storedSet(DATA, stored);
}

const errorOf = async (work: Promise<unknown>): Promise<Error> => {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
};

/** Where nothing is compiled yet, and no compiler is found. */
const withoutCompiler = (work: () => Promise<void>): Promise<void> =>
  withFolder(async (folder) => {
    const { PATH, XDG_CACHE_HOME } = process.env;
    Object.assign(process.env, { PATH: folder, XDG_CACHE_HOME: folder });
    try {
      await work();
    } finally {
      process.env.PATH = PATH;
      if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
    }
  });

const probed = await nativeSparse.probe!();
const COMPILED = {
  ...SLOW,
  skip: skipFor(!probed.available && `native_sparse: ${probed.reason}`),
};
const IN_NODE = { ...SLOW, skip: skipFor(CURRENT_RUNTIME.name === "node" && "Node has no FFI") };

test("a rank uses wasm_sparse where no compiler is", IN_NODE, () =>
  withoutCompiler(async () => {
    const kernel = await openRankKernel(ALONE, problemOf(), DATA);
    assert.equal(kernel.part.compiled, undefined);
    await kernel.close();
  }));

test("why neither kernel opens is told, of both", IN_NODE, () =>
  withoutCompiler(async () => {
    const error = await errorOf(openRankKernel(ALONE, problemOf(), tooMany()));
    assert.match(error.message, /^too many pixels; without native_sparse, .*compiler/s);
  }));

test("why native_sparse does not open is told where C can be compiled", COMPILED, async () => {
  const deep = [8, ...new Array<number>(64).fill(2), 3];
  const error = await errorOf(openRankKernel(ALONE, problemOf(deep), DATA));
  assert.ok(isAgreed(error));
  assert.match(error.message, /65 layers of weights, expected at most 64/);
});

test("what is too large for a rank is so for the job", SLOW, async () => {
  const error = await errorOf(openRankKernel(ALONE, problemOf(), tooMany()));
  assert.ok(isAgreed(error) && error instanceof TooLarge, `${error.name}: ${error.message}`);
  assert.deepEqual(error.size, { of: "list", needed: 9, limit: 8 });
});

test("parameters that drift apart are told, without a cause that nobody knows", SLOW, async () => {
  let drifted = false;
  const second: Mpi = {
    ...ALONE,
    rank: 1,
    size: 2,
    // The other rank has the same; later it says nothing.
    summing: (array) => () => {
      if (!drifted) array.forEach((value, i) => array[i] = 2 * value);
    },
    broadcast(array) {
      if (drifted) array[0] += 1;
    },
  };
  const kernel = await openRankKernel(second, problemOf(), DATA);
  kernel.checkParameters();
  drifted = true;
  assert.throws(
    () => kernel.checkParameters(),
    /of rank 1 are no longer .* MPI_Allreduce \(made up\) or the processors of the ranks round/,
  );
  await kernel.close();
});
