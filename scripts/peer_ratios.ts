import type { RunFile } from "../src/format/plan.ts";
import type { Cell, TrialRecord } from "../src/format/trial_record.ts";
import { medianOfMedians, type TrialSamples } from "../src/stats/trial_samples.ts";
import { steadyTrial } from "../src/summary/estimate.ts";
import { ratiosWithin } from "../src/stats/ratio.ts";
import { ALPHA, judge } from "../src/stats/verdict.ts";
import { kernelKey, problemKey } from "../src/summary/problem_key.ts";
import { compareCells } from "../src/summary/series.ts";
import { sortTrials } from "../src/summary/sort_trials.ts";
import type { Bounded } from "../src/format/interval.ts";
import type { Summary } from "../src/format/summary.ts";
import type { Reason } from "../src/format/reason.ts";

type Problem = Summary["problems"][number];
type Threads = 1 | "all";

/** The fastest of some programs against the fastest of others. */
export interface Comparison {
  readonly title: string;
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
  /** The threads of ours and of theirs. */
  readonly threads: readonly [ours: Threads, theirs: Threads];
  /** Minibatch size → the ratio of times that is aimed at. */
  readonly targets: Readonly<Record<number, number>>;
}

/** One entry of the table: ns per epoch of ours / theirs on one problem. */
export interface PeerRatio {
  readonly title: string;
  readonly layers: readonly number[];
  readonly examples: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly target?: number;
  /** The fastest of ours and of theirs; absent where a side has no figure. */
  readonly between?: readonly [ours: string, theirs: string];
  /** Below 1: ours takes less time. */
  readonly ratio?: Bounded;
  /** Whether the ratio itself, without its interval, is at most the target. */
  readonly reached?: boolean;
  /** The side without a figure; without reasons it was not part of the run. */
  readonly missing?: { readonly names: readonly string[]; readonly reasons?: readonly Reason[] };
}

/** What a program takes on one problem, beside the fastest one. */
export interface RuntimeCost {
  readonly cell: Cell;
  readonly nsPerExample: number;
  /** Its time / that of the fastest with as many threads; 1 for that one. */
  readonly ratio: Bounded;
}

/**
 * The table of `comparisons` for every network, subset size, minibatch size and seed of a run, in the plan's order.
 * Where a side has no figure, the entry says why instead.
 */
export function peerRatios(
  run: RunFile,
  trials: readonly TrialRecord[],
  comparisons: readonly Comparison[],
): PeerRatio[] {
  const { plan, environment } = run;
  const { measured, problems: troubles } = measure(run, trials);
  const problems = plan.seeds.flatMap((seed) =>
    plan.layers.flatMap((layers) =>
      plan.sizes.flatMap((examples) =>
        plan.batchSizes.map((batch) => ({
          layers,
          examples,
          batchSize: batch === "full" ? examples : batch,
          seed,
        }))
      )
    )
  );
  const entries = comparisons.flatMap(({ title, ours, theirs, threads, targets }) =>
    problems.map((problem): { entry: PeerRatio; sides?: [Measured, Measured] } => {
      const [ownCount, theirCount] = threads.map((one) => one === "all" ? environment.cores : one);
      const find = (names: readonly string[], count: number) =>
        measured.filter(({ cell }) =>
          names.includes(cell.implementation) && isOf(cell, { ...problem, threads: count })
        ).toSorted((a, b) => a.ns - b.ns)[0];
      const [one, other] = [find(ours, ownCount), find(theirs, theirCount)];
      const target = targets[problem.batchSize];
      const entry = { title, ...problem, ...(target !== undefined && { target }) };
      if (one && other) {
        const between = [one.cell.implementation, other.cell.implementation] as const;
        return { entry: { ...entry, between }, sides: [other, one] };
      }
      const [names, count] = one ? [theirs, theirCount] : [ours, ownCount];
      const reasons = reasonOf(names, { ...problem, threads: count }, troubles);
      return { entry: { ...entry, missing: { names, ...reasons } } };
    })
  );
  const readings = ratiosOf(entries.flatMap(({ sides }) => sides ? [sides] : []));
  let next = 0;
  return entries.map(({ entry, sides }): PeerRatio => {
    if (!sides) return entry;
    const ratio = readings[next++];
    return {
      ...entry,
      ratio,
      ...(entry.target !== undefined && { reached: ratio.value <= entry.target }),
    };
  });
}

/** Every program with one thread beside the fastest of its problem, problems in the plan's order, the fastest first. */
export function runtimeCosts(run: RunFile, trials: readonly TrialRecord[]): RuntimeCost[][] {
  const { measured } = measure(run, trials);
  const single = measured.filter(({ cell }) => cell.threads === 1);
  const groups = [...Map.groupBy(single, ({ cell }) => problemKey(cell)).values()]
    .map((group) => group.toSorted((a, b) => a.ns - b.ns));
  const others = groups.flatMap(([fastest, ...rest]) =>
    rest.map((one): [Measured, Measured] => [fastest, one])
  );
  const readings = ratiosOf(others);
  let next = 0;
  return groups.map((group) =>
    group.map(({ cell, ns }, place): RuntimeCost => ({
      cell,
      nsPerExample: ns / cell.examples,
      ratio: place === 0 ? { value: 1, confidence: 1 - ALPHA } : readings[next++],
    }))
  );
}

interface Measured {
  readonly cell: Cell;
  readonly steady: readonly TrialSamples[];
  /** Per epoch. */
  readonly ns: number;
}

function measure(run: RunFile, trials: readonly TrialRecord[]) {
  const { cells, problems } = sortTrials(trials, compareCells(run.plan));
  const measured = cells.map((ofCell): Measured => {
    const steady = ofCell.map(steadyTrial);
    return { cell: ofCell[0].cell, steady, ns: medianOfMedians(steady) };
  });
  return { measured, problems };
}

/** b / a of each pair; all intervals hold together. */
function ratiosOf(pairs: readonly (readonly [a: Measured, b: Measured])[]): Bounded[] {
  const ratios = ratiosWithin(
    pairs.map(([a, b]) => ({
      a: a.steady,
      b: b.steady,
      kernel: `${kernelKey(a.cell)} ${kernelKey(b.cell)}`,
    })),
  );
  return judge(ratios, { threshold: 0, alpha: ALPHA }).map((
    { ratio: value, interval, confidence },
  ) => ({ value, ...(interval && { low: interval[0], high: interval[1] }), confidence }));
}

interface ProblemOf {
  readonly layers: readonly number[];
  readonly examples: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly threads: number;
}

const isOf = (cell: Cell, of: ProblemOf): boolean =>
  cell.threads === of.threads && cell.examples === of.examples &&
  cell.batchSize === of.batchSize && cell.seed === of.seed &&
  String(cell.layerSizes) === String(of.layers);

function reasonOf(
  names: readonly string[],
  of: ProblemOf,
  problems: readonly Problem[],
): { reasons?: readonly Reason[] } {
  const problem = problems.find(({ cell }) =>
    names.includes(cell.implementation) && isOf(cell, of)
  );
  return problem ? { reasons: problem.reasons } : {};
}
