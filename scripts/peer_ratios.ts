import type { RunFile } from "../src/format/plan.ts";
import type { Cell, TrialRecord } from "../src/format/trial_record.ts";
import { medianOfMedians, type TrialSamples } from "../src/stats/trial_samples.ts";
import { steadyTrial } from "../src/summary/estimate.ts";
import { ratiosWithin } from "../src/stats/ratio.ts";
import { ALPHA, judge } from "../src/stats/verdict.ts";
import { kernelKey } from "../src/summary/problem_key.ts";
import { compareCells } from "../src/summary/series.ts";
import { sortTrials } from "../src/summary/sort_trials.ts";
import type { Bounded } from "../src/format/interval.ts";
import type { Summary } from "../src/format/summary.ts";
import type { Reason } from "../src/format/reason.ts";

type Problem = Summary["problems"][number];

/** One of our implementations against the fastest of some peers, with equal numbers of threads. */
export interface Comparison {
  readonly title: string;
  readonly ours: string;
  /** The fastest of these counts. */
  readonly theirs: readonly string[];
  readonly threads: 1 | "all";
  /** Minibatch size → the ratio of times that is aimed at, m = 60,000, 784-16-16-10. */
  readonly targets: Readonly<Record<number, number>>;
}

/** What Slope's fast kernels are to reach; `deno task peers` prints them. */
export const COMPARISONS: readonly Comparison[] = [
  {
    title: "wasm_sparse / NumPy float32, 1 thread",
    ours: "wasm_sparse",
    theirs: ["numpy_batch"],
    threads: 1,
    targets: { 10: 0.25, 32: 0.5, 1000: 0.7 },
  },
  {
    title: "wasm_threads / NumPy float32, all cores",
    ours: "wasm_threads",
    theirs: ["numpy_batch"],
    threads: "all",
    targets: { 10: 0.25, 32: 0.45, 1000: 0.6 },
  },
  {
    title: "wasm_sparse / PyTorch, 1 thread",
    ours: "wasm_sparse",
    theirs: ["torch_autograd"],
    threads: 1,
    targets: { 10: 0.06, 32: 0.15, 1000: 0.6 },
  },
  {
    title: "sparse_typed / numpy_question, 1 thread",
    ours: "sparse_typed",
    theirs: ["numpy_question"],
    threads: 1,
    targets: { 10: 0.06 },
  },
  {
    title: "wasm_sparse / best of tfjs and jax-js, 1 thread",
    ours: "wasm_sparse",
    theirs: ["tfjs_wasm", "jax_js"],
    threads: 1,
    targets: { 10: 0.02, 32: 0.03, 1000: 0.25 },
  },
];

/** One entry of the table: ns per epoch of ours / theirs on one problem. */
export interface PeerRatio {
  readonly title: string;
  readonly examples: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly target?: number;
  /** Which of `theirs` was the fastest; absent when none has a figure. */
  readonly fastest?: string;
  /** Below 1: ours takes less time. */
  readonly ratio?: Bounded;
  /** Whether the ratio itself, without its interval, is at most the target. */
  readonly reached?: boolean;
  /** The side without a figure; without reasons it was not part of the run. */
  readonly missing?: { readonly names: readonly string[]; readonly reasons?: readonly Reason[] };
}

/**
 * The table of `comparisons` for every subset size, minibatch size and seed of a run, in the plan's order.
 * Where a side has no figure, the entry says why instead.
 */
export function peerRatios(
  run: RunFile,
  trials: readonly TrialRecord[],
  comparisons: readonly Comparison[] = COMPARISONS,
): PeerRatio[] {
  const { plan, environment } = run;
  const sorted = sortTrials(trials, compareCells(plan));
  const measured = sorted.cells.map((ofCell): Measured => {
    const steady = ofCell.map(steadyTrial);
    return { cell: ofCell[0].cell, steady, ns: medianOfMedians(steady) };
  });
  const problems = plan.seeds.flatMap((seed) =>
    plan.sizes.flatMap((examples) =>
      plan.batchSizes.map((batch) => ({
        examples,
        batchSize: batch === "full" ? examples : batch,
        seed,
      }))
    )
  );
  const entries = comparisons.flatMap(({ title, ours, theirs, threads, targets }) => {
    const count = threads === "all" ? environment.cores : threads;
    return problems.map((problem): { entry: PeerRatio; sides?: [Measured, Measured] } => {
      const find = (names: readonly string[]) =>
        measured.filter(({ cell }) =>
          names.includes(cell.implementation) && cell.threads === count &&
          cell.examples === problem.examples && cell.batchSize === problem.batchSize &&
          cell.seed === problem.seed
        ).toSorted((a, b) => a.ns - b.ns)[0];
      const [one, other] = [find([ours]), find(theirs)];
      const target = targets[problem.batchSize];
      const entry = { title, ...problem, ...(target !== undefined && { target }) };
      const names = one ? theirs : [ours];
      return one && other
        ? { entry: { ...entry, fastest: other.cell.implementation }, sides: [other, one] }
        : {
          entry: {
            ...entry,
            missing: { names, ...reasonOf(names, { ...problem, threads: count }, sorted.problems) },
          },
        };
    });
  });
  const pairs = entries.flatMap(({ sides }) => sides ? [sides] : []);
  const ratios = ratiosWithin(
    pairs.map(([{ cell: theirs, steady: a }, { cell: ours, steady: b }]) => ({
      a,
      b,
      kernel: `${kernelKey(theirs)} ${kernelKey(ours)}`,
    })),
  );
  const readings = judge(ratios, { threshold: 0, alpha: ALPHA });
  return entries.map(({ entry, sides }): PeerRatio => {
    if (!sides) return entry;
    const { ratio: value, interval, confidence } = readings[pairs.indexOf(sides)];
    return {
      ...entry,
      ratio: { value, ...(interval && { low: interval[0], high: interval[1] }), confidence },
      ...(entry.target !== undefined && { reached: value <= entry.target }),
    };
  });
}

interface Measured {
  readonly cell: Cell;
  readonly steady: readonly TrialSamples[];
  /** Per epoch. */
  readonly ns: number;
}

function reasonOf(
  names: readonly string[],
  of: Pick<Cell, "examples" | "batchSize" | "seed" | "threads">,
  problems: readonly Problem[],
): { reasons?: readonly Reason[] } {
  const problem = problems.find(({ cell }) =>
    names.includes(cell.implementation) && cell.examples === of.examples &&
    cell.batchSize === of.batchSize && cell.seed === of.seed && cell.threads === of.threads
  );
  return problem ? { reasons: problem.reasons } : {};
}
