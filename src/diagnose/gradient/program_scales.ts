import type { Network } from "../../model/network.ts";
import type { Explanation } from "../inside/explain_program.ts";
import type { PartReduction } from "../inside/reduction.ts";
import type { Scale } from "./scale_findings.ts";

/** By what factor each part of the gradient is too large, and what it is divided by. */
export function programScales(
  network: Network,
  { inside: { program, copies, after }, simulated }: Explanation,
  longest: number,
  all: number,
): Scale[] {
  const reductions: readonly PartReduction[] = simulated?.reduction.parts ?? [];
  const ofLayer: number[] = [];
  const top = network.layerSizes.length - 2;
  ofLayer[top] = program.output.factor;
  for (let l = top - 1; l >= 0; l--) {
    const { factor, updated } = program.backward[l];
    // The update of the weights above has their decay in it, too.
    const decayed = 1 - factor * updated * (after.decay?.[l + 1] ?? 0);
    const own = updated !== 0 && Math.abs(factor - decayed) < 1e-4 ? 1 : factor;
    ofLayer[l] = ofLayer[l + 1] * own;
  }
  return reductions.map(({ part, factor: own, divisor: divided, only }) => {
    // One row alone has the size of a mean.
    const divisor = only && divided === "nothing" ? "examples" : divided;
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
