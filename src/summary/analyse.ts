import { known } from "../base/known.ts";
import type { RunFile } from "../format/plan.ts";
import type { Roofline } from "../format/roofline.ts";
import type { Cell } from "../format/trial_record.ts";
import { rooflineOf } from "../machine/roofline_of.ts";
import { type LoneCellSummary, summariseCell } from "./cell_summary.ts";
import { type SteadyTrial, steadyTrial } from "./estimate.ts";
import type { UsableTrial } from "./sort_trials.ts";
import { scatterBySeries, weighTrials } from "./trial_weights.ts";

/** A cell, its steady samples and its own figures. */
export interface Analysed {
  readonly summary: LoneCellSummary;
  readonly trials: readonly UsableTrial[];
  readonly steady: readonly SteadyTrial[];
  readonly series: number;
}

/** The figures of each cell that need no comparison; weights and intervals draw on all cells of the run. */
export function analyse(
  run: RunFile,
  cells: readonly (readonly UsableTrial[])[],
  indexOf: (cell: Cell) => number,
): Analysed[] {
  const found = cells.map((trials) => ({
    trials,
    steady: trials.map(steadyTrial),
    series: indexOf(trials[0].cell),
  }));
  const weighed = weighTrials(found, found.filter(isOrdinary))
    .map((steady, i) => ({ ...found[i], steady }));
  const scatterOf = scatterBySeries(weighed.filter(isOrdinary));
  return weighed.map(({ trials, steady, series }) => {
    const scatter = scatterOf(series);
    const summary = summariseCell(trials, steady, run.environment.cores, scatter);
    const roofline = underRoof(rooflineOf(run, trials, summary.nsPerEpoch.value));
    return { summary: known({ ...summary, roofline }), trials, steady, series };
  });
}

/** A share above 1 is no finding about the cell: the ceiling was measured too low, or the machine was slower then. */
function underRoof(roofline: Roofline | undefined): Roofline | undefined {
  if (roofline?.ceiling === undefined || roofline.ceiling.share <= 1) return roofline;
  const { ceiling, ...rest } = roofline;
  return { ...rest, overCeiling: ceiling.share };
}

/** A copy changes nothing of what is said of the other cells. */
const isOrdinary = ({ trials: [{ cell }] }: Pick<Analysed, "trials">) => cell.copy === undefined;
