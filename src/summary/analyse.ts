import { known } from "../base/known.ts";
import type { RunFile } from "../format/plan.ts";
import type { Roofline } from "../format/roofline.ts";
import type { Cell } from "../format/trial_record.ts";
import { rooflineOf } from "../machine/roofline_of.ts";
import type { TrialSamples } from "../stats/trial_samples.ts";
import { atMeanNode, type NodesFound } from "./at_mean_node.ts";
import { type LoneCellSummary, summariseCell } from "./cell_summary.ts";
import { type SteadyTrial, steadyTrial } from "./estimate.ts";
import type { UsableTrial } from "./sort_trials.ts";
import { scatterBySeries, weighTrials } from "./trial_weights.ts";

/** A cell, its steady samples and its own figures. Over several nodes, all its times are those of one of mean pace. */
export interface Analysed {
  readonly summary: LoneCellSummary;
  readonly trials: readonly UsableTrial[];
  readonly perTrial: readonly SteadyTrial[];
  /** What comparisons and fits rest on: the trials, or over several nodes those that stand for a node. */
  readonly steady: readonly TrialSamples[];
  readonly series: number;
}

interface Analysis {
  readonly cells: Analysed[];
  /** Undefined in a run of one machine. */
  readonly nodes: NodesFound | undefined;
}

/** The figures of each cell that need no comparison; weights and intervals draw on all cells of the run. */
export function analyse(
  run: RunFile,
  cells: readonly (readonly UsableTrial[])[],
  indexOf: (cell: Cell) => number,
): Analysis {
  const found = cells.map((trials) => ({
    trials,
    steady: trials.map(steadyTrial),
    series: indexOf(trials[0].cell),
  }));
  const weighed = weighTrials(found, found.filter(isOrdinary))
    .map((steady, i) => ({ ...found[i], perTrial: steady, steady }));
  const { cells: paced, nodes } = atMeanNode(weighed, isOrdinary);
  const scatterOf = scatterBySeries(paced.filter(isOrdinary), nodes?.drift);
  return {
    nodes,
    cells: paced.map(({ trials, perTrial, steady, series }) => {
      const scatter = scatterOf(series);
      const summary = summariseCell(trials, perTrial, run.environment.cores, scatter, steady);
      const roofline = underRoof(rooflineOf(run, trials, summary.nsPerEpoch.value));
      return { summary: known({ ...summary, roofline }), trials, perTrial, steady, series };
    }),
  };
}

/** A share above 1 is no finding about the cell: the ceiling was measured too low, or the machine was slower then. */
function underRoof(roofline: Roofline | undefined): Roofline | undefined {
  if (roofline?.ceiling === undefined || roofline.ceiling.share <= 1) return roofline;
  const { ceiling, ...rest } = roofline;
  return { ...rest, overCeiling: ceiling.share };
}

/** A copy changes nothing of what is said of the other cells. */
const isOrdinary = ({ trials: [{ cell }] }: Pick<Analysed, "trials">) => cell.copy === undefined;
