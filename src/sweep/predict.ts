import type { Cell, TrialRecord } from "../format/trial_record.ts";
import { cellKey } from "../format/trial_record.ts";

/** Predicts what a trial will take, from what was measured so far; refined by every trial. */
export interface Predictor {
  /** Learns the pace of an implementation before anything of it was measured. */
  learnPace(cell: Cell, nsPerExample: number, processNs: number): void;
  learnTrial(trial: TrialRecord): void;
  /** Nanoseconds of one epoch of this cell. */
  epochNs(cell: Cell): number;
  /** Nanoseconds of the least sampling that a trial of this cell must have. */
  leastSampleNs(cell: Cell): number;
  /** Nanoseconds of a whole trial that trains `epochs` and samples no more than it must. */
  trialNs(cell: Cell, epochs: number): number;
}

/** A trial's time beside its epochs, before the first one was seen: start, data, verification. */
const FIRST_OVERHEAD_NS = 0.6e9;

/**
 * A trial samples one epoch at least, and `leastSampleNs` where epochs are shorter: one epoch of a
 * millisecond would not be worth the process that was started for it.
 */
export function createPredictor(leastSampleNs: number): Predictor {
  const paces = new Map<string, number>();
  /** family → (examples → ns per epoch), the latest that was measured. */
  const measured = new Map<string, Map<number, number>>();
  /** By implementation and runtime: a library of another language starts in a time of its own. */
  const overheads = new Map<string, number>();
  const program = ({ implementation, runtime }: Cell): string => `${implementation}|${runtime}`;

  const epochNs = (cell: Cell): number => {
    const points = [...measured.get(family(cell)) ?? []].sort(([a], [b]) => a - b);
    if (points.length === 0) return (paces.get(family(cell)) ?? 0) * cell.examples;
    return extrapolate(points, cell.examples);
  };
  const leastNs = (cell: Cell): number => Math.max(epochNs(cell), leastSampleNs);
  return {
    epochNs,
    leastSampleNs: leastNs,
    learnPace(cell, nsPerExample, processNs) {
      paces.set(family(cell), nsPerExample);
      overheads.set(program(cell), processNs);
    },
    learnTrial(trial) {
      const epochs = trial.training?.epochs ?? [];
      const last = epochs.at(-1);
      if (trial.status !== "ok" || last === undefined) return;
      const key = family(trial.cell);
      const sizes = measured.get(key) ?? new Map<number, number>();
      measured.set(key, sizes.set(trial.cell.examples, last.trainNs));
      const { wallNs, trainNs = 0, sampleNs = 0 } = trial.durations ?? { wallNs: 0 };
      overheads.set(program(trial.cell), Math.max(0, wallNs - trainNs - sampleNs));
    },
    trialNs(cell, epochs) {
      const overhead = overheads.get(program(cell)) ?? FIRST_OVERHEAD_NS;
      return overhead + epochs * epochNs(cell) + leastNs(cell);
    },
  };
}

/**
 * Time at `examples` from measured points (ascending): on the straight log-log line through the two
 * nearest sizes, so that an implementation of cost m² is not taken for one of cost m; proportional
 * where only one size is known.
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

/** A key that is the same for cells which differ in size and seed alone, and so share one law, as twins do. */
export function family({ copy, ...one }: Cell): string {
  const cell: Cell = copy === "reference" ? { ...one, copy } : one;
  const isFull = cell.batchSize === cell.examples;
  return `${cellKey({ ...cell, examples: 1, seed: 0, batchSize: isFull ? 1 : cell.batchSize })}${
    isFull ? "|full" : ""
  }`;
}
