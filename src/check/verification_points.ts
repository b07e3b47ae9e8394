import { randomFrom, shuffle } from "../base/random.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Place } from "../format/fault.ts";
import type { Problem } from "../gradients/contract.ts";
import { referenceGradient } from "../model/reference.ts";
import { descend } from "../model/sgd.ts";

export interface VerifyOptions {
  /** Seed of the rows that are drawn; default 1. */
  readonly seed?: number;
  /** Minibatches up to this many rows are checked at every point; default 256. */
  readonly everyPointRows?: number;
  /** A longer minibatch is checked at one point, cut to this many rows; default 4096. */
  readonly longestRows?: number;
  /** Largest cross-entropy of a row at the saturated point; default 8. */
  readonly mostCrossEntropy?: number;
}

/** The trained point: this many oracle steps from the start, of at most 10 rows each. */
const TRAINING = { steps: 5, rows: 10, rate: 0.5 } as const;

/** The trained point's norm is at most this times the start's (or 1): beyond, float32 may overflow. */
const MOST_GROWTH = 100;

/**
 * The saturated point is the start times the first of these at which no row's cross-entropy is too large. At 8, most
 * sigmoid neurons are near 0 or 1; weights after relu multiply by it once per layer.
 */
const SATURATIONS = [8, 4, 2, 1.4, 1] as const;

/**
 * The cross-entropy of a label whose p is 0.0003. People clip their logarithms at 10⁻⁷ and less, and write powers that
 * overflow: their programs train well, and `diagnose` tells what they do far beyond.
 */
const MOST_CROSS_ENTROPY = 8;
/** Rows whose cross-entropy is looked at. */
const SATURATION_ROWS = 16;

/** One call of the kernel: parameters (canonical order) and rows. */
export interface Check {
  readonly point: NonNullable<Place["point"]>;
  readonly parameters: Float64Array;
  readonly batch: Uint32Array;
}

/** Minibatches at the initial, a trained and a saturated point. */
export function* plannedChecks(
  { network, dataset, maxBatchSize }: Problem,
  initial: Float64Array,
  {
    seed = 1,
    everyPointRows = 256,
    longestRows = 4096,
    mostCrossEntropy = MOST_CROSS_ENTROPY,
  }: VerifyOptions,
): Generator<Check> {
  const rows = new Uint32Array(dataset.count);
  for (let n = 0; n < rows.length; n++) rows[n] = n;
  shuffle(rows, randomFrom(seed, "verify"));
  const longest = Math.min(maxBatchSize, dataset.count);
  const ragged = dataset.count % maxBatchSize || maxBatchSize - 3;
  const sizes = new Set(
    [longest, 1, 7, 2, ragged].map((size) => Math.min(Math.max(size, 1), longest)),
  );
  const points = [
    { point: "initial", parameters: initial },
    { point: "trained", parameters: trainedPoint(network, dataset, initial, rows) },
    {
      point: "saturated",
      parameters: saturatedPoint(network, dataset, initial, rows, mostCrossEntropy),
    },
  ] as const;
  let start = 0;
  for (const [number, { point, parameters }] of points.entries()) {
    for (const size of sizes) {
      if (size > everyPointRows && number > 0) continue;
      const length = size > everyPointRows ? Math.min(size, longestRows) : size;
      // Views into a longer array, as in training.
      if (start + length > rows.length) start = 0;
      yield { point, parameters, batch: rows.subarray(start, start + length) };
      start += length;
    }
  }
}

/**
 * Rounded to float32, so that both precisions start from the same numbers. Where training diverges, the rate is smaller:
 * what overflows shows no mistake.
 */
function trainedPoint(
  network: Problem["network"],
  dataset: Dataset,
  initial: Float64Array,
  rows: Uint32Array,
): Float64Array {
  const most = MOST_GROWTH * Math.max(1, norm(initial));
  const size = Math.min(TRAINING.rows, rows.length);
  const gradient = new Float64Array(initial.length);
  for (let rate: number = TRAINING.rate; rate > TRAINING.rate * 1e-9; rate /= 10) {
    const parameters = initial.slice();
    for (let step = 0; step < TRAINING.steps; step++) {
      const start = (step * size) % (rows.length - size + 1);
      referenceGradient(network, parameters, dataset, rows.subarray(start, start + size), gradient);
      descend(parameters, gradient, rate);
    }
    if (norm(parameters) <= most) return parameters.map(Math.fround);
  }
  return initial.map(Math.fround);
}

function saturatedPoint(
  network: Problem["network"],
  dataset: Dataset,
  initial: Float64Array,
  rows: Uint32Array,
  mostCrossEntropy: number,
): Float64Array {
  const times = (factor: number) => initial.map((value) => value * factor);
  if (network.outputLoss !== "softmax-cross-entropy") return times(SATURATIONS[0]);
  const gradient = new Float64Array(initial.length);
  const some = rows.subarray(0, SATURATION_ROWS);
  // The penalty of declared weight decay is no cross-entropy.
  const plain = { ...network, convention: { ...network.convention, weightDecay: undefined } };
  const fits = (parameters: Float64Array): boolean =>
    some.every((_, n) =>
      referenceGradient(plain, parameters, dataset, some.subarray(n, n + 1), gradient) <=
        mostCrossEntropy
    );
  return SATURATIONS.values().map(times).find(fits) ?? initial;
}

const norm = (values: Float64Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
