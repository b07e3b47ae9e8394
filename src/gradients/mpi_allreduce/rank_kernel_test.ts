import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { ALONE, DATA, rankProblem } from "../../../tests/support/rank_alone.ts";
import { skipFor } from "../../../tests/support/skips.ts";
import { SLOW } from "../../../tests/support/slow.ts";
import { TooLarge } from "../../base/errors.ts";
import { CURRENT_RUNTIME } from "../../base/runtime.ts";
import { nativeSparse } from "../native/native_sparse.ts";
import { isAgreed } from "./agreement.ts";
import type { Mpi } from "./mpi_library.ts";
import { openRankKernel } from "./rank_kernel.ts";

const errorOf = async (work: Promise<unknown>): Promise<Error> => {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
};

/** What opening a rank's part gives in a process of its own, where nothing is compiled yet and no compiler is found. */
function withoutCompiler(data: keyof typeof DATA): Record<string, unknown> {
  const folder = mkdtempSync(join(tmpdir(), "rank-kernel-"));
  try {
    const run = CURRENT_RUNTIME.name === "deno" ? ["run", "--no-check", "--allow-all"] : [];
    const { stdout, stderr } = spawnSync(process.execPath, [...run, PROGRAM, data], {
      encoding: "utf8",
      env: { ...process.env, PATH: folder, XDG_CACHE_HOME: folder },
    });
    assert.match(stdout, /^\{/, stderr);
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const PROGRAM = fileURLToPath(new URL("../../../tests/support/open_rank.ts", import.meta.url));

const probed = await nativeSparse.probe!();
const COMPILED = {
  ...SLOW,
  skip: skipFor(!probed.available && `native_sparse: ${probed.reason}`),
};
const IN_NODE = { ...SLOW, skip: skipFor(CURRENT_RUNTIME.name === "node" && "Node has no FFI") };

test("a rank uses wasm_sparse where no compiler is", IN_NODE, () => {
  assert.deepEqual(withoutCompiler("few"), { opened: true, isCompiled: false });
});

test("why neither kernel opens is told, of both", IN_NODE, () => {
  const { message } = withoutCompiler("tooMany");
  assert.match(String(message), /^too many pixels; without native_sparse, .*compiler/s);
});

test("why native_sparse does not open is told where C can be compiled", COMPILED, async () => {
  const deep = [8, ...new Array<number>(64).fill(2), 3];
  const error = await errorOf(openRankKernel(ALONE, rankProblem(deep), DATA.few));
  assert.ok(isAgreed(error));
  assert.match(error.message, /65 layers of weights, expected at most 64/);
});

test("what is too large for a rank is so for the job", SLOW, async () => {
  const error = await errorOf(openRankKernel(ALONE, rankProblem(), DATA.tooMany));
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
  const kernel = await openRankKernel(second, rankProblem(), DATA.few);
  kernel.checkParameters();
  drifted = true;
  assert.throws(
    () => kernel.checkParameters(),
    /of rank 1 are no longer .* MPI_Allreduce \(made up\) or the processors of the ranks round/,
  );
  await kernel.close();
});
