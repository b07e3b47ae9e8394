import { sigmoid } from "../model/activation.ts";
import { softmax } from "./formulas.ts";
import type { OutputLoss } from "../model/network.ts";

/** A loss that a program may compute, of one example, from z of the output layer and the place of the 1. */
interface LossKind {
  readonly name: string;
  of(z: Float64Array, hot: number): number;
}

const quadratic = (a: Float64Array, hot: number): number =>
  0.5 * a.reduce((sum, value, k) => sum + (value - Number(k === hot)) ** 2, 0);

/** ln(1 + e^z), without overflow. */
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

const KINDS: readonly LossKind[] = [
  { name: "the quadratic loss of sigmoids", of: (z, hot) => quadratic(z.map(sigmoid), hot) },
  { name: "the cross-entropy of softmax", of: (z, hot) => -Math.log(softmax(z)[hot] ?? NaN) },
  {
    name: "the cross-entropy of sigmoids",
    of: (z, hot) => z.reduce((sum, one, k) => sum + softplus(k === hot ? -one : one), 0),
  },
  { name: "the quadratic loss of softmax", of: (z, hot) => quadratic(softmax(z), hot) },
];

/** What a returned loss turned out to be: `factor` times the mean, or the sum, of a kind of loss. */
export interface LossFit {
  readonly kind: string;
  readonly isAsked: boolean;
  readonly factor: number;
  readonly over: "rows" | "nothing";
}

/** The rows of one minibatch, and the loss that was returned for it. */
export interface LossCase {
  readonly outputs: readonly Float64Array[];
  readonly hot: readonly number[];
  readonly loss: number;
}

/**
 * Which loss the program returns, in all cases; undefined where none fits. The one asked for is tried first.
 */
export function fitLoss(
  asked: OutputLoss,
  cases: readonly LossCase[],
  closeness: number,
): LossFit | undefined {
  const own = asked === "sigmoid-quadratic" ? KINDS[0] : KINDS[1];
  for (const kind of [own, ...KINDS.filter((other) => other !== own)]) {
    const sums = cases.map(({ outputs, hot }) =>
      outputs.reduce((sum, z, n) => sum + kind.of(z, hot[n]), 0)
    );
    for (const over of ["rows", "nothing"] as const) {
      const values = sums.map((sum, n) => over === "rows" ? sum / cases[n].outputs.length : sum);
      const factor = cases[0].loss / values[0];
      const fits = cases.every(({ loss }, n) =>
        Math.abs(loss - factor * values[n]) <= closeness * Math.abs(values[n])
      );
      // Another loss is believed only as people write it: as it is, twice it, or the mean over 10 outputs.
      if (fits && (kind === own || isPlain(factor, cases[0].outputs[0].length))) {
        return { kind: kind.name, isAsked: kind === own, factor, over };
      }
    }
  }
  return undefined;
}

const isPlain = (factor: number, classes: number): boolean =>
  [1, 2, 0.5, 1 / classes, 2 / classes].some((one) => Math.abs(factor / one - 1) < 1e-3);
