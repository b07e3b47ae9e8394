import type { Cell } from "../format/trial_record.ts";
import { settingKey } from "./axes.ts";

/** Equal for cells of one run that may be compared: they differ at most in implementation, runtime, threads and ranks. */
export const problemKey = (cell: Cell): string =>
  [cell.examples, cell.batchSize, cell.seed, settingKey(cell)].join("|");

/** Equal for cells of the same kernel, which differ only in m and seed. */
export const kernelKey = (cell: Cell): string =>
  [
    cell.implementation,
    cell.runtime,
    cell.threads,
    cell.ranks ?? "",
    cell.batchSize,
    settingKey(cell),
  ].join("|");
