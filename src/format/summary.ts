import { z } from "zod";
import { DataSource } from "../data/schemas.ts";
import { Environment, Plan, Session } from "./plan.ts";
import { Ceilings } from "./ceilings.ts";
import { Cell, CellRuntime, FORMAT_VERSION, SampleInterference, Verdict } from "./trial_record.ts";
import { Choice } from "./choice.ts";
import { STEADINESS } from "../stats/steadiness.ts";
import { Comparison, SpeedVerdict } from "./comparison.ts";
import { Bounded, Estimate } from "./interval.ts";
import { LearningCurve, ScalingLaw } from "./laws.ts";
import { Reason } from "./reason.ts";
import { Roof, Roofline } from "./roofline.ts";
import { Warning } from "./warning.ts";

const count = z.int().nonnegative();
const share = z.number().min(0).max(1);

/**
 * One line of a plot: one implementation in one runtime at one minibatch size and one number of threads, over all m
 * and seeds.
 */
export const Series = z.strictObject({
  implementation: z.string(),
  runtime: CellRuntime,
  /** The minibatch size, or "full". */
  batch: z.string(),
  threads: z.int().positive(),
  /** The device that computed; absent for the processor. */
  device: z.string().optional(),
  /** Names only what differs within this run: "fused_typed", "fused_typed · bun · B = 100". */
  label: z.string(),
});
export type Series = z.infer<typeof Series>;

export const EpochSummary = z.strictObject({
  epoch: z.int().positive(),
  /** Median over the trials. */
  loss: z.number().optional(),
  testAccuracy: z.number(),
  /** Median over the trials of the training time up to the end of this epoch. */
  cumulativeTrainNs: z.number(),
});

export const CellSummary = z.strictObject({
  cell: Cell,
  /** The device that computed; absent for the processor. One that ends with "(software)" is the processor. */
  device: z.string().optional(),
  /** Index into `series`. */
  series: count,
  trials: count,
  samples: count,
  /** How many of them came before the steady part of their trial and were left out. */
  warmupSamples: count,
  /** By round, for trials that have any. */
  warmups: z.array(z.strictObject({ round: z.int().positive(), samples: count })),
  /** Samples that other programs disturbed; absent where interference was not recorded. */
  disturbance: z.strictObject({
    /** How many have their interference recorded. */
    samples: count,
    disturbed: count,
    setAside: count,
    /** Share of the sampled time in which the processes waited for a CPU. */
    waitedShare: z.number(),
    /** Why no file of the system told how long the processes waited: all time without a CPU counts as waiting. */
    guessed: SampleInterference.shape.unreadable,
  }).optional(),
  /** With the samples that were set aside; absent where none was. */
  nsPerEpochAll: Estimate.optional(),
  /** Number of trials by how steady they were; absent where none had enough samples in the order taken. */
  steadiness: z.partialRecord(z.enum(STEADINESS), z.int().positive()).optional(),
  nsPerEpoch: Estimate,
  nsPerExample: Estimate,
  /** Median absolute deviation (unscaled) of the steady samples, ns per epoch. */
  madNs: z.number(),
  /** FLOP of the gradients of one epoch of a dense network. */
  flopPerEpoch: z.number(),
  flopPerSecond: z.number(),
  /** FLOP really done, bytes moved, and per cent of what is possible; absent where they are unknown. */
  roofline: Roofline.optional(),
  /** Median over the trials. */
  peakRssBytes: z.number().optional(),
  /** Peak resident set less the resident set with the data loaded: kernel, order of examples, heap. */
  workingBytes: z.number().optional(),
  /** Time of `open`, which prepares the kernel: it may list the non-zero pixels. */
  openNs: z.number().optional(),
  /** What `open` added to the resident set. */
  setUpBytes: z.number().optional(),
  /** Threads that the kernel used, where it says so: fewer than the cell's when minibatches are small. */
  threadsUsed: z.int().positive().optional(),
  /** Time in garbage collection as a share of the sampled time. */
  gcShare: z.number().optional(),
  collectionsPerEpoch: z.number().optional(),
  /** CPU time per wall-clock time while sampling; a single thread below 1 had to wait. */
  cpuShare: z.number().optional(),
  involuntarySwitches: z.number().optional(),
  stealShare: z.number().optional(),
  verdict: Verdict,
  maxRelativeError: z.number().optional(),
  epochs: z.array(EpochSummary),
  /** Test accuracy after the last epoch. */
  testAccuracy: z.number(),
  /** Training time until test accuracy first reached 90 %; absent where it did not. */
  timeTo90Ns: z.number().optional(),
  /**
   * Time per epoch of the baseline at the same m, batch, seed and runtime, divided by this one's; > 1 = this is
   * faster. For a peer in a language of its own the baseline is that of the first runtime; where the
   * baseline ran with several numbers of threads, the same number, else its fewest.
   */
  speedup: Bounded.optional(),
  /**
   * What the interval of `speedup` says, judged together with all speedups and choices of the run; no difference below
   * the noise floor counts. Absent for the baseline itself.
   */
  speedupVerdict: SpeedVerdict.optional(),
  /** Time per epoch divided by that of the fastest cell at this m, batch and seed; 1 = fastest. */
  slowdown: z.number(),
});
export type CellSummary = z.infer<typeof CellSummary>;

/** How far a second copy of one implementation differed from the first, by noise alone. */
export const NoiseFloor = z.strictObject({
  /** The implementation that has a second copy, the null twin. */
  implementation: z.string(),
  /** The greatest factor less 1 between the two, over the cells: 0.018 = up to 1.8 %. */
  floor: z.number().nonnegative(),
  cells: z.array(z.strictObject({
    /** The cell without its copy. */
    cell: Cell,
    /** Time per epoch of the twin divided by that of the first, over the rounds that both have. */
    ratio: z.number().positive(),
    rounds: z.int().positive(),
  })).min(1),
});
export type NoiseFloor = z.infer<typeof NoiseFloor>;

/** Trials of one cell that gave no figure, for the same reasons. */
export const Problem = z.strictObject({
  status: z.enum(["skipped", "failed"]),
  cell: Cell,
  rounds: z.array(z.int().positive()).min(1),
  /** Later rounds, skipped because the cell had failed. */
  notRepeated: z.array(z.int().positive()).min(1).optional(),
  reasons: z.array(Reason).min(1),
});
export type Problem = z.infer<typeof Problem>;

/** Whether a series trains the same model as its baseline, with the evidence. */
const SameModel = z.strictObject({
  series: count,
  verdict: z.enum(["same model", "different model", "unknown"]),
  /** Comparison of the first losses; absent where a side has none. */
  trajectory: z.strictObject({
    /** Number of compared cells; the figures are those of the cell nearest to its tolerance. */
    cells: z.int().positive(),
    steps: z.int().positive(),
    maxRelativeDifference: z.number(),
    tolerance: z.number(),
  }).optional(),
  /** At the largest m. */
  accuracy: z.strictObject({
    examples: z.int().positive(),
    seeds: z.int().positive(),
    /** Mean test accuracy less the baseline's. */
    difference: z.number(),
    /** 95 %, from how much two runs that round differently differ. */
    interval: z.tuple([z.number(), z.number()]),
    margin: z.number(),
  }).optional(),
  /** McNemar's test of the test predictions at the largest m; absent where a side has none. */
  predictions: z.array(z.strictObject({
    seed: count,
    /** Test examples that it alone got right. */
    onlyOwn: count,
    /** Test examples that the baseline alone got right. */
    onlyBaseline: count,
    pValue: z.number(),
  })).optional(),
});
export type SameModel = z.infer<typeof SameModel>;

/** Two cells of the same problem in a run with `plan.resolve`, and their ratio. */
const ResolvedPair = z.strictObject({
  a: Cell,
  b: Cell,
  /** Number of rounds that both have. */
  rounds: count,
  /** Median over these rounds of b's time / a's time; absent without a round. */
  ratio: z.number().positive().optional(),
  /** Confidence sequence of that ratio; a side is absent while it is unbounded. */
  low: z.number().positive().optional(),
  high: z.number().positive().optional(),
  /** b compared with a. */
  verdict: SpeedVerdict,
});

/** `summary.json`: everything derived from `run.json` and `trials.jsonl`; all that reports read. */
export const Summary = z.strictObject({
  schema: z.literal(FORMAT_VERSION),
  /** The name of the run's folder. */
  run: z.string(),
  plan: Plan,
  environment: Environment,
  data: DataSource,
  sessions: z.array(Session),
  counts: z.strictObject({
    ok: count,
    skipped: count,
    failed: count,
    /** Trials that the plan asks for; absent where unknown. */
    planned: count.optional(),
  }),
  time: z.strictObject({
    /** Sum over the sessions, from start to finish, or to the end of the last trial where one was killed. */
    wallNs: z.number(),
    /** Training and sampling. */
    measuredNs: z.number(),
    measuredShare: z.number(),
  }),
  series: z.array(Series),
  /** One for each series except the baseline's. */
  sameModel: z.array(SameModel),
  cells: z.array(CellSummary),
  /** The recommended implementation for each problem. */
  choices: z.array(Choice),
  /** Cells of the null twin and of the code of an earlier run. */
  copies: z.array(CellSummary),
  /**
   * How much trials of one cell differ: the standard deviation (n − 1) of the logarithms of their medians, 0.02 = 2 %;
   * absent where no cell has two trials.
   */
  trialSpread: z.strictObject({
    /** Over the cells. */
    median: z.number().nonnegative(),
    greatest: z.number().nonnegative(),
    /** Of the greatest. */
    series: count,
    examples: z.int().positive(),
  }).optional(),
  /** Interference over all samples; absent where no trial recorded any. */
  contention: z.strictObject({
    samples: count,
    setAside: count,
    waitedShare: share,
  }).optional(),
  /** The m at which a dense working set fills each cache, at the first minibatch size. */
  cacheLimits: z.array(z.strictObject({
    level: z.enum(["l1d", "l2", "l3"]),
    bytes: z.int().positive(),
    examples: z.number().positive(),
  })),
  /** Epochs at the largest m that no other beats in both training time and accuracy, the fastest first. */
  accuracyFront: z.array(z.strictObject({ trainNs: z.number().positive(), testAccuracy: share })),
  /** No verdict is given below it; absent without a null twin. */
  noiseFloor: NoiseFloor.optional(),
  /** Present where `plan.resolve` is. */
  resolved: z.strictObject({
    threshold: z.number().positive(),
    /** Greatest probability that any limit of any pair was ever wrong. */
    alpha: z.number().positive(),
    pairs: z.array(ResolvedPair),
  }).optional(),
  /** The present code (B) compared with that of an earlier run (A), where `plan.against` names one. */
  against: Comparison.optional(),
  /** Highest rates measured on the machine. */
  ceilings: z.array(Ceilings),
  /** The lines of the roofline plot. */
  roofs: z.array(Roof),
  scalingLaws: z.array(ScalingLaw),
  learningCurves: z.array(LearningCurve),
  problems: z.array(Problem),
  warnings: z.array(Warning),
});
export type Summary = z.infer<typeof Summary>;
