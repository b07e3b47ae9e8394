import { readActivation } from "./fitted_activation.ts";
import { numberText } from "./functions.ts";
import { directionError, dot, times, type Vector } from "./linear.ts";
import { applied, type ForwardChoice } from "./program.ts";
import type { Exactness, Reading } from "./readings.ts";

/** A neuron that is 0 in fewer questions, where it should not be, may be so by chance. */
const FEWEST = 3;

/**
 * The choice with neurons that are 0 in every question, and the others times one number: dropout whose mask is drawn from
 * the same seed in every call. `z` are those of layer l in the readings. Undefined where nothing is dropped so.
 */
export function withFixedMask(
  choice: ForwardChoice,
  readings: readonly Reading[],
  z: readonly Vector[],
  l: number,
  { fit }: Exactness,
): ForwardChoice | undefined {
  const right = z.map((one) => applied(choice.activation, one));
  const units = readings.map(({ layers }) => layers[l + 1].weights.right);
  const neurons = [...right[0].keys()];
  const isNonZero = (a: Vector, i: number) => Math.abs(a[i]) > fit * Math.sqrt(dot(a, a));
  const dropped = neurons.filter((i) =>
    units.every((unit) => Math.abs(unit[i]) <= 1e-3 * fit) &&
    right.filter((a) => isNonZero(a, i)).length >= FEWEST
  );
  if (dropped.length === 0 || dropped.length === neurons.length) return undefined;
  const kept = Float64Array.from(neurons, (i) => Number(!dropped.includes(i)));
  const hypotheses = right.map((a) => times(a, kept));
  // Every neuron that is left may be a relu that is off.
  const shown = [...units.keys()].filter((q) => dot(hypotheses[q], hypotheses[q]) > 0);
  const error = directionError(shown.map((q) => units[q]), shown.map((q) => hypotheses[q]));
  if (shown.length < FEWEST || error > fit) return undefined;
  const factors = shown.flatMap((q) => {
    const { weights, biases } = readings[q].layers[l + 1];
    const a = readActivation(weights, biases);
    return a ? [dot(a, hypotheses[q]) / dot(hypotheses[q], hypotheses[q])] : [];
  });
  const isSame = factors.every((one) => Math.abs(one - factors[0]) <= 10 * fit);
  const factor = isSame && factors.length > 0 ? Number(factors[0].toFixed(6)) : 1;
  // What is kept is divided by its share, where dropout is written so.
  const share = factor > 1 ? 1 - 1 / factor : dropped.length / neurons.length;
  const mask = kept.map((one) => factor * one);
  return {
    ...choice,
    sumFormula: `${factor === 1 ? "" : `${numberText(factor)} `}m ∘ ${choice.activation.formula}`,
    mask,
    leaves: (own) => times(applied(choice.activation, own), mask),
    departure: { id: "dropout", value: share },
  };
}
