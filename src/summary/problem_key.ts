import type { Cell } from "../format/trial_record.ts";

/** Equal for cells of one run that may be compared: they differ at most in implementation, runtime and threads. */
export const problemKey = (cell: Cell): string =>
  [cell.examples, cell.batchSize, cell.seed].join("|");

/** Equal for cells of the same kernel, which differ only in m and seed. */
export const kernelKey = ({ implementation, runtime, threads, batchSize }: Cell): string =>
  [implementation, runtime, threads, batchSize].join("|");
