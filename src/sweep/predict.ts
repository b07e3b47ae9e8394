import type { Cell, TrialRecord } from "../format/trial_record.ts";
import { cellKey } from "../format/trial_record.ts";
import { flopPerExample } from "../model/flop.ts";

export type Predictor = ReturnType<typeof createPredictor>;

/** Number of steps whose losses are compared: enough to see a learning rate that is 1 % off. */
const [LEAST_TRAJECTORY, MOST_TRAJECTORY] = [20, 200];
const TRAJECTORY_NS = 0.1e9;
/** Least sampling time of a trial; small beside the start of its process (0.3 s). */
export const LEAST_SAMPLING_NS = 0.1e9;
/** Assumed time for start, data and verification until the first process has ended. */
const FIRST_OVERHEAD_NS = 0.6e9;

/**
 * Predicts how long a trial takes, from all measurements so far. A trial samples at least one epoch, and at least
 * `leastSampleNs`: one epoch of a millisecond would not be worth starting a process.
 */
export function createPredictor(leastSampleNs: number) {
  /** By pilot family. */
  const paces = new Map<string, { readonly nsPerExample: number; readonly flop: number }>();
  /** family → (examples → ns of an epoch; the latest trial counts as much as all before it). */
  const measured = new Map<string, Map<number, number>>();
  /** By implementation and runtime, because libraries differ in how long they take to start. */
  const overheads = new Map<string, number>();
  const program = ({ implementation, runtime }: Cell): string => `${implementation}|${runtime}`;

  const paceOf = (cell: Cell): number => {
    const { nsPerExample, flop } = paces.get(pilotFamily(cell)) ?? { nsPerExample: 0, flop: 1 };
    return nsPerExample * (flopPerExample(cell).total / flop);
  };
  const epochNs = (cell: Cell): number => {
    const points = [...measured.get(family(cell)) ?? []].sort(([a], [b]) => a - b);
    if (points.length === 0) return paceOf(cell) * cell.examples;
    return extrapolate(points, cell.examples);
  };
  /** As that of the programs so far, until the program has been measured. */
  const overheadNs = (cell: Cell): number => {
    const others = [...overheads.values()];
    return overheads.get(program(cell)) ??
      (others.length === 0
        ? FIRST_OVERHEAD_NS
        : others.reduce((sum, ns) => sum + ns, 0) / others.length);
  };
  const leastNs = (cell: Cell): number => Math.max(epochNs(cell), leastSampleNs);
  return {
    epochNs,
    leastSampleNs: leastNs,
    learnPace(cell: Cell, nsPerExample: number, processNs: number): void {
      paces.set(pilotFamily(cell), { nsPerExample, flop: flopPerExample(cell).total });
      overheads.set(program(cell), processNs);
    },
    learnTrial(trial: TrialRecord): void {
      const epochs = trial.training?.epochs ?? [];
      const last = epochs.at(-1);
      if (trial.status !== "ok" || last === undefined) return;
      const key = family(trial.cell);
      const points = measured.get(key) ?? new Map<number, number>();
      const { examples } = trial.cell;
      measured.set(key, points.set(examples, meanWith(points.get(examples), last.trainNs)));
      const { wallNs, trainNs = 0, sampleNs = 0 } = trial.durations ?? { wallNs: 0 };
      const now = Math.max(0, wallNs - trainNs - sampleNs);
      overheads.set(program(trial.cell), meanWith(overheads.get(program(trial.cell)), now));
    },
    /** Time of a whole trial with `epochs` of training and the least sampling. */
    trialNs(cell: Cell, epochs: number): number {
      return overheadNs(cell) + epochs * epochNs(cell) + leastNs(cell);
    },
  };
}

/** One trial that other programs held up says little about the next. */
const meanWith = (before: number | undefined, now: number): number => ((before ?? now) + now) / 2;

/**
 * Time at m = `examples` from measured points (m, time), ascending: on the log-log line through the two nearest
 * points, so that a cost of m² is not mistaken for a cost of m; proportional to m with a single point.
 */
export function extrapolate(
  points: readonly (readonly [number, number])[],
  examples: number,
): number {
  const nearest = [...points]
    .sort(([a], [b]) => Math.abs(Math.log(a / examples)) - Math.abs(Math.log(b / examples)));
  const [m1, t1] = nearest[0];
  if (nearest.length === 1 || m1 === examples) return t1 * (examples / m1);
  const [m2, t2] = nearest[1];
  const slope = Math.log(t2 / t1) / Math.log(m2 / m1);
  return t1 * Math.exp(slope * Math.log(examples / m1));
}

/**
 * The same for cells of one program and one B: a pilot shows the pace of all networks, in proportion to their FLOP,
 * until each has been measured itself. A pilot for each would take longer than their trials.
 */
export const pilotFamily = (cell: Cell): string =>
  family({
    ...cell,
    layerSizes: [1, 1],
    hiddenActivation: "sigmoid",
    outputLoss: "sigmoid-quadratic",
  });

/** The same for cells that differ only in m, seed and rate, and for twins: they share one scaling law. */
export function family({ copy, ...one }: Cell): string {
  const cell: Cell = copy === "reference" ? { ...one, copy } : one;
  const isFull = cell.batchSize === cell.examples;
  return `${
    cellKey({ ...cell, examples: 1, seed: 0, rate: 1, batchSize: isFull ? 1 : cell.batchSize })
  }${isFull ? "|full" : ""}`;
}

/** How many steps have their losses compared in the first round. */
export function trajectorySteps(cell: Cell, { epochNs }: Pick<Predictor, "epochNs">): number {
  const steps = Math.ceil(cell.examples / cell.batchSize);
  const affordable = Math.floor(TRAJECTORY_NS / Math.max(1, epochNs(cell) / steps));
  return Math.max(LEAST_TRAJECTORY, Math.min(MOST_TRAJECTORY, affordable));
}
