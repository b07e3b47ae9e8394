import { z } from "zod";
import { Environment } from "./plan.ts";
import { Reason } from "./reason.ts";
import { Cell, FORMAT_VERSION } from "./trial_record.ts";

const count = z.int().nonnegative();
const factor = z.number().positive();
/** [low, high]. */
const Interval = z.tuple([factor, factor]);

export const SpeedVerdict = z.enum(["faster", "same", "slower", "unresolved"]);

/** One of the two runs (or, within one run, one of the two codes) that are compared. */
const ComparedRun = z.strictObject({
  /** The name of the run's folder. */
  run: z.string(),
  startedAt: z.iso.datetime().optional(),
  /** Of the code that was measured, where it is known. */
  gitCommit: Environment.shape.gitCommit,
  slope: z.string().optional(),
});

/** What one side of a cell took. */
const Side = z.strictObject({
  /** Median over the trials of the median of each trial's steady samples. */
  nsPerEpoch: factor,
  trials: z.int().positive(),
});

const ComparedCell = z.strictObject({
  cell: Cell,
  /** What to call it: names only what differs between the cells compared, but not the subset size. */
  label: z.string(),
  a: Side,
  b: Side,
  /** Time per epoch in B divided by that in A, as measured; above 1, B is slower. */
  ratio: factor,
  /** Covers the ratio of the code, whether or not the machine's pace explains a part; the verdict's ground. */
  interval: Interval,
  /** As measured; absent where nothing tells how slow the machine was. */
  rawInterval: Interval.optional(),
  verdict: SpeedVerdict,
  /** Why it is unresolved. */
  reason: z.string().optional(),
});
export type ComparedCell = z.infer<typeof ComparedCell>;

/** A cell of which no ratio is given. */
const RefusedCell = z.strictObject({
  cell: Cell,
  /** wrong: right in A; in B its gradient is wrong, or it failed. */
  kind: z.enum(["only-in-a", "only-in-b", "not-measured", "few-trials", "wrong"]),
  reason: z.string(),
  /** Of the trial that failed or was skipped. */
  reasons: z.array(Reason).min(1).optional(),
});
export type RefusedCell = z.infer<typeof RefusedCell>;

/** What the machine itself did between the runs, told by work that is the same in both. */
export const MachinePace = z.strictObject({
  /** A fixed piece of work timed in every trial, or the scalar arithmetic rate before the first trial. */
  source: z.enum(["yardstick", "ceilings"]),
  /** Its time in B divided by that in A: above 1, the machine was slower in B. */
  ratio: factor,
  interval: Interval.optional(),
  /** Cells (yardstick) or runtimes (ceilings) that it rests on. */
  from: z.int().positive(),
});
export type MachinePace = z.infer<typeof MachinePace>;

/** Two runs, or two codes within one run, cell by cell: what `compare --format json` prints. */
export const Comparison = z.strictObject({
  schema: z.literal(FORMAT_VERSION),
  /** slower if any cell is, else unresolved if any is, else faster if any is, else same. */
  verdict: SpeedVerdict,
  /** The greatest of the runs' noise floors, as a factor less 1; absent when neither has a null twin. */
  noiseFloor: z.number().nonnegative().optional(),
  /** As asked for, as a factor less 1: 0.03 = 3 %. */
  threshold: z.number().nonnegative(),
  /** What counts: the greater of threshold and noise floor. */
  thresholdInForce: z.number().nonnegative(),
  /** Probability that any verdict of the comparison is false, at most. */
  alpha: z.number().positive(),
  /** Whether trials are compared round by round (two codes within one run) or as two groups. */
  paired: z.boolean(),
  a: ComparedRun,
  b: ComparedRun,
  /** Absent where nothing tells it, and where codes within one run are compared. */
  pace: MachinePace.optional(),
  /** Median share of the sampled time for which the processes had to wait for a CPU; absent where unknown. */
  waiting: z.strictObject({ a: z.number(), b: z.number() }).optional(),
  /** What all cells have in common: the median of their ratios. */
  commonRatio: factor,
  cells: z.array(ComparedCell).min(1),
  refused: z.array(RefusedCell),
  /** Of cells refused or compared: those right in A and wrong or failed in B. */
  wrongCells: count,
  /** With `bench --watch`: the files of plug-ins that held something else in A, by SHA-256; absent: not there. */
  edits: z.array(z.strictObject({
    path: z.string(),
    before: z.string().optional(),
    after: z.string().optional(),
  })).optional(),
  /** Whole sentences: what a reader must know before believing the verdicts. */
  notes: z.array(z.string()),
});
export type Comparison = z.infer<typeof Comparison>;
export type SpeedVerdict = z.infer<typeof SpeedVerdict>;
