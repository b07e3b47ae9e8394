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
  const limit = limitOf(readings.map(({ gradient }) => norm(gradient)));
  if (limit !== undefined) return { by: "norm", limit };
  const ofArrays = limitOf(readings.flatMap(normsOfArrays));
  return ofArrays === undefined ? undefined : { by: "array", limit: ofArrays };
}

/** The greatest norm, if several gradients have it. */
function limitOf(norms: readonly number[]): number | undefined {
  const longest = Math.max(...norms);
  const equal = norms.filter((one) => Math.abs(one / longest - 1) < 1e-5);
  return equal.length >= 3 && longest > 0 ? longest : undefined;
}

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
