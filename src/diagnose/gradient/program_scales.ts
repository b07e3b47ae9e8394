import type { Network } from "../../model/network.ts";
import type { Explanation } from "../inside/explain_program.ts";
import type { PartReduction } from "../inside/reduction.ts";
import type { Scale } from "./scale_findings.ts";

/** By what factor each part of the gradient is too large, and what it is divided by. */
export function programScales(
  network: Network,
  { inside: { program, copies }, simulated }: Explanation,
  longest: number,
  all: number,
): Scale[] {
  const reductions: readonly PartReduction[] = simulated?.reduction.parts ?? [];
  const ofLayer: number[] = [];
  const top = network.layerSizes.length - 2;
  ofLayer[top] = program.output.factor;
  for (let l = top - 1; l >= 0; l--) ofLayer[l] = ofLayer[l + 1] * program.backward[l].factor;
  return reductions.map(({ part, factor: own, divisor }) => {
    const l = part.layer - 1;
    const factor = own * ofLayer[l] * (part.kind === "biases" ? program.biases[l].factor : 1);
    const isOne = (value: number) => Math.abs(Math.abs(value) - 1) < 1e-3;
    if (divisor === "nothing" && !isOne(factor) && copies === 1) {
      if (isOne(factor * longest)) {
        return { part, factor: snapped(factor * longest), divisor: "longest-minibatch" };
      }
      if (isOne(factor * all)) return { part, factor: snapped(factor * all), divisor: "data-set" };
    }
    return { part, factor: snapped(factor), divisor };
  });
}

/** Removes rounding errors from a factor that is a multiple of ½. */
function snapped(factor: number): number {
  const round = Math.round(factor * 2) / 2;
  return Math.abs(factor - round) < 1e-4 * Math.max(1, Math.abs(round)) && round !== 0
    ? round
    : factor;
}
