import { blockScatter } from "./block_scatter.ts";
import { trimmedMean } from "./log_time.ts";
import { pool, type Spread } from "./moderate.ts";
import { betaTail, mean, sumOf } from "./statistics.ts";
import { blockOf, sampleMedian, type TrialSamples, weightOf } from "./trial_samples.ts";

/** The trials of a run over several nodes, by node. */
export interface ByNode {
  /**
   * The cells in their order. One trial stands for all trials of a cell on a node (`trials` counts them). Cells whose
   * nodes share cells with no other node are as they were.
   */
  readonly cells: readonly (readonly TrialSamples[])[];
  /** For each node, which others share cells with it, directly or through others: those of its kind of machine. */
  readonly groups: ReadonlyMap<string, number>;
  /** How trials of a cell scatter on one node; 0 degrees with one round per node. */
  readonly within: Spread;
  /** Variance of what a cell takes on a node, beyond the two's levels and the scatter of trials. */
  readonly between: number;
  /** The chance that the scatter of trials alone looks like it (F test); 1 with one round per node. */
  readonly pValue: number;
  /** What the changes of a node's pace over its rounds add to the variance of its mean. */
  readonly drift: Spread;
}

/** All trials of one cell on one node. */
interface Part {
  readonly cell: number;
  readonly node: string;
  readonly trials: readonly TrialSamples[];
}

/** As `foldNodes`, without what else it finds; the same arrays in a run of one machine. */
export const byNode = (
  cells: readonly (readonly TrialSamples[])[],
  series?: readonly (number | string)[],
): readonly (readonly TrialSamples[])[] => foldNodes(cells, series)?.cells ?? cells;

/**
 * Makes nodes the blocks of a run that several of them measured; undefined for a run of one.
 *
 * Rounds of one node are no independent evidence about other nodes: whatever makes a program relatively fast there is in
 * all of them. So the node is the unit: the mean of its rounds, with the pace of each round taken out. Over as many
 * rounds on each, Student's t over the nodes is then exact, whatever part of the scatter lies between nodes; with one
 * round per node it is what rounds are on one machine. Where nodes have unlike numbers of rounds n, a mean weighs
 * 1 / (τ² + σ² / n), relative to that of most rounds: σ² is the scatter of trials on a node, τ² that between nodes. The
 * standard error of such a mean follows from the weighted squares around it (`trimmedMean`), which is right even where τ²
 * is not (Hartung and Knapp, Statistics in Medicine 20, 2001, p. 1771).
 *
 * `series` names the series of each cell (`blockScatter`).
 */
export function foldNodes(
  cells: readonly (readonly TrialSamples[])[],
  series?: readonly (number | string)[],
): ByNode | undefined {
  const groups = groupsOf(cells);
  const sizes = Map.groupBy(groups.values(), (group) => group);
  const isFolded = (node: string | undefined): node is string =>
    node !== undefined && sizes.get(groups.get(node)!)!.length > 1;
  const parts = cells.flatMap((trials, cell): Part[] =>
    [...Map.groupBy(trials, ({ node }) => node)].flatMap(([node, own]) =>
      isFolded(node) ? [{ cell, node, trials: own }] : []
    )
  );
  if (parts.length === 0) return undefined;
  const fit = blockScatter(parts.map(({ trials }) => trials));
  const paces = centred(fit.paces, parts);
  const within = pool(fit.spreads);
  const means = parts.map(({ trials }) => {
    const known = trials.filter((trial) => paces.has(blockOf(trial)));
    const used = known.length > 0 ? known : trials;
    const logs = used.map((trial) =>
      Math.log(sampleMedian(trial)) - (paces.get(blockOf(trial)) ?? 0)
    );
    return {
      log: trimmedMean(logs, used.map(weightOf)).value,
      rounds: sumOf(used, weightOf),
      trials: used.length,
    };
  });
  const places = new Map([...groups.keys()].map((node, i) => [node, i + 1]));
  const ofCell = Map.groupBy(parts.keys(), (i) => parts[i].cell);
  const folded = (weight: (rounds: number) => number) =>
    cells.map((trials, cell): readonly TrialSamples[] => {
      const own = ofCell.get(cell);
      if (own === undefined) return trials;
      return own.map((i): TrialSamples => {
        const { log, rounds, trials } = means[i];
        const share = weight(rounds);
        return {
          round: places.get(parts[i].node)!,
          node: parts[i].node,
          trials,
          sorted: Float64Array.of(Math.exp(log)),
          ...(share < 1 && { weight: share }),
        };
      }).sort((a, b) => a.round - b.round);
    });
  const most = means.reduce((greatest, { rounds }) => Math.max(greatest, rounds), 0);
  const noise = mean(means.map(({ rounds }) => within.variance / rounds));
  const overNodes = blockScatter(folded(() => 1), series);
  const ofMeans = pool(overNodes.spreads);
  const between = within.degrees > 0 ? Math.max(0, ofMeans.variance - noise) : 0;
  const varianceOf = (rounds: number): number => between + within.variance / rounds;
  return {
    cells: folded((rounds) => {
      if (rounds === most) return 1;
      if (within.degrees === 0) return rounds / most;
      return within.variance === 0 ? 1 : varianceOf(most) / varianceOf(rounds);
    }),
    groups,
    within,
    between,
    pValue: within.degrees > 0 && ofMeans.degrees > 0
      ? exceeds(ofMeans.variance / noise, overNodes.degrees, fit.degrees)
      : 1,
    drift: driftOf(paces, parts, within, most),
  };
}

/** P(F > f) = P(Beta(d₁ / 2, d₂ / 2) > d₁ f / (d₁ f + d₂)). */
function exceeds(f: number, d1: number, d2: number): number {
  if (Number.isNaN(f)) return 1; // nothing scatters
  return f === Infinity ? 0 : betaTail(d1 * f / (d1 * f + d2), d1 / 2, d2 / 2);
}

/** The paces of the rounds, less the mean of their node's: the pace of the node is not theirs. */
function centred(
  paces: ReadonlyMap<number | string, number>,
  parts: readonly Part[],
): Map<number | string, number> {
  return new Map([...blocksByNode(paces, parts)].flatMap(([, blocks]) => {
    const middle = mean(blocks.map((block) => paces.get(block)!));
    return blocks.map((block): [number | string, number] => [block, paces.get(block)! - middle]);
  }));
}

function blocksByNode(paces: ReadonlyMap<number | string, number>, parts: readonly Part[]) {
  const blocks = new Map<string, Set<number | string>>();
  for (const { node, trials } of parts) {
    const own = blocks.get(node) ?? new Set();
    blocks.set(node, own);
    for (const block of trials.map(blockOf)) if (paces.has(block)) own.add(block);
  }
  return new Map(
    [...blocks].filter(([, own]) => own.size > 0).map(([node, own]) => [node, [...own]]),
  );
}

/** How paces of rounds scatter on a node, for the mean of so many; without what the scatter of trials makes of them. */
function driftOf(
  paces: ReadonlyMap<number | string, number>,
  parts: readonly Part[],
  within: Spread,
  rounds: number,
): Spread {
  const degrees = paces.size - blocksByNode(paces, parts).size;
  if (degrees <= 0) return { variance: 0, degrees: 0 };
  const squares = sumOf([...paces.values()], (pace) => pace * pace);
  const inBlock = Map.groupBy(parts.flatMap(({ trials }) => trials.map(blockOf)), (block) => block);
  const noise = mean(
    [...paces.keys()].map((block) => within.variance / inBlock.get(block)!.length),
  );
  return { variance: Math.max(0, squares / degrees - noise) / rounds, degrees };
}

/** The groups of nodes that share cells, in the order of the nodes' names. */
function groupsOf(cells: readonly (readonly TrialSamples[])[]): Map<string, number> {
  const names = cells.map((trials) => new Set(trials.flatMap(({ node }) => node ?? [])));
  const all = [...new Set(names.flatMap((of) => [...of]))].sort(byName);
  const parent = new Map(all.map((node) => [node, node]));
  const rootOf = (node: string): string => {
    let root = node;
    while (parent.get(root) !== root) root = parent.get(root)!;
    parent.set(node, root);
    return root;
  };
  for (const [first, ...others] of names) {
    for (const other of others) parent.set(rootOf(other), rootOf(first));
  }
  const roots = [...new Set(all.map(rootOf))];
  return new Map(all.map((node) => [node, roots.indexOf(rootOf(node))]));
}

/** "n2" before "n10". */
const byName = (a: string, b: string): number => {
  const order = NATURAL.compare(a, b);
  return order !== 0 ? order : a < b ? -1 : a > b ? 1 : 0;
};
const NATURAL = new Intl.Collator("en", { numeric: true });
