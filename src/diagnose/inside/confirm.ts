import type { Network } from "../../model/network.ts";
import { type Part, partsOf } from "../gradient/parts.ts";
import type { Exam } from "./exam.ts";
import type { Vector } from "./linear.ts";
import { ALL_ROWS, type Divisor, OWN_ROW, type Reduction } from "./reduction.ts";
import { simulate, type Simulated } from "./simulate.ts";

/** A minibatch, and what the program answered. */
export interface Fresh {
  readonly parameters: Vector;
  readonly batch: ArrayLike<number>;
  readonly gradient: Vector;
  /** The right gradient: its size says what counts as 0. */
  readonly expected: Vector;
}

export const UNIFORM = ["examples", "nothing", "examples-squared"] as const;

/** The mean or sum over all rows, for every part. */
export function uniform(network: Network, divisor: Divisor): Reduction {
  const parts = partsOf(network).map((part) => ({ part, factor: 1, divisor, selection: OWN_ROW }));
  return { rule: ALL_ROWS, parts, error: Infinity };
}

/** The largest relative difference of a simulation and the program, over all parts and questions. */
export function confirm(
  simulated: Simulated,
  network: Network,
  exam: Exam,
  fresh: readonly Fresh[],
  longest: number,
): number {
  const parts = partsOf(network);
  let worst = 0;
  for (const { parameters, batch, gradient, expected } of fresh) {
    const { gradient: given } = simulate(
      simulated,
      network,
      exam.dataset,
      parameters,
      batch,
      longest,
    );
    for (const part of parts) worst = Math.max(worst, difference(gradient, given, expected, part));
  }
  return Number.isNaN(worst) ? Infinity : worst;
}

function difference(a: Vector, b: Vector, scale: Vector, { start, end }: Part): number {
  let [left, size] = [0, 0];
  for (let p = start; p < end; p++) {
    left += (a[p] - b[p]) ** 2;
    size += a[p] ** 2 + scale[p] ** 2;
  }
  return size > 0 ? Math.sqrt(left / size) : Math.sqrt(left);
}
