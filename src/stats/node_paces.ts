import { type BlockScatter, blockScatter } from "./block_scatter.ts";
import type { ByNode } from "./by_node.ts";
import type { Center } from "./log_time.ts";
import { pool } from "./moderate.ts";
import { OF_MEDIAN } from "./median_error.ts";
import { mean, sumOf, weightedMedian } from "./statistics.ts";
import { sampleMedian, type TrialSamples, weightOf } from "./trial_samples.ts";

/** How slow a node is. */
export interface NodePace {
  readonly node: string;
  /** Nodes of other groups share no cell with it. */
  readonly group: number;
  /**
   * ln of its time over the geometric mean of its group; above 0, it is slower. `degrees` are 0 where nothing shows the
   * error, as where a single cell was measured.
   */
  readonly pace: Center;
}

/**
 * The paces of the nodes: what the cells of a node have in common, by the fit ln time = cell + node, less the mean over
 * the group, while they measured. `cells` and `groups` come from `foldNodes`; `series` names the series of each cell. The
 * error is that of a median over the node's cells, because a neighbour that hits one of a few trials moves their mean.
 */
export function nodePaces(
  { cells, groups }: Pick<ByNode, "cells" | "groups">,
  series: readonly (number | string)[],
): NodePace[] {
  const fit = blockScatter(cells, series);
  const scatter = pool(fit.spreads);
  // Degrees of a variance that comes from a median deviation (Rousseeuw and Croux, J. Am. Stat. Assoc. 88, 1993, p. 1273: 37 %).
  const degrees = scatter.degrees > 0
    ? Math.max(1, 0.37 * Math.min(scatter.degrees, fit.degrees))
    : 0;
  const own = new Map<string, { log: number; variance: number; isKnown: boolean }>();
  for (const [node, { of: all, isKnown }] of trialsByNode(cells, fit)) {
    const weights = sumOf(all, ({ trial }) => weightOf(trial));
    const counts = independent(all.map(({ cell }) => series[cell]), fit) * weights / all.length;
    own.set(node, {
      isKnown: isKnown && degrees > 0,
      log: weightedMedian(
        all.map(({ trial, level }) => logOf(trial) - level),
        all.map(({ trial }) => weightOf(trial)),
      ),
      variance: (all.length > 2 ? OF_MEDIAN ** 2 : 1) * fit.typical / counts,
    });
  }
  return [...Map.groupBy(groups, ([, group]) => group)].flatMap(([group, members]) => {
    const nodes = members.map(([node]) => node).filter((node) => own.has(node));
    if (nodes.length < 2) return [];
    const middle = mean(nodes.map((node) => own.get(node)!.log));
    // Around the mean of J nodes.
    const around = 1 - 1 / nodes.length;
    return nodes.map((node): NodePace => {
      const { log, variance, isKnown } = own.get(node)!;
      return {
        node,
        group,
        pace: {
          value: log - middle,
          standardError: isKnown ? Math.sqrt(variance * around) : 0,
          degrees: isKnown ? degrees : 0,
        },
      };
    });
  });
}

const logOf = (trial: TrialSamples): number => Math.log(sampleMedian(trial));

/** The folded trials of each node, with the levels of their cells; a cell that is always alone is its own measure. */
function trialsByNode(cells: ByNode["cells"], { levels }: BlockScatter) {
  const all = cells.flatMap((trials, cell) => {
    const level = levels.get(cell) ?? mean(trials.map(logOf));
    return trials.flatMap((trial) =>
      trial.trials === undefined ? [] : [{ cell, trial, level, isKnown: levels.has(cell) }]
    );
  });
  return [...Map.groupBy(all, ({ trial }) => trial.node!)].map(([node, of]) => {
    const known = of.filter(({ isKnown }) => isKnown);
    return [node, { of: known.length > 0 ? known : of, isKnown: known.length > 0 }] as const;
  });
}

/** So many independent cells tell as much of a node as these, of which those of one series deviate together. */
function independent(series: readonly (number | string)[], { correlation }: BlockScatter): number {
  const alike = [...Map.groupBy(series, (one) => one).values()];
  const siblings = sumOf(alike, ({ length }) => length * (length - 1)) / series.length;
  return series.length / (1 + siblings * correlation);
}
