import { canonicalLayout } from "../../model/layout.ts";
import type { Network } from "../../model/network.ts";

/** The weights or the biases of one layer: a range of the canonical order. */
export interface Part {
  readonly kind: "weights" | "biases";
  /** Counted from 1. */
  readonly layer: number;
  readonly start: number;
  readonly end: number;
}

/** Weights and biases of every layer, in the canonical order. */
export function partsOf(network: Network): Part[] {
  return canonicalLayout(network).layers.flatMap(
    ({ weightOffset, biasOffset, outputs }, l): Part[] => [
      { kind: "weights", layer: l + 1, start: weightOffset, end: biasOffset },
      { kind: "biases", layer: l + 1, start: biasOffset, end: biasOffset + outputs },
    ],
  );
}

/** A part as findings name it. */
export const nameOf = ({ kind, layer }: Part) => ({ kind, layer });

/** ‖a‖₂ over one part. */
export function sizeOf(a: ArrayLike<number>, { start, end }: Part): number {
  let sum = 0;
  for (let p = start; p < end; p++) sum += a[p] ** 2;
  return Math.sqrt(sum);
}

/** ‖a − factor · b‖₂ over one part. */
export function distance(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { start, end }: Part,
  factor = 1,
): number {
  let sum = 0;
  for (let p = start; p < end; p++) sum += (a[p] - factor * b[p]) ** 2;
  return Math.sqrt(sum);
}

/** The factor for which factor · b is nearest to a in one part; 0 where b is 0. */
export function projection(a: ArrayLike<number>, b: ArrayLike<number>, part: Part): number {
  let product = 0;
  let square = 0;
  for (let p = part.start; p < part.end; p++) {
    product += a[p] * b[p];
    square += b[p] ** 2;
  }
  return square > 0 ? product / square : 0;
}
