import { spreadOf } from "./block_scatter.ts";
import { byNode } from "./by_node.ts";
import { ratiosOfGroups } from "./group_ratios.ts";
import { trimmedMean } from "./log_time.ts";
import { atLeast, moderated, pool, priorOf } from "./moderate.ts";
import { commonBlocks, MOST_PACES, type Pair, type Ratio, shareLuck, sideOf } from "./ratio.ts";
import { sumOf } from "./statistics.ts";
import type { TrialSamples } from "./trial_samples.ts";

/**
 * The ratios b / a of cells that two runs share, of which either may have been measured on several nodes.
 *
 * - On one machine each, trials are the unit (`ratiosOfGroups`).
 * - Where a cell has two nodes or more in common, each of these gives a ratio, in which its pace cancels.
 * - Else nodes are the unit on each side that has several, and the scatter of their paces is in the interval.
 */
export function ratiosAcross(cells: readonly Pair[], confidence: number): Ratio[] {
  const kernels = cells.map(({ kernel }) => kernel);
  const [a, b] = [
    byNode(cells.map((one) => one.a), kernels),
    byNode(cells.map((one) => one.b), kernels),
  ];
  const folded = cells.map((one, i): Pair => ({ ...one, a: a[i], b: b[i] }));
  const isPaired = folded.map((one) =>
    isFolded(one.a) && isFolded(one.b) && commonBlocks(one.a, one.b).length > 1
  );
  const paired = ratiosByNode(folded.filter((_, i) => isPaired[i]));
  const apart = folded.flatMap((one, i): Pair[] =>
    isPaired[i]
      ? []
      : [{ ...one, a: severalOf(one.a, cells[i].a), b: severalOf(one.b, cells[i].b) }]
  );
  const groups = apart.length > 0 ? ratiosOfGroups(apart, confidence) : [];
  return isPaired.map((one) => one ? paired.shift()! : groups.shift()!);
}

const isFolded = (trials: readonly TrialSamples[]): boolean =>
  trials.some((one) => one.trials !== undefined);

/** What stands for nodes, or the trials themselves where a single node has them. */
const severalOf = (
  folded: readonly TrialSamples[],
  trials: readonly TrialSamples[],
): readonly TrialSamples[] => folded.length > 1 ? folded : trials;

/**
 * Ratios of cells that both runs measured on several nodes. A node may have changed its pace between the runs, which is
 * in all its ratios. So these have no more degrees of freedom than there are nodes, less one, however many cells there
 * are; their variance is moderated by that of all kernels, and never below the cell's own.
 */
function ratiosByNode(cells: readonly Pair[]): Ratio[] {
  const blocks = cells.map(({ a, b }) => commonBlocks(a, b));
  const logs = blocks.map((all) => all.map(({ log }) => log));
  const spreads = logs.map(spreadOf);
  const byKernel = new Map(
    [...Map.groupBy(cells.keys(), (i) => cells[i].kernel)]
      .map(([kernel, of]) => [kernel, pool(of.map((i) => spreads[i]))]),
  );
  const prior = priorOf([...byKernel.values()]);
  const ratios = cells.map(({ kernel }, i): Ratio => {
    const weights = blocks[i].map(({ weight }) => weight);
    const { variance, degrees } = atLeast(spreads[i], moderated(byKernel.get(kernel)!, prior));
    const trials = sumOf(blocks[i], (one) => one.trials);
    return {
      logRatio: trimmedMean(logs[i], weights).value,
      standardError: Math.sqrt(variance / sumOf(weights, (weight) => weight)),
      degrees: Math.max(1, Math.min(degrees, blocks[i].length - 1)),
      trials: [trials, trials],
      nodes: blocks[i].length,
      paces: MOST_PACES,
    };
  });
  return shareLuck(ratios, cells, logs.map(sideOf));
}
