import { pairedLogRatios } from "../stats/ratio.ts";
import { median } from "../stats/statistics.ts";
import { type Cell, cellKey, type TrialRecord } from "../format/trial_record.ts";
import type { RunFile } from "../format/plan.ts";
import type { NoiseFloor } from "../format/summary.ts";
import { type MeasuredCell, measuredCell } from "./estimate.ts";
import { compareCells } from "./series.ts";
import { sortTrials } from "./sort_trials.ts";

/** A run and the name of its folder. */
export interface NamedRun {
  readonly name: string;
  readonly run: RunFile;
  readonly trials: readonly TrialRecord[];
}

/**
 * How far two copies of the same code differ in this run. Each cell of the null twin is paired round by round with the
 * cell that it copies; its ratio is the median over the rounds, and the floor is the ratio farthest from 1. Code and
 * rounds are the same, so only noise differs. Undefined without a null twin, or where no round has both.
 */
export function noiseFloorOf(cells: readonly MeasuredCell[]): NoiseFloor | undefined {
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
  return noiseFloorOf(cells.map(measuredCell))?.floor;
}
