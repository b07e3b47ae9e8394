import type { CellSummary, Summary } from "../../format/summary.ts";
import type { Cell } from "../../format/trial_record.ts";

/** The cells that other tools are told of: not those of wrong gradients, whose times are those of nothing. */
export const exchangedCells = ({ cells }: Summary): CellSummary[] =>
  cells.filter(({ verdict }) => verdict !== "wrong");

/**
 * The name of a cell among those of all runs: services that follow a benchmark over commits know it by its name, so
 * everything that makes a cell another one is in it (other data, for an implementation that skips zero pixels, is another
 * time), and nothing that depends on what else a run holds.
 */
export const cellName = (cell: Cell, { data, plan }: Pick<Summary, "data" | "plan">): string =>
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
    `data=${data.name}`,
    `epochs=${plan.epochs}`,
    `rate=${plan.rate}`,
    `initialisation=${plan.initialisation}`,
  ].join("/");
