import { randomFrom, shuffle } from "../../base/random.ts";
import type { Problem } from "../../gradients/contract.ts";
import { canonicalLayout } from "../../model/layout.ts";
import { referenceGradient } from "../../model/reference.ts";
import { descend } from "../../model/sgd.ts";
import type { Question } from "./examined_kernel.ts";

/** A mistake does the same to 32 rows as to more, and the oracle is slow. */
export const MOST_ROWS = 32;

/**
 * Scales first-layer weights. Undivided pixels saturate every neuron of that layer, and then all mistakes look alike;
 * with such small weights they do not.
 */
const DIM = 1 / 128;

/**
 * Questions whose answers differ between mistakes: at the start, a few steps later, and with small first weights, for
 * minibatches of several lengths. Parameters are float32 numbers. Biases are not 0, so that they influence the
 * gradient. The first two questions rule out most mistakes.
 */
export function probesOf(problem: Problem, initial: Float64Array, seed: number): Question[] {
  const { dataset, maxBatchSize } = problem;
  const random = randomFrom(seed, "diagnosis");
  const rows = shuffle(Uint32Array.from({ length: dataset.count }, (_, n) => n), random);
  const start = stirred(problem, initial, random);
  const trained = afterSteps(problem, start, rows);
  const longest = Math.min(maxBatchSize, dataset.count, MOST_ROWS);
  let from = 0;
  const batch = (length: number): Uint32Array => {
    const rowsOf = Math.max(1, Math.min(length, longest));
    if (from + rowsOf > rows.length) from = 0;
    from += rowsOf;
    return rows.slice(from - rowsOf, from);
  };
  const question = (parameters: Float64Array, length: number): Question => ({
    parameters: parameters.map(Math.fround),
    batch: batch(length),
  });
  return [
    question(trained, 3),
    question(dimmed(problem, start), 4),
    question(start, longest),
    question(dimmed(problem, trained), 5),
    question(trained, 7),
    question(start, 2),
    question(trained, longest),
  ];
}

/** Parameters this much larger than at the start saturate most neurons, as at the verification. */
export const LARGE = 8;

/** Questions at parameters that are `LARGE` times those of the start: they show what only extreme z do. */
export function largeProbesOf([, , start]: readonly Question[]): Question[] {
  const parameters = start.parameters.map((value) => Math.fround(LARGE * value));
  const { batch } = start;
  return [
    { parameters, batch: batch.slice(0, Math.min(3, batch.length)) },
    { parameters, batch },
  ];
}

type Random = ReturnType<typeof randomFrom>;

/** The start with biases that differ from neuron to neuron. */
function stirred({ network }: Problem, initial: Float64Array, random: Random): Float64Array {
  const parameters = initial.slice();
  for (const { biasOffset, outputs } of canonicalLayout(network).layers) {
    for (let o = 0; o < outputs; o++) parameters[biasOffset + o] += 0.5 * random.normal();
  }
  return parameters;
}

const STEPS = { count: 5, rows: 10, rate: 0.5 } as const;

function afterSteps({ network, dataset }: Problem, start: Float64Array, rows: Uint32Array) {
  const parameters = start.slice();
  const gradient = new Float64Array(parameters.length);
  const size = Math.min(STEPS.rows, rows.length);
  for (let step = 0; step < STEPS.count; step++) {
    const at = (step * size) % (rows.length - size + 1);
    referenceGradient(network, parameters, dataset, rows.subarray(at, at + size), gradient);
    descend(parameters, gradient, STEPS.rate);
  }
  return parameters;
}

function dimmed({ network }: Problem, parameters: Float64Array): Float64Array {
  const { weightOffset, biasOffset } = canonicalLayout(network).layers[0];
  return parameters.map((value, p) => p >= weightOffset && p < biasOffset ? value * DIM : value);
}
