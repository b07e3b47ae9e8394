/** Opens the part of the only rank, and prints what came of it: for tests that need another environment. */
import process from "node:process";
import { messageOf } from "../../src/base/errors.ts";
import { openRankKernel } from "../../src/gradients/mpi_allreduce/rank_kernel.ts";
import { ALONE, DATA, rankProblem } from "./rank_alone.ts";

const told = await openRankKernel(ALONE, rankProblem(), DATA[process.argv[2] as keyof typeof DATA])
  .then(async ({ part, close }) => {
    await close();
    return { opened: true, isCompiled: part.compiled !== undefined };
  }, (error) => ({ opened: false, message: messageOf(error) }));
console.log(JSON.stringify(told));
