import { z } from "zod";
import { DataSource } from "../data/schemas.ts";
import { Environment, Plan, RunFile, Session } from "./plan.ts";
import { Ceilings } from "./ceilings.ts";
import {
  Cell,
  CellRuntime,
  Compiled,
  Device,
  FORMAT_VERSION,
  SampleInterference,
  Verdict,
} from "./trial_record.ts";
import { Choice } from "./choice.ts";
import { Crossover } from "./crossover.ts";
import { STEADINESS } from "../stats/steadiness.ts";
import { Comparison, SpeedVerdict } from "./comparison.ts";
import { Bounded, Estimate } from "./interval.ts";
import { LearningCurve, ScalingLaw } from "./laws.ts";
import { NodesSummary } from "./nodes.ts";
import { Reason } from "./reason.ts";
import { Roof, Roofline } from "./roofline.ts";
import { tagged } from "./tagged.ts";
import { Warning } from "./warning.ts";

const count = z.int().nonnegative();
const share = z.number().min(0).max(1);

/**
 * One line of a plot: one implementation in one runtime, with one network, rate, minibatch size and number of threads and ranks,
 * over all m and seeds.
 */
export const Series = z.strictObject({
  implementation: z.string(),
  runtime: CellRuntime,
  layerSizes: Cell.shape.layerSizes,
  hiddenActivation: Cell.shape.hiddenActivation,
  outputLoss: Cell.shape.outputLoss,
  rate: Cell.shape.rate,
  machine: Cell.shape.machine,
  batch: z.string(),
  /** As the plan has it. */
  threads: z.int().positive(),
  /** As many as ran in any of its cells. */
  threadsUsed: z.int().positive(),
  ranks: Cell.shape.ranks,
  device: Device.optional(),
  /** Other programs that ran this code with one thread: they have no line of their own where they did. */
  sameCode: z.array(z.string()).min(1).optional(),
  /** What the program says of itself. */
  summary: z.string().optional(),
  /** Names only what differs within this run: "fused_typed", "fused_typed · bun · B = 100". */
  label: z.string(),
});
export type Series = z.infer<typeof Series>;

export const EpochSummary = z.strictObject({
  epoch: z.int().positive(),
  loss: z.number().optional(),
  testAccuracy: z.number(),
  cumulativeTrainNs: z.number(),
});

/** Why a figure of a cell must not be printed like any other. */
export const Mark = z.discriminatedUnion("kind", [
  /** The interval of the time spans more than a factor of 2: high / low. */
  tagged("imprecise", { factor: z.number().positive() }),
  /** All that counts is one sample, so nothing shows how much it scatters. */
  tagged("one-sample", {}),
]);
export type Mark = z.infer<typeof Mark>;

export const CellSummary = z.strictObject({
  cell: Cell,
  device: Device.optional(),
  compiled: Compiled.optional(),
  fused: z.literal(true).optional(),
  series: count,
  trials: count,
  /** Nodes that measured it; absent with one. */
  nodes: z.int().min(2).optional(),
  samples: count,
  warmupSamples: count,
  warmups: z.array(z.strictObject({ round: z.int().positive(), samples: count })),
  /** Samples that other programs disturbed; absent where interference was not recorded. */
  disturbance: z.strictObject({
    /** How many have their interference recorded. */
    samples: count,
    disturbed: count,
    setAside: count,
    waitedShare: share,
    /** Why no file of the system told how long the processes waited: all time without a CPU counts as waiting. */
    guessed: SampleInterference.shape.unreadable,
  }).optional(),
  nsPerEpochAll: Estimate.optional(),
  steadiness: z.partialRecord(z.enum(STEADINESS), z.int().positive()).optional(),
  nsPerEpoch: Estimate,
  nsPerExample: Estimate,
  marks: z.array(Mark),
  madNs: z.number(),
  flopPerEpoch: z.number(),
  flopPerSecond: z.number(),
  roofline: Roofline.optional(),
  peakRssBytes: z.number().optional(),
  workingBytes: z.number().optional(),
  openNs: z.number().optional(),
  setUpBytes: z.number().optional(),
  threadsUsed: z.int().positive().optional(),
  /** Share of the time of a step in which ranks exchange gradients and wait for each other. */
  communicationShare: share.optional(),
  /** With several ranks: the time with one over the time of all of them together. */
  parallelEfficiency: Bounded.optional(),
  gcShare: z.number().optional(),
  collectionsPerEpoch: z.number().optional(),
  cpuShare: z.number().optional(),
  involuntarySwitches: z.number().optional(),
  stealShare: z.number().optional(),
  verdict: Verdict,
  maxRelativeError: z.number().optional(),
  epochs: z.array(EpochSummary),
  testAccuracy: z.number(),
  /** With set-up, where that is known. */
  timeTo90Ns: z.number().optional(),
  speedup: Bounded.optional(),
  /** Absent for the baseline itself. */
  speedupVerdict: SpeedVerdict.optional(),
  /** Where the baseline was too slow to measure: over the time predicted for it. */
  predictedSpeedup: z.number().positive().optional(),
  slowdown: z.number(),
});
export type CellSummary = z.infer<typeof CellSummary>;

/** A cell that was too slow to measure, by the scaling law of its series. */
export const Predicted = z.strictObject({
  cell: Cell,
  series: count,
  /** With the interval of a new measurement. */
  nsPerEpoch: Estimate,
});
export type Predicted = z.infer<typeof Predicted>;

/** How far a second copy of one implementation differed from the first, by noise alone. */
export const NoiseFloor = z.strictObject({
  implementation: z.string(),
  floor: z.number().nonnegative(),
  cells: z.array(z.strictObject({
    /** The cell without its copy. */
    cell: Cell,
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
    cells: z.int().positive(),
    steps: z.int().positive(),
    maxRelativeDifference: z.number(),
    tolerance: z.number(),
  }).optional(),
  accuracy: z.strictObject({
    examples: z.int().positive(),
    seeds: z.int().positive(),
    difference: z.number(),
    /** 95 %, over the seeds; absent with one, which shows no scatter. */
    interval: z.tuple([z.number(), z.number()]).optional(),
    margin: z.number(),
  }).optional(),
  predictions: z.array(z.strictObject({
    seed: count,
    onlyOwn: count,
    onlyBaseline: count,
    pValue: z.number(),
  })).optional(),
});
export type SameModel = z.infer<typeof SameModel>;

/** Whether the runtime changes which program is faster: program × runtime on logarithms of times, rounds as blocks. */
export const RuntimeInteraction = z.strictObject({
  examples: z.int().positive(),
  batchSize: z.int().positive(),
  seed: count,
  /** All that were measured in all of these runtimes. */
  programs: z.array(z.string()).min(2),
  f: z.number(),
  degrees: z.tuple([z.number(), z.number()]),
  pValue: z.number(),
  /** The program that takes `factor` times as long in `runtime` as both lead one to expect. */
  greatest: z.strictObject({
    implementation: z.string(),
    runtime: z.string(),
    factor: z.number().positive(),
  }),
  /** The fastest of `programs` in each runtime. */
  winners: z.array(z.strictObject({ runtime: z.string(), series: count })).min(2),
  /** winner: another is certainly the fastest; ratios: programs gain differently, with one winner; none is seen. */
  verdict: z.enum(["winner", "ratios", "none"]),
});
export type RuntimeInteraction = z.infer<typeof RuntimeInteraction>;

/** Two cells of the same problem in a run with `plan.resolve`, and their ratio. */
const ResolvedPair = z.strictObject({
  a: Cell,
  b: Cell,
  rounds: count,
  /** Median over these rounds of b's time / a's time; absent without a round. */
  ratio: z.number().positive().optional(),
  low: z.number().positive().optional(),
  high: z.number().positive().optional(),
  verdict: SpeedVerdict,
});

/** `summary.json`: everything derived from `run.json` and `trials.jsonl`; all that reports read. docs/FORMAT.md explains the fields. */
export const Summary = z.strictObject({
  schema: z.literal(FORMAT_VERSION),
  run: z.string(),
  plan: Plan,
  environment: Environment,
  data: DataSource,
  sessions: z.array(Session),
  leftOut: RunFile.shape.leftOut,
  shard: RunFile.shape.shard,
  shards: RunFile.shape.shards,
  counts: z.strictObject({
    ok: count,
    skipped: count,
    failed: count,
    planned: count.optional(),
  }),
  time: z.strictObject({
    /** Sum over the sessions, from start to finish, or to the end of the last trial where one was killed. */
    wallNs: z.number(),
    measuredNs: z.number(),
    measuredShare: z.number(),
  }),
  series: z.array(Series),
  sameModel: z.array(SameModel),
  cells: z.array(CellSummary),
  /** Cells without a measurement: planned away, or skipped as too slow. */
  predicted: z.array(Predicted),
  choices: z.array(Choice),
  /** Absent with one runtime. */
  runtimeInteraction: RuntimeInteraction.optional(),
  crossovers: z.array(Crossover),
  copies: z.array(CellSummary),
  /** Absent where no cell has two trials. */
  trialSpread: z.strictObject({
    median: z.number().nonnegative(),
    greatest: z.number().nonnegative(),
    series: count,
    examples: z.int().positive(),
  }).optional(),
  contention: z.strictObject({
    samples: count,
    setAside: count,
    waitedShare: share,
  }).optional(),
  cacheLimits: z.array(z.strictObject({
    level: z.enum(["l1d", "l2", "l3"]),
    bytes: z.int().positive(),
    examples: z.number().positive(),
  })),
  accuracyFront: z.array(z.strictObject({ trainNs: z.number().positive(), testAccuracy: share })),
  /** No verdict is given below it; absent without a null twin. */
  noiseFloor: NoiseFloor.optional(),
  /** Absent in a run of one machine. */
  nodes: NodesSummary.optional(),
  resolved: z.strictObject({
    threshold: z.number().positive(),
    /** Greatest probability that any limit of any pair was ever wrong. */
    alpha: z.number().positive(),
    pairs: z.array(ResolvedPair),
  }).optional(),
  against: Comparison.optional(),
  ceilings: z.array(Ceilings),
  roofs: z.array(Roof),
  scalingLaws: z.array(ScalingLaw),
  learningCurves: z.array(LearningCurve),
  problems: z.array(Problem),
  warnings: z.array(Warning),
});
export type Summary = z.infer<typeof Summary>;
