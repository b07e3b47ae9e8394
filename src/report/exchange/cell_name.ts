import type { Cell } from "../../trial/record.ts";

/**
 * The name of a cell among those of all runs: services that follow a benchmark over commits know it by its name, so
 * everything that makes a cell another one is in it, and nothing that depends on what else a run holds.
 */
export const cellName = (cell: Cell): string =>
  [
    cell.implementation,
    cell.runtime,
    cell.layerSizes.join("-"),
    cell.hiddenActivation,
    cell.outputLoss,
    `m=${cell.examples}`,
    `B=${cell.batchSize}`,
    `threads=${cell.threads}`,
    `seed=${cell.seed}`,
  ].join("/");
