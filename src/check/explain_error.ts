import type { Precision, Problem } from "../gradients/contract.ts";
import { referenceGradient } from "../model/reference.ts";
import type { Fault } from "../format/fault.ts";
import { type Answer, type Comparison, type Expected, judge } from "./judge_gradient.ts";

/** A gradient that a wrong one may be equal to. */
export interface Candidate {
  readonly of: Extract<Fault, { kind: "earlier-gradient" }>["of"];
  readonly gradient: Float64Array;
}

/** Two gradients count as the same if they differ by less than this, relative to their norm. */
const SAME = 1e-3;

/** Longest minibatch whose parts are tried. */
const MOST_ROWS = 256;

/** Errors that half precision may cause: its roundings are 2⁻¹¹ (float16) and 2⁻⁸ (bfloat16). */
const HALF = { least: 2 ** -15, most: 2 ** -7 } as const;

/**
 * Explains a wrong gradient, if a usual fault does: not a number, zero, a lower precision than declared, another call's
 * gradient (`earlier`) or that of a part of the minibatch.
 */
export function explain(
  problem: Problem,
  precision: Precision,
  answer: Answer,
  expected: Expected,
  worst: Comparison,
  earlier: readonly Candidate[],
): Fault | undefined {
  const actual = answer.gradient;
  if (worst.broken !== undefined) return worst.broken;
  if (actual.every((g) => g === 0)) return { kind: "zero-gradient" };

  const half = halfPrecision(actual, expected.gradient, precision);
  if (half !== undefined) return half;
  const error = difference(actual, expected.gradient);
  const isLossAlone = worst.part === "loss" && isSame(actual, expected.gradient);
  if (isLossAlone && isSum(answer.loss, expected.loss, answer.batch.length)) {
    return { kind: "loss-sum-for-mean" };
  }
  if (error < HALF.most) return lowerPrecision(problem, precision, answer, expected, error);
  const same = earlier.find(({ gradient }) => isSame(actual, gradient));
  if (same !== undefined) return { kind: "earlier-gradient", of: same.of };
  return partOfBatch(problem, answer);
}

/** Whether two gradients differ only in their last digits. */
export const isSame = (a: Float64Array, b: Float64Array): boolean => difference(a, b) < SAME;

const isSum = (loss: number, mean: number, rows: number): boolean =>
  rows > 1 && Math.abs(loss / (rows * mean) - 1) < SAME;

/** ‖a − b‖ / ‖b‖; Infinity where b is 0. */
function difference(a: Float64Array, b: Float64Array): number {
  let apart = 0;
  let size = 0;
  for (let p = 0; p < b.length; p++) {
    apart += (a[p] - b[p]) ** 2;
    size += b[p] ** 2;
  }
  return size > 0 ? Math.sqrt(apart / size) : Infinity;
}

function lowerPrecision(
  problem: Problem,
  precision: Precision,
  answer: Answer,
  expected: Expected,
  error: number,
): Fault | undefined {
  const fits = precision === "float64" &&
    judge(
      problem,
      "float32",
      answer,
      expected,
      { batchSize: answer.batch.length },
      answer.batch.length,
    )
      .every(({ excess }) => excess <= 1);
  if (!fits && error < HALF.least) return undefined;
  return { kind: "precision", declared: precision, found: fits ? "float32" : "half" };
}

/** With fewer numbers, all could end in 13 zero bits by chance. */
const ENOUGH_NUMBERS = 100;

/**
 * Says if all numbers of a gradient have only the bits of half precision, and are off by as much. For long sums the
 * float32 bound cannot show this, because it allows errors as large as those of float16. In a saturated network the right
 * numbers may have few bits, too: 1, ½ and 0.
 */
export function halfPrecision(
  gradient: Float64Array,
  expected: Float64Array,
  declared: Precision,
): Fault | undefined {
  const numbers = Float32Array.from(gradient.filter((g) => g !== 0));
  const bits = new Uint32Array(numbers.buffer);
  if (bits.length < ENOUGH_NUMBERS) return undefined;
  const endIn0 = (digits: number) => bits.every((b) => b << (32 - digits) === 0);
  if (!endIn0(13) || !gradient.every((g) => Math.fround(g) === g)) return undefined;
  if (difference(gradient, expected) < HALF.least) return undefined;
  return { kind: "precision", declared, found: endIn0(16) ? "bfloat16" : "float16" };
}

/** Whether the gradient belongs to the first or last rows of the minibatch, or to every other row. */
function partOfBatch({ network, dataset }: Problem, answer: Answer): Fault | undefined {
  const { parameters, batch, gradient } = answer;
  const rows = batch.length;
  if (rows < 2 || rows > MOST_ROWS) return undefined;
  /** Whether the gradient is this sum over `count` rows, divided by their number or by that of all rows. */
  const is = (sum: Float64Array, count: number): boolean =>
    [count, rows].some((by) => isSame(gradient, sum.map((g) => g / by)));

  const ofRow = new Float64Array(gradient.length);
  const all = new Float64Array(gradient.length);
  const even = new Float64Array(gradient.length);
  const sums: Float64Array[] = [];
  for (let n = 0; n < rows; n++) {
    referenceGradient(network, parameters, dataset, batch.subarray(n, n + 1), ofRow);
    for (let p = 0; p < all.length; p++) {
      all[p] += ofRow[p];
      if (n % 2 === 0) even[p] += ofRow[p];
    }
    if (n === rows - 1) break;
    if (is(all, n + 1)) return left(rows - n - 1, rows);
    sums.push(all.slice());
  }
  if (is(even, Math.ceil(rows / 2))) return left(Math.floor(rows / 2), rows);
  for (const [n, first] of sums.entries()) {
    if (is(all.map((g, p) => g - first[p]), rows - n - 1)) return left(n + 1, rows);
  }
  return isSame(gradient, all) ? { kind: "sum-for-mean" } : undefined;
}

const left = (rows: number, of: number): Fault => ({ kind: "rows-left-out", rows, of });
