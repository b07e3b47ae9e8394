import { known } from "../base/known.ts";
import type { NodePaceSummary, NodesSummary } from "../format/nodes.ts";
import { foldNodes } from "../stats/by_node.ts";
import { halfWidth } from "../stats/log_time.ts";
import type { Spread } from "../stats/moderate.ts";
import { type NodePace, nodePaces } from "../stats/node_paces.ts";
import { CONFIDENCE, type TrialSamples } from "../stats/trial_samples.ts";
import { atPace } from "./at_pace.ts";
import { type SteadyTrial, steadyTrial } from "./estimate.ts";
import { kernelKey } from "./problem_key.ts";
import type { UsableTrial } from "./sort_trials.ts";

interface NodeCell {
  readonly trials: readonly UsableTrial[];
  readonly perTrial: readonly SteadyTrial[];
  readonly steady: readonly TrialSamples[];
  readonly series: number;
}

export interface NodesFound {
  readonly each: NodePaceSummary[];
  /** What a node's pace changed over its rounds, in the mean of the rounds. */
  readonly drift: Spread;
  readonly interaction?: NodesSummary["interaction"];
}

/**
 * The cells as a node of mean pace would have measured them, and what the nodes are like. Each time is divided by the
 * pace of its node, so that a program which lacks the slow nodes does not look fast; the mean is the geometric mean over
 * the nodes. `steady` then has one trial per node. A cell without company on its nodes keeps their paces, which nothing
 * tells from its own time. In a run of one machine the cells stay as they are.
 */
export function atMeanNode(
  cells: readonly NodeCell[],
  isOrdinary: (cell: NodeCell) => boolean = () => true,
): { cells: readonly NodeCell[]; nodes: NodesFound | undefined } {
  const series = cells.map((one) => one.series);
  const folded = foldNodes(cells.map(({ steady }) => steady), series);
  if (folded === undefined) return { cells, nodes: undefined };
  const ordinary = [...cells.keys()].filter((i) => isOrdinary(cells[i]));
  const paces = nodePaces(
    { ...folded, cells: ordinary.map((i) => folded.cells[i]) },
    ordinary.map((i) => series[i]),
  );
  const factors = new Map(
    paces.map(({ node, pace }) => [node, pace.degrees > 0 ? Math.exp(pace.value) : 1]),
  );
  const factorOf = ({ node = "" }: { readonly node?: string | undefined }): number =>
    factors.get(node) ?? 1;
  const hasGroups = new Set(folded.groups.values()).size > 1;
  const measured = Map.groupBy(cells.flatMap(({ trials }) => trials), ({ node }) => node);
  return {
    cells: cells.map((one, i): NodeCell => ({
      trials: one.trials.map((trial) => atPace(trial, factorOf(trial))),
      perTrial: one.perTrial.map((trial) => ({
        ...paced(trial, factorOf(trial)),
        withDisturbed: trial.withDisturbed.map((ns) => ns / factorOf(trial)),
      })),
      steady: folded.cells[i].map((trial) => paced(trial, factorOf(trial))),
      series: one.series,
    })),
    // Copies alone may have been measured on several.
    nodes: paces.length < 2 ? undefined : known({
      each: paces.map((one) => summaryOf(one, measured.get(one.node)!, hasGroups)),
      drift: folded.drift,
      interaction: folded.within.degrees > 0
        ? { deviation: Math.sqrt(folded.between), pValue: folded.pValue }
        : undefined,
    }),
  };
}

/** The records of cells of one run as a node of mean pace would have written them. */
export function recordsAtMeanNode(
  cells: readonly (readonly UsableTrial[])[],
): (readonly UsableTrial[])[] {
  const kernels = [...new Set(cells.map(([{ cell }]) => kernelKey(cell)))];
  const found = cells.map((trials): NodeCell => {
    const steady = trials.map(steadyTrial);
    return { trials, perTrial: steady, steady, series: kernels.indexOf(kernelKey(trials[0].cell)) };
  });
  return atMeanNode(found).cells.map(({ trials }) => trials);
}

const paced = <T extends TrialSamples>(trial: T, slowness: number): T =>
  slowness === 1 ? trial : { ...trial, sorted: trial.sorted.map((ns) => ns / slowness) };

function summaryOf(
  { node, group, pace }: NodePace,
  trials: readonly UsableTrial[],
  hasGroups: boolean,
): NodePaceSummary {
  const half = pace.degrees > 0 ? halfWidth(pace, CONFIDENCE) : undefined;
  return known({
    node,
    machine: trials[0].cell.machine,
    group: hasGroups ? group : undefined,
    rounds: new Set(trials.map(({ round }) => round)).size,
    trials: trials.length,
    pace: known({
      value: Math.exp(pace.value),
      low: half === undefined ? undefined : Math.exp(pace.value - half),
      high: half === undefined ? undefined : Math.exp(pace.value + half),
      confidence: CONFIDENCE,
    }),
  });
}
