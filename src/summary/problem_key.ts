import type { Cell } from "../format/trial_record.ts";

/** What two cells of one run must share to be compared: everything but implementation, runtime and threads. */
export const problemKey = (cell: Cell): string =>
  [cell.examples, cell.batchSize, cell.seed].join("|");

/** What two cells share that are the same kernel at two sizes, or with two seeds. */
export const kernelKey = ({ implementation, runtime, threads, batchSize }: Cell): string =>
  [implementation, runtime, threads, batchSize].join("|");
