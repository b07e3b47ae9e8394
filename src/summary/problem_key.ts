import type { Cell } from "../format/trial_record.ts";

/** What two cells of one run must share to be compared: everything but implementation, runtime and threads. */
export const problemKey = (cell: Cell): string =>
  [cell.examples, cell.batchSize, cell.seed].join("|");
