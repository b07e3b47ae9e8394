import type { Network } from "../../model/network.ts";
import { type Part, partsOf } from "../gradient/parts.ts";
import { norm, type Vector } from "./linear.ts";

/** A gradient that is divided by its own size, whatever that is: g = size · g / (‖g‖ + ε). */
export interface Normalised {
  /** The whole gradient, or each of its arrays by its own. */
  readonly over: "whole" | "array";
  readonly by: Measure;
  /** What every gradient comes to. */
  readonly size: number;
  /** In the divisor. */
  readonly epsilon?: number;
}

export type Measure = "norm" | "largest" | "sum";

export const MEASURES: Readonly<Record<Measure, (a: Vector) => number>> = {
  norm,
  largest: (a) => a.reduce((most, g) => Math.max(most, Math.abs(g)), 0),
  sum: (a) => a.reduce((sum, g) => sum + Math.abs(g), 0),
};

/** The arrays that are divided. */
export const arraysOf = (network: Network, gradient: Vector, over: Normalised["over"]): Part[] =>
  over === "array"
    ? partsOf(network)
    : [{ kind: "weights", layer: 0, start: 0, end: gradient.length }];

export function normalised(
  network: Network,
  gradient: Vector,
  { over, by, size, epsilon = 0 }: Normalised,
): Vector {
  const result = gradient.slice();
  for (const { start, end } of arraysOf(network, gradient, over)) {
    const array = result.subarray(start, end);
    const own = MEASURES[by](array) + epsilon;
    if (own > 0) array.forEach((g, p) => array[p] = size * g / own);
  }
  return result;
}
