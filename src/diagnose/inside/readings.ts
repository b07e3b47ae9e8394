import type { Network } from "../../model/network.ts";
import { norm, type RankOne, rankOne, type Vector } from "./linear.ts";
import { layersOf } from "./program.ts";

/** The gradient of one row, layer by layer: dW = δ · inputᵀ and db. */
export interface Reading {
  readonly parameters: Vector;
  readonly row: number;
  readonly gradient: Vector;
  readonly loss: number;
  readonly layers: readonly LayerReading[];
}

export interface LayerReading {
  readonly weights: RankOne;
  /** (outputs, inputs) */
  readonly matrix: Vector;
  readonly biases: Vector;
}

export function readLayers(network: Network, gradient: Vector): LayerReading[] {
  return layersOf(network).map(({ inputs, outputs, weightOffset, biasOffset }) => {
    const matrix = gradient.subarray(weightOffset, biasOffset);
    return {
      matrix,
      weights: rankOne(matrix, outputs, inputs),
      biases: gradient.subarray(biasOffset, biasOffset + outputs),
    };
  });
}

/** How exactly a program can be read. */
export interface Exactness {
  /** Stages with a smaller relative error fit. */
  readonly fit: number;
  /** Answers that are smaller than this share of the largest are too inexact to be used. */
  readonly signal: number;
}

export const EXACTNESS: Readonly<Record<"float32" | "float64", Exactness>> = {
  float32: { fit: 2e-3, signal: 3e-2 },
  float64: { fit: 1e-6, signal: 1e-6 },
};

/** The readings in which a quantity is large enough to be exact. */
export function clear<T>(
  items: readonly T[],
  sizeOf: (item: T) => number,
  { signal }: Exactness,
): T[] {
  const most = Math.max(...items.map(sizeOf));
  return most > 0 ? items.filter((one) => sizeOf(one) > signal * most) : [];
}

export const clearWeights = (readings: readonly Reading[], l: number, exactness: Exactness) =>
  clear(readings, ({ layers }) => layers[l].weights.size, exactness);

/** δ that the weight gradient has if `product` is what it was multiplied with. */
export function deltaOfWeights({ matrix, biases }: LayerReading, product: Vector): Vector {
  const square = norm(product) ** 2;
  return biases.map((_, o) => {
    let sum = 0;
    const row = o * product.length;
    for (let i = 0; i < product.length; i++) sum += matrix[row + i] * product[i];
    return sum / square;
  });
}
