import { z } from "zod";
import { SPEED_VERDICTS } from "../stats/verdict.ts";
import { Environment } from "./plan.ts";
import { Cell, Device, FORMAT_VERSION, TrialRecord } from "./trial_record.ts";
import { tagged } from "./tagged.ts";

const count = z.int().nonnegative();
const factor = z.number().positive();
/** [low, high]. */
const Interval = z.tuple([factor, factor]);

export const SpeedVerdict = z.enum(SPEED_VERDICTS);
export type SpeedVerdict = z.infer<typeof SpeedVerdict>;

/** Why a verdict is unresolved (src/stats/verdict.ts says when). */
export const Doubt = z.discriminatedUnion("kind", [
  tagged("one-trial", {}),
  tagged("few-trials", { trials: count, comparisons: count, needed: count }),
  tagged("many-comparisons", { comparisons: count }),
  tagged("across-threshold", { direction: z.enum(["slower", "faster"]) }),
  tagged("noise", {}),
]);

/** Rounds that would give a verdict if the ratio stayed as it is; absent where there is one, or none would do. */
export const roundsNeeded = z.int().positive().optional();
/** The same in nodes of as many rounds each, for a ratio that rests on several nodes. */
export const nodesNeeded = z.int().positive().optional();

/** There is a verdict as measured, but the machine's pace may be the cause. */
const PaceDoubt = tagged("machine-pace", { asMeasured: SpeedVerdict });

/** One of the two runs, or one of the two versions of the code within a run. */
const ComparedRun = z.strictObject({
  run: z.string(),
  startedAt: z.iso.datetime().optional(),
  gitCommit: Environment.shape.gitCommit,
  slope: z.string().optional(),
});

const Side = z.strictObject({
  /** 10 % trimmed geometric mean over the trials of the median of each trial's steady samples. */
  nsPerEpoch: factor,
  trials: z.int().positive(),
});

const ComparedCell = z.strictObject({
  cell: Cell,
  /** Names what differs between the cells compared, but not the subset size. */
  label: z.string(),
  a: Side,
  b: Side,
  ratio: factor,
  /** The verdict follows from it. It covers the ratio of the code, whether or not the machine's pace explains a part. */
  interval: Interval,
  rawInterval: Interval.optional(),
  verdict: SpeedVerdict,
  doubt: z.discriminatedUnion("kind", [Doubt, PaceDoubt]).optional(),
  roundsNeeded,
  nodesNeeded,
});
export type ComparedCell = z.infer<typeof ComparedCell>;

/** Why a side gives no right gradient; one failed trial is enough. */
const Fault = z.discriminatedUnion("kind", [
  tagged("failed", { reasons: TrialRecord.shape.reasons }),
  tagged("wrong-gradient", {}),
]);

const side = z.enum(["a", "b"]);
/** The field in which the cell that the other side has differs, and its value there. */
const nearest = z.strictObject({ field: z.string(), value: z.string() }).optional();

/** Why a cell is not compared. */
export const Refusal = z.discriminatedUnion("kind", [
  tagged("only-in", { side, nearest }),
  /** Right in A, and in B it failed or its gradient is wrong. */
  tagged("wrong", { fault: Fault }),
  /** Failed or wrong in A already. */
  tagged("faulty-before", { fault: Fault }),
  tagged("skipped", { side, reasons: TrialRecord.shape.reasons }),
  /** Absent: the processor computed. */
  tagged("devices", { a: Device.optional(), b: Device.optional() }),
  tagged("few-trials", { sides: z.array(side).min(1), needed: count }),
  /** Two versions of the code within one run, with too few rounds in common. */
  tagged("few-rounds", { rounds: count, needed: count }),
]);
export type Refusal = z.infer<typeof Refusal>;

const RefusedCell = z.strictObject({ cell: Cell, reason: Refusal });
export type RefusedCell = z.infer<typeof RefusedCell>;

/** What a reader must know before believing the verdicts. */
export const ComparisonNote = z.discriminatedUnion("kind", [
  /** Another version of a runtime or a library. */
  tagged("version", { name: z.string(), a: z.string(), b: z.string() }),
  tagged("host", { a: z.string(), b: z.string() }),
  tagged("system", { a: z.string(), b: z.string() }),
  /** The machine's pace is unknown, so a drift between the runs looks like a change. */
  tagged("pace-unknown", {}),
  /** The machine's pace is known only from before the first trial. */
  tagged("pace-before-trials", {}),
  /** Both are one run, so nothing differs. */
  tagged("same-run", {}),
]);
export type ComparisonNote = z.infer<typeof ComparisonNote>;

/** How the machine's speed changed between the runs, by work that is the same in both. */
export const MachinePace = z.strictObject({
  /** A fixed piece of work timed in every trial, or the scalar arithmetic rate before the first trial. */
  source: z.enum(["yardstick", "ceilings"]),
  /** Its time in B divided by that in A: above 1, the machine was slower in B. */
  ratio: factor,
  interval: Interval.optional(),
  /** The number of cells (yardstick) or runtimes (ceilings) that it rests on. */
  from: z.int().positive(),
});
export type MachinePace = z.infer<typeof MachinePace>;

/** Two runs, or two versions of the code within one run, cell by cell: what `compare --format json` prints (docs/FORMAT.md). */
export const Comparison = z.strictObject({
  schema: z.literal(FORMAT_VERSION),
  verdict: SpeedVerdict,
  noiseFloor: z.number().nonnegative().optional(),
  threshold: z.number().nonnegative(),
  thresholdInForce: z.number().nonnegative(),
  alpha: z.number().positive(),
  paired: z.boolean(),
  a: ComparedRun,
  b: ComparedRun,
  pace: MachinePace.optional(),
  waiting: z.strictObject({ a: z.number(), b: z.number() }).optional(),
  commonRatio: factor,
  cells: z.array(ComparedCell).min(1),
  refused: z.array(RefusedCell),
  wrongCells: count,
  /** With `bench --watch`: files of plug-ins that changed since A, by SHA-256; a side without the file is absent. */
  edits: z.array(z.strictObject({
    path: z.string(),
    before: z.string().optional(),
    after: z.string().optional(),
  })).optional(),
  notes: z.array(ComparisonNote),
});
export type Comparison = z.infer<typeof Comparison>;
