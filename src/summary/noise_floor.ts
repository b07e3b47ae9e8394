import { pairedLogRatios } from "../stats/ratio.ts";
import { median } from "../stats/statistics.ts";
import { type Cell, cellKey, type TrialRecord } from "../format/trial_record.ts";
import type { TrialSamples } from "../stats/trial_samples.ts";
import type { RunFile } from "../format/plan.ts";
import type { NoiseFloor } from "../format/summary.ts";
import { steadyTrial } from "./estimate.ts";
import { compareCells } from "./series.ts";
import { sortTrials } from "./sort_trials.ts";

/** A run as it lies on disk, and the name of its folder. */
export interface NamedRun {
  readonly name: string;
  readonly run: RunFile;
  readonly trials: readonly TrialRecord[];
}

/** The trials of one cell, as the noise floor sees them. */
export interface CellTrials {
  readonly cell: Cell;
  readonly steady: readonly TrialSamples[];
}

/**
 * How far two copies of the same code differ in this run: of every cell of the null twin and the same cell
 * without `copy`, paired round by round, the median of the log ratios; the floor is the one farthest from 1.
 * The same code in the same rounds: whatever differs is noise, and a difference of that size between two
 * implementations may be noise, too. Undefined without a null twin, or where no round has both.
 */
export function noiseFloorOf(cells: readonly CellTrials[]): NoiseFloor | undefined {
  const ordinary = new Map(
    cells.filter(({ cell }) => cell.copy === undefined).map((one) => [cellKey(one.cell), one]),
  );
  const compared = cells.flatMap((twin) => {
    if (twin.cell.copy !== "twin") return [];
    const first = ordinary.get(cellKey(withoutCopy(twin.cell)));
    if (first === undefined) return [];
    const logRatios = pairedLogRatios(first.steady, twin.steady);
    if (logRatios.length === 0) return [];
    const ratio = Math.exp(median(logRatios));
    return [{ cell: first.cell, ratio, rounds: logRatios.length }];
  });
  if (compared.length === 0) return undefined;
  return {
    implementation: compared[0].cell.implementation,
    floor: Math.max(...compared.map(({ ratio }) => Math.max(ratio, 1 / ratio) - 1)),
    cells: compared,
  };
}

/** The cell of which this one is a copy. */
export function withoutCopy(cell: Cell): Cell {
  const { copy: _, ...original } = cell;
  return original;
}

/** The noise floor that a run's null twin shows, if it has one. */
export function noiseFloorOfRun({ run, trials }: NamedRun): number | undefined {
  const cells = sortTrials(trials, compareCells(run.plan)).cells;
  return noiseFloorOf(
    cells.map((ofCell) => ({ cell: ofCell[0].cell, steady: ofCell.map(steadyTrial) })),
  )?.floor;
}
