import type { Precision, Problem } from "../gradients/contract.ts";
import { addDecay } from "../model/convention.ts";
import { canonicalLayout } from "../model/layout.ts";
import type { Network } from "../model/network.ts";
import type { Fault, Place } from "../format/fault.ts";
import type { Verification } from "../format/trial_record.ts";
import { errorBound, ROUNDING } from "./error_bound.ts";

/**
 * Factor on the bound: 2 for the oracle's own rounding if both compute in float64, and 2 for the terms of higher order
 * that the bound omits.
 */
export const SAFETY = 4;

/** A kernel's answer for one minibatch at these parameters, in canonical order. */
export interface Answer {
  readonly parameters: Float64Array;
  readonly batch: Uint32Array;
  readonly loss: number;
  readonly gradient: Float64Array;
  /** The gradient is (before − after) / this rate, so it has the rounding of the parameters. */
  readonly derivedAtRate?: number | undefined;
}

/** The oracle's answer. */
export interface Expected {
  readonly loss: number;
  readonly gradient: Float64Array;
  /** The part of it that comes from the program's own answer before, with that answer's rounding. */
  readonly carried?: Float64Array;
}

/** The oracle's loss has the penalty of declared weight decay; a program's may leave it out. */
export function withMeantLoss<E extends Expected>(
  { network }: Problem,
  { parameters, loss }: Pick<Answer, "parameters" | "loss">,
  expected: E,
): E {
  if (network.convention?.weightDecay === undefined) return expected;
  const without = expected.loss -
    addDecay(network, parameters, new Float64Array(parameters.length));
  const isNearer = Math.abs(loss - without) < Math.abs(loss - expected.loss);
  return isNearer ? { ...expected, loss: without } : expected;
}

/**
 * Compares an answer with the oracle's: the loss, and the weights and biases of each layer. The bound for this precision
 * is estimated from the first `boundRows` rows of the minibatch. Returns the comparisons in order, `upToFirst` that
 * exceeds its bound, or all.
 */
export function judge(
  { network, dataset }: Problem,
  precision: Precision,
  answer: Answer,
  expected: Expected,
  at: Place,
  boundRows: number,
  upToFirst = true,
): Comparison[] {
  const { parameters, batch } = answer;
  const rows = batch.length > boundRows ? batch.subarray(0, boundRows) : batch;
  const bound = errorBound(network, parameters, dataset, rows, batch.length, ROUNDING[precision]);
  const { derivedAtRate } = answer;
  const { unit } = ROUNDING[precision];
  expected.carried?.forEach((value, p) => bound.gradient[p] += 2 * unit * Math.abs(value));
  if (derivedAtRate !== undefined) {
    const times = expected.carried ? 4 : 2; // two steps, with rounded parameters each
    bound.gradient.forEach((_, p) => {
      const step = Math.abs(expected.gradient[p]);
      bound.gradient[p] += times * unit * (Math.abs(parameters[p]) / derivedAtRate + step);
    });
  }
  const loss = { actual: [answer.loss], expected: [expected.loss], bound: [bound.loss] };
  const comparisons: Comparison[] = [];
  for (
    const part of [
      { place: { part: "loss" as const }, ...loss },
      ...gradientParts(network, answer.gradient, expected.gradient, bound.gradient),
    ]
  ) {
    const comparison = compare(part, at);
    comparisons.push(comparison);
    if (upToFirst && !(comparison.excess <= 1)) break;
  }
  return comparisons;
}

/** Compared as one vector: the loss, or the weights or biases of one layer. */
interface Part {
  readonly place: Pick<Place, "part" | "layer">;
  readonly actual: ArrayLike<number>;
  readonly expected: ArrayLike<number>;
  readonly bound: ArrayLike<number>;
}

function gradientParts(
  network: Network,
  actual: Float64Array,
  expected: Float64Array,
  bound: Float64Array,
): Part[] {
  const part = (place: Part["place"], start: number, end: number): Part => ({
    place,
    actual: actual.subarray(start, end),
    expected: expected.subarray(start, end),
    bound: bound.subarray(start, end),
  });
  return canonicalLayout(network).layers.flatMap(({ weightOffset, biasOffset, outputs }, l) => [
    part({ part: "weights", layer: l + 1 }, weightOffset, biasOffset),
    part({ part: "biases", layer: l + 1 }, biasOffset, biasOffset + outputs),
  ]);
}

export interface Comparison extends Pick<Place, "part" | "layer"> {
  /** For the record. The error is relative to ‖expected‖ or to the bound, whichever is greater. */
  readonly found: Omit<Verification, "verdict">;
  /** Error / allowed error. Above 1, and NaN, is wrong. */
  readonly excess: number;
  /** The first element that is not finite. */
  readonly broken?: Fault;
}

function compare({ place, actual, expected, bound }: Part, at: Place): Comparison {
  let difference = 0;
  let size = 0;
  let allowed = 0;
  let broken: number | undefined;
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i] - expected[i]) ** 2;
    size += expected[i] ** 2;
    allowed += (SAFETY * bound[i]) ** 2;
    if (broken === undefined && !Number.isFinite(actual[i])) broken = i;
  }
  // At least the smallest number, because squares of tiny numbers underflow to 0.
  const allowedNorm = Math.max(Math.sqrt(allowed), Number.MIN_VALUE);
  const scale = Math.max(Math.sqrt(size), allowedNorm);
  const relativeError = Math.sqrt(difference) / scale;
  return {
    ...place,
    found: {
      ...(Number.isFinite(relativeError) && { maxRelativeError: relativeError }),
      tolerance: allowedNorm / scale,
      ...(relativeError !== 0 && { worst: { ...place, ...at } }),
    },
    excess: Math.sqrt(difference) / allowedNorm,
    ...(broken !== undefined && {
      broken: { kind: "not-finite", element: broken, value: String(actual[broken]) },
    }),
  };
}
