import type { CellSummary, Summary } from "../../format/summary.ts";
import type { Cell } from "../../format/trial_record.ts";

/** The cells for other tools: without wrong gradients, whose times mean nothing. */
export const exchangedCells = ({ cells }: Summary): CellSummary[] =>
  cells.filter(({ verdict }) => verdict !== "wrong");

/**
 * The name of a cell across all runs. Services that follow a benchmark over commits identify it by its name, so the name
 * holds everything that affects a cell (its data too, because some implementations skip zero pixels) and nothing that
 * depends on the other cells of a run.
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
