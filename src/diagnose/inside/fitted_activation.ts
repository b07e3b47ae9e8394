import type { Network } from "../../model/network.ts";
import { fitPair, type Pair } from "./fit_pair.ts";
import { activationNamed, type NeuronFunction, numberText } from "./functions.ts";
import { dot, type Vector } from "./linear.ts";
import { type ForwardChoice, type Pass, weightedSum } from "./program.ts";
import type { Exactness } from "./readings.ts";

/** Factors of z, and what is added to it, from which a fit starts. */
const FACTORS = [0.1, 0.3, 0.7, 1, 1.5, 3, 8, -1];
const OFFSETS = [0, -0.7, 0.7, -2.5, 2.5];
export const PAIR_STARTS: readonly Pair[] = FACTORS.flatMap((c) =>
  OFFSETS.map((d): Pair => [c, d])
);

/** "0.5z + 1", as it stands in a function. */
export const scaledText = ([c, d]: Pair): string => {
  const factor = isNear(c, 1) ? "z" : isNear(c, -1) ? "−z" : `${numberText(c)} z`;
  return isNear(d, 0) ? factor : `${factor} ${d < 0 ? "−" : "+"} ${numberText(Math.abs(d))}`;
};

export const isNear = (a: number, b: number): boolean => Math.abs(a - b) < 1e-5;

/** A few questions rule out most functions. */
const SCREENED = 12;

/**
 * f(c z + d) with two numbers that fit the directions of what leaves a layer: a temperature, a shift, or one number in
 * place of all biases. Undefined where no function of these fits.
 */
export function fittedActivation(
  network: Network,
  units: readonly Vector[],
  given: readonly Pass[],
  l: number,
  exactness: Exactness,
): ForwardChoice | undefined {
  const names = [...new Set([network.hiddenActivation, "sigmoid", "tanh"])];
  for (const bias of [1, 0]) {
    const sums = given.map((pass) => weightedSum(pass.layers[l], pass.parameters, pass.x[l], bias));
    for (const name of names) {
      const f = activationNamed(name);
      // The direction of relu(c z) does not show c; without biases it shows nothing at all.
      const fixed = name === "relu" ? 0 : bias === 0 ? 0 : undefined;
      const starts = fixed === 0 ? PAIR_STARTS.filter(([c]) => c === 1) : PAIR_STARTS;
      const leftOf = (count: number) => (pair: Pair) => leftOver(f, pair, units, sums, count);
      const screen = fitPair(leftOf(Math.min(SCREENED, units.length)), starts, fixed);
      if (screen === undefined || screen.error > 0.05 * Math.sqrt(SCREENED)) continue;
      const found = fitPair(leftOf(units.length), [screen.pair], fixed);
      if (found === undefined || found.error > exactness.fit * Math.sqrt(units.length)) continue;
      return choiceOf(f, found.pair, bias);
    }
  }
  return undefined;
}

function leftOver(
  f: NeuronFunction,
  [c, d]: Pair,
  units: readonly Vector[],
  sums: readonly Vector[],
  count: number,
): Vector | undefined {
  const left = new Float64Array(count * units[0].length);
  for (let q = 0; q < count; q++) {
    const a = sums[q].map((z) => f.of(c * z + d));
    const square = dot(a, a);
    if (!(square > 0) || !Number.isFinite(square)) return undefined;
    const along = dot(units[q], a) / square;
    a.forEach((value, i) => left[q * a.length + i] = units[q][i] - along * value);
  }
  return left;
}

function choiceOf(f: NeuronFunction, [c, d]: Pair, bias: number): ForwardChoice {
  if (bias === 0) {
    return {
      departure: { id: "bias-ignored", form: "constant" },
      sumFormula: `W x ${d < 0 ? "−" : "+"} ${numberText(Math.abs(d))}`,
      activation: f,
      sum: (layer, parameters, x) => weightedSum(layer, parameters, x, 0).map((z) => z + d),
    };
  }
  const formula = f.formula.replaceAll("z", scaledText([c, d]));
  return {
    departure: { id: "wrong-activation", form: formula },
    sumFormula: "W x + b",
    activation: { name: formula, formula, of: (z) => f.of(c * z + d) },
    sum: (layer, parameters, x) => weightedSum(layer, parameters, x),
  };
}

/**
 * What leaves layer l as the weight gradient above it shows it, with the length that the bias gradient gives: so the
 * stages behind it can be read although no formula fits it. Undefined where the two do not belong together.
 */
export function readActivation(
  { left, right, size }: { left: Vector; right: Vector; size: number },
  biases: Vector,
): Vector | undefined {
  const square = dot(biases, biases);
  const along = dot(left, biases);
  if (!(square > 0) || Math.abs(along) < 0.999 * Math.sqrt(square)) return undefined;
  return right.map((value) => value * size * along / square);
}
