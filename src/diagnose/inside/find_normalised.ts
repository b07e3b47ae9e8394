import type { Dataset } from "../../data/dataset.ts";
import type { Network } from "../../model/network.ts";
import { type Part, partsOf } from "../gradient/parts.ts";
import { norm, type Vector } from "./linear.ts";
import { arraysOf, type Measure, MEASURES, type Normalised } from "./normalised.ts";
import { type Exactness, type Reading, readLayers } from "./readings.ts";
import { rightProgram } from "./right_program.ts";
import { simulate } from "./simulate.ts";

const FEWEST = 10;
/** A divisor with an ε leaves sizes that are a little apart. */
const LEAST_WITH_EPSILON = 0.9;

/** What divides every gradient; undefined where sizes differ. */
export function findNormalised(
  network: Network,
  readings: readonly Reading[],
  dataset: Dataset,
  { fit }: Exactness,
): Normalised | undefined {
  if (readings.length < FEWEST) return undefined;
  for (const over of ["array", "whole"] as const) {
    for (const by of Object.keys(MEASURES) as Measure[]) {
      const measure = MEASURES[by];
      const pairs = readings.flatMap(({ gradient }, q) =>
        arraysOf(network, gradient, over).map(({ start, end }) => ({
          q,
          at: [start, end] as const,
          size: measure(gradient.subarray(start, end)),
        })).filter(({ size }) => size > 0)
      );
      const most = Math.max(...pairs.map(({ size }) => size));
      const least = Math.min(...pairs.map(({ size }) => size));
      const size = Number(most.toPrecision(6));
      if (most - least <= 0.1 * fit * most) return { over, by, size };
      if (least < LEAST_WITH_EPSILON * most) continue;
      const right = readings.map(({ parameters, row }) =>
        rightGradient(network, dataset, parameters, row)
      );
      const round = Number(most.toPrecision(2));
      const epsilons = pairs.map(({ q, at, size }) =>
        measure(right[q].subarray(...at)) * (round / size - 1)
      ).sort((a, b) => a - b);
      const epsilon = epsilons[Math.floor(epsilons.length / 2)];
      const isOne = epsilon > 0 && epsilons.every((one) => Math.abs(one / epsilon - 1) < 0.01);
      if (isOne) return { over, by, size: round, epsilon: Number(epsilon.toPrecision(2)) };
    }
  }
  return undefined;
}

/** Whether small gradients keep their sizes. */
export function isLimit(
  network: Network,
  calm: readonly Reading[],
  dataset: Dataset,
  { over, by, size, epsilon = 0 }: Normalised,
): boolean {
  const ratios = calm.flatMap(({ gradient, parameters, row }) => {
    const right = rightGradient(network, dataset, parameters, row);
    return arraysOf(network, gradient, over).flatMap(({ start, end }) => {
      const [own, expected] = [gradient, right].map((g) => MEASURES[by](g.subarray(start, end)));
      return own > 0 ? [own * (expected + epsilon) / (size * expected)] : [];
    });
  }).sort((a, b) => a - b);
  return !(ratios[Math.floor(ratios.length / 2)] > 0.5);
}

/** The same readings with the sizes that the right program gives: directions alone are left of their own. */
export function withRightSizes(
  network: Network,
  readings: readonly Reading[],
  dataset: Dataset,
  { over }: Normalised,
): Reading[] {
  const parts = partsOf(network);
  return readings.map((one) => {
    const right = rightGradient(network, dataset, one.parameters, one.row);
    const factorOf = ({ start, end }: Part) =>
      norm(right.subarray(start, end)) / norm(one.gradient.subarray(start, end));
    const gradient = one.gradient.slice();
    // δ of the output layer has no layer above it that could be wrong.
    const whole = parts.toReversed().map(factorOf).find((factor) => factor > 0) ?? 1;
    for (const part of parts) {
      const factor = over === "array" ? factorOf(part) : whole;
      for (let p = part.start; p < part.end; p++) {
        gradient[p] *= Number.isFinite(factor) ? factor : 1;
      }
    }
    return { ...one, gradient, layers: readLayers(network, gradient) };
  });
}

const rightGradient = (network: Network, dataset: Dataset, parameters: Vector, row: number) =>
  simulate(rightProgram(network), network, dataset, parameters, [row], 1).gradient;
