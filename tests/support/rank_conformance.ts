/**
 * One rank of an MPI job that runs the conformance suite on mpi_allreduce. The launcher gives it `--ranks=…`, as it gives
 * Slope's child. Rank 0 prints one line of JSON: how many checks there are, and what failed.
 */
import process from "node:process";
import { messageOf } from "../../src/base/errors.ts";
import { mpiAllreduce } from "../../src/gradients/mpi_allreduce/mpi_allreduce.ts";
import { follow, joinRanks } from "../../src/gradients/mpi_allreduce/rank_job.ts";
import { CONFORMANCE } from "./conformance.ts";

const job = await joinRanks();
if (job.mpi.rank > 0) {
  await follow(job);
} else {
  const failed: string[] = [];
  for (const { title, check } of CONFORMANCE) {
    try {
      await check(mpiAllreduce);
    } catch (error) {
      failed.push(`${title}: ${messageOf(error)}`);
    }
  }
  console.log(JSON.stringify({ checks: CONFORMANCE.length, failed }));
}
process.exit(0);
