import type { Network } from "../../model/network.ts";
import { partsOf } from "../gradient/parts.ts";
import { norm, type Vector } from "./linear.ts";
import type { Reading } from "./readings.ts";

/** A limit of each element, of the norm of the whole gradient, or of the norm of each of its arrays. */
export interface Clip {
  readonly by: "element" | "norm" | "array";
  readonly limit: number;
}

/** The limit at which several gradients end; undefined where none does. */
export function findClip(readings: readonly Reading[]): Clip | undefined {
  const most = Math.max(...readings.map(({ gradient }) => greatest(gradient)));
  const atMost = readings.filter(({ gradient }) =>
    gradient.reduce((count, g) => count + Number(Math.abs(g) === most), 0) >= 2
  );
  if (atMost.length >= 3) return { by: "element", limit: most };
  const arrays = readings.map(normsOfArrays);
  const ofArrays = limitOf(arrays.flat());
  const places = arrays[0].filter((_, i) =>
    arrays.some((norms) => ofArrays !== undefined && isEqual(norms[i], ofArrays))
  );
  // One array that is limited may be all that there is of a gradient.
  if (ofArrays !== undefined && places.length > 1) return { by: "array", limit: ofArrays };
  const norms = readings.map(({ gradient }) => norm(gradient));
  const limit = limitOf(norms) ?? roughLimitOf(norms);
  return limit === undefined ? undefined : { by: "norm", limit };
}

/** The greatest norm, if several gradients have it. */
function limitOf(norms: readonly number[]): number | undefined {
  const longest = Math.max(...norms);
  const equal = norms.filter((one) => isEqual(one, longest));
  return equal.length >= 3 && longest > 0 ? longest : undefined;
}

/** The same where an ε in the quotient leaves norms a little apart: many must be near it. */
function roughLimitOf(norms: readonly number[]): number | undefined {
  const longest = Math.max(...norms);
  const near = norms.filter((one) => Math.abs(one / longest - 1) < 1e-5);
  return near.length > MOST_NEAR * norms.length && longest > 0 ? longest : undefined;
}

const MOST_NEAR = 0.4;

/** Saturated neurons leave norms that are nearly equal; a limit leaves equal ones. */
const isEqual = (a: number, b: number): boolean => Math.abs(a / b - 1) < 1e-7;

const normsOfArrays = ({ layers }: Pick<Reading, "layers">): number[] =>
  layers.flatMap(({ matrix, biases }) => [norm(matrix), norm(biases)]);

/** Whether a limit leaves this gradient as it is. */
export function isWithin({ by, limit }: Clip, reading: Reading): boolean {
  const size = by === "element"
    ? greatest(reading.gradient)
    : by === "norm"
    ? norm(reading.gradient)
    : Math.max(...normsOfArrays(reading));
  return size < 0.999 * limit;
}

const greatest = (a: Vector) => a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

export function clipped(network: Network, gradient: Vector, { by, limit }: Clip): Vector {
  if (by === "element") return gradient.map((g) => Math.max(-limit, Math.min(limit, g)));
  const result = gradient.slice();
  const arrays = by === "norm"
    ? [result]
    : partsOf(network).map(({ start, end }) => result.subarray(start, end));
  for (const array of arrays) {
    const length = norm(array);
    if (length > limit) array.forEach((g, p) => array[p] = g * limit / length);
  }
  return result;
}
