/** Merged runs of a made-up cluster, whose truth is known. Every simulation draws from a generator of a fixed seed. */
import type { TrialRecord } from "../../src/format/trial_record.ts";
import { randomFrom } from "../../src/base/random.ts";
import { byNode } from "../../src/stats/by_node.ts";
import { intervalOf, type Pair, ratiosWithin } from "../../src/stats/ratio.ts";
import { mean, median } from "../../src/stats/statistics.ts";
import type { TrialSamples } from "../../src/stats/trial_samples.ts";
import { steadyTrial } from "../../src/summary/estimate.ts";
import { readPairs, type Side } from "../../src/summary/read_pairs.ts";
import { summarise } from "../../src/summary/summarise.ts";
import type { Summary } from "../../src/format/summary.ts";
import { type Cluster, measure, type Planned } from "./noisy_cluster.ts";
import { makeRun, makeTrial } from "./trials.ts";

/** Times of the programs of a merge, over those of the first: one takes the same. */
const FACTORS = [1, 1, 1.1, 1.5];
const SIZES = [1000, 4000];
const PROGRAMS = FACTORS.map((_, i) => `program_${i}`);

export interface MergeErrors {
  /** Merges with any false verdict, in speedups and choices. */
  readonly falseVerdicts: number;
  /** 95 % intervals that hold the truth, of so many. */
  readonly ratios: readonly [held: number, of: number];
  readonly times: readonly [held: number, of: number];
  readonly paces: readonly [held: number, of: number];
}

/** How many of the programs and of the sizes are measured; absent: all four of the one, both of the other. */
export interface Measures {
  readonly programs?: number;
  readonly sizes?: number;
}

/**
 * Merges `runs` runs of some programs at some sizes and compares what the summary says with the truth. `asOneMachine`:
 * the records do not name their nodes, as if rounds were independent.
 */
export function mergeErrors(
  cluster: Cluster,
  runs: number,
  asOneMachine = false,
  measures: Measures = {},
): MergeErrors {
  const random = randomFrom(cluster.nodes * 1000 + cluster.rounds, "merges");
  const programs = PROGRAMS.slice(0, measures.programs);
  const sizes = SIZES.slice(0, measures.sizes);
  const cells = programs.flatMap((_, program) =>
    sizes.map((examples): Planned => ({
      program,
      examples,
      ns: 5000 * examples * FACTORS[program],
    }))
  );
  const run = makeRun({
    plan: {
      implementations: programs,
      baseline: programs[0],
      sizes,
      rounds: cluster.nodes * cluster.rounds,
      engine: "tinybench", // which sorts its samples, as these are
    },
  });
  let falseVerdicts = 0;
  const counts = { ratios: [0, 0], times: [0, 0], paces: [0, 0] } satisfies Record<
    string,
    [number, number]
  >;
  const count = (name: keyof typeof counts, low: number, truth: number, high: number) => {
    counts[name][0] += low <= truth && truth <= high ? 1 : 0;
    counts[name][1]++;
  };
  for (let i = 0; i < runs; i++) {
    const { trials, paces } = measure(cells, cluster, random);
    const records = cells.flatMap(({ program, examples }, cell) =>
      trials[cell].map((trial) => recordOf(PROGRAMS[program], examples, trial, asOneMachine))
    );
    const summary = summarise(run, records, "merge");
    if (hasFalseVerdict(summary)) falseVerdicts++;
    const reference = mean([...paces.values()].map(({ own }) => own));
    const meanHad = mean([...paces.values()].map(({ had }) => had));
    for (const { cell, nsPerEpoch: { low, high } } of summary.cells) {
      const planned = cells.find(({ program, examples }) =>
        PROGRAMS[program] === cell.implementation && examples === cell.examples
      )!;
      count("times", low, planned.ns * Math.exp(reference), high);
    }
    for (const { node, pace } of summary.nodes?.each ?? []) {
      count("paces", pace.low!, Math.exp(paces.get(node)!.had - meanHad), pace.high!);
    }
    const blocks = byNode(
      cells.map(({ program, examples }) =>
        records.filter(({ cell }) =>
          cell.implementation === PROGRAMS[program] && cell.examples === examples
        ).map(steadyTrial)
      ),
      cells.map(({ program }) => program),
    );
    const pairs = cells.flatMap(({ program, examples }, b): (Pair & { factor: number })[] => {
      const a = cells.findIndex((one) => one.program === 0 && one.examples === examples);
      if (program === 0 || blocks[a].length === 0 || blocks[b].length === 0) return [];
      const series = ["0", `${program}`] as const;
      return [{
        a: blocks[a],
        b: blocks[b],
        kernel: series.join(),
        series,
        factor: FACTORS[program],
      }];
    });
    ratiosWithin(pairs).forEach((ratio, k) => {
      const [low, high] = intervalOf(ratio, 0.95);
      count("ratios", low, pairs[k].factor, high);
    });
  }
  return { falseVerdicts, ...counts };
}

function recordOf(
  implementation: string,
  examples: number,
  { round, node, sorted }: TrialSamples & { readonly node: string },
  asOneMachine: boolean,
): TrialRecord {
  return makeTrial({
    cell: { implementation, examples, precision: "float64" },
    round,
    ...(!asOneMachine && { node }),
    engine: "tinybench",
    samplesNs: [...sorted],
    epochsPerSample: 1,
    durations: { wallNs: 1e9, openNs: 1e3 },
  });
}

const factorOf = (implementation: string): number => FACTORS[PROGRAMS.indexOf(implementation)];

/** Whether a speedup or a choice says what is not so. */
function hasFalseVerdict({ cells, choices, series }: Summary): boolean {
  const isFalse = (verdict: string | undefined, ratio: number): boolean =>
    verdict !== undefined && verdict !== "unresolved" &&
    verdict !== (ratio > 1 ? "slower" : ratio < 1 ? "faster" : "same");
  return cells.some(({ cell, speedupVerdict }) =>
    isFalse(speedupVerdict, factorOf(cell.implementation))
  ) || choices.some((choice) =>
    choice.rivals.some(({ series: rival, verdict }) =>
      isFalse(
        verdict,
        factorOf(series[rival].implementation) / factorOf(series[choice.series].implementation),
      )
    )
  );
}

/** How many of `runs` 95 % intervals hold the true ratio, 1.3, of two cells that nothing else was measured with. */
export function pairsThatHold(cluster: Cluster, runs: number): number {
  const random = randomFrom(cluster.nodes * 1000 + cluster.rounds, "pairs over nodes");
  const cells = [1, 1.3].map((factor, program): Planned => ({
    program,
    examples: 1000,
    ns: 1e6 * factor,
  }));
  let held = 0;
  for (let i = 0; i < runs; i++) {
    const [a, b] = byNode(measure(cells, cluster, random).trials, [0, 1]);
    const [ratio] = ratiosWithin([{ a, b, kernel: "" }]);
    const [low, high] = intervalOf(ratio, 0.95);
    if (low <= 1.3 && 1.3 <= high) held++;
  }
  return held;
}

/** What so many nodes and rounds show. */
export interface Shown {
  /** Half the width of the 95 % interval of a ratio: the median over the merges, as a factor less 1. */
  readonly half: number;
  /** The merges in which a program that takes 1.05 times as long is called slower. */
  readonly slower: number;
  /** The merges in which one that takes the same is called so. */
  readonly same: number;
  /** The merges with any false verdict. */
  readonly isFalse: number;
}

/**
 * Judges three programs against a baseline, in `runs` merges, with a threshold of 2 %: one that takes the same, one that
 * takes 1.05 and one that takes 1.5 times as long.
 */
export function verdictsOver(cluster: Cluster, runs: number): Shown {
  const random = randomFrom(cluster.nodes * 1000 + cluster.rounds, "verdicts over nodes");
  const factors = [1, 1, 1.05, 1.5];
  const truths = ["", "same", "slower", "slower"];
  const cells = factors.map((factor, program): Planned => ({
    program,
    examples: 1000,
    ns: 1e6 * factor,
  }));
  const halves: number[] = [];
  const counts = { slower: 0, same: 0, isFalse: 0 };
  for (let i = 0; i < runs; i++) {
    const { trials } = measure(cells, cluster, random);
    const sides = byNode(trials, factors.map((_, program) => program))
      .map((steady, series): Side => ({ steady, series }));
    const pairs = sides.slice(1).map((side) => [sides[0], side] as const);
    const read = readPairs(pairs, 0.02);
    const verdicts = sides.map((side, k) => k === 0 ? "" : read(sides[0], side).verdict);
    if (verdicts[1] === "same") counts.same++;
    if (verdicts[2] === "slower") counts.slower++;
    if (verdicts.some((one, k) => one !== "unresolved" && one !== truths[k])) counts.isFalse++;
    const [ratio] = ratiosWithin(pairs.map(([a, b]): Pair => ({
      a: a.steady,
      b: b.steady,
      kernel: `${b.series}`,
      series: [`${a.series}`, `${b.series}`],
    })));
    const [low, high] = intervalOf(ratio, 0.95);
    halves.push(Math.sqrt(high / low) - 1);
  }
  return { half: median(halves), ...counts };
}

/**
 * The fewest nodes with which at least nine of ten merges give both verdicts of `verdictsOver`, of `counts`, ascending;
 * undefined where none of them does.
 */
export function nodesNeeded(
  cluster: Omit<Cluster, "nodes">,
  counts: readonly number[],
  runs: number,
  wanted: "slower" | "same",
): number | undefined {
  return counts.find((nodes) => verdictsOver({ ...cluster, nodes }, runs)[wanted] >= 0.9 * runs);
}
