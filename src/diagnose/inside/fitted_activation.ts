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
      const leftOf = (count: number) => ([c, d]: Pair) =>
        leftAlong(
          units.slice(0, count),
          sums.slice(0, count).map((z) => z.map((one) => f.of(c * one + d))),
        );
      const screen = fitPair(leftOf(Math.min(SCREENED, units.length)), starts, fixed);
      if (screen === undefined || screen.error > 0.05 * Math.sqrt(SCREENED)) continue;
      const found = fitPair(leftOf(units.length), [screen.pair], fixed);
      if (found === undefined || found.error > exactness.fit * Math.sqrt(units.length)) continue;
      return choiceOf(f, found.pair, bias);
    }
  }
  return fittedFamily(units, given, l, exactness) ??
    fittedSum(network, units, given, l, exactness);
}

/** Functions with one number that programs choose: the slope below 0, and what elu tends to. */
const FAMILIES: readonly { text(p: string): string; of(p: number, z: number): number }[] = [
  { text: (p) => `(z where z > 0, else ${p} z)`, of: (p, z) => z > 0 ? z : p * z },
  {
    text: (p) => `(z where z > 0, else ${p} (e^z − 1))`,
    of: (p, z) => z > 0 ? z : p * Math.expm1(z),
  },
];
const NUMBERS: readonly Pair[] = [0.01, 0.1, 0.3, 0.7, 1.7, -0.1].map((p): Pair => [p, 0]);

/** A function of one of the families, by the directions of what leaves a layer. */
function fittedFamily(
  units: readonly Vector[],
  given: readonly Pass[],
  l: number,
  { fit }: Exactness,
): ForwardChoice | undefined {
  const sums = given.map((pass) => weightedSum(pass.layers[l], pass.parameters, pass.x[l]));
  for (const { text, of } of FAMILIES) {
    const leftOf = (count: number) => ([p]: Pair) =>
      leftAlong(
        units.slice(0, count),
        sums.slice(0, count).map((z) => z.map((one) => of(p, one))),
      );
    const screen = fitPair(leftOf(Math.min(SCREENED, units.length)), NUMBERS, 1);
    if (screen === undefined || screen.error > 0.05 * Math.sqrt(SCREENED)) continue;
    const found = fitPair(leftOf(units.length), [screen.pair], 1);
    if (found === undefined || found.error > fit * Math.sqrt(units.length)) continue;
    const [p] = found.pair;
    const formula = text(numberText(p));
    return {
      departure: { id: "wrong-activation", form: formula },
      sumFormula: "W x + b",
      activation: { name: formula, formula, of: (z) => of(p, z) },
      sum: (layer, parameters, x) => weightedSum(layer, parameters, x),
    };
  }
  return undefined;
}

const SUM_STARTS: readonly Pair[] = [1, 0.3, 0.1, 0.03, 3, -1].flatMap((c) =>
  [1, 0, -1, 0.3, 3, 10].map((d): Pair => [c, d])
);

/** f(c W x + d b): a factor of the sum, of the bias, or of both. */
function fittedSum(
  network: Network,
  units: readonly Vector[],
  given: readonly Pass[],
  l: number,
  { fit }: Exactness,
): ForwardChoice | undefined {
  const f = activationNamed(network.hiddenActivation);
  const products = given.map((pass) => weightedSum(pass.layers[l], pass.parameters, pass.x[l], 0));
  const biases = given.map(({ layers, parameters }) =>
    parameters.subarray(layers[l].biasOffset, layers[l].biasOffset + layers[l].outputs)
  );
  const leftOf = (count: number) => ([c, d]: Pair) =>
    leftAlong(
      units.slice(0, count),
      products.slice(0, count)
        .map((product, q) => product.map((one, o) => f.of(c * one + d * biases[q][o]))),
    );
  // The direction of relu does not show the factor of everything.
  const fixed = f.name === "relu" ? 0 : undefined;
  const starts = fixed === 0 ? SUM_STARTS.filter(([c]) => c === 1) : SUM_STARTS;
  const screen = fitPair(leftOf(Math.min(SCREENED, units.length)), starts, fixed);
  if (screen === undefined || screen.error > 0.05 * Math.sqrt(SCREENED)) return undefined;
  const found = fitPair(leftOf(units.length), [screen.pair], fixed);
  if (found === undefined || found.error > fit * Math.sqrt(units.length)) return undefined;
  const [c, d] = found.pair;
  // Nothing enters: that is another fault.
  if (isNear(c, 0)) return undefined;
  const sumFormula = `${isNear(c, 1) ? "" : `${numberText(c)} `}W x + ${numberText(d)} b`
    .replace("+ −", "− ");
  return {
    departure: isNear(c, 1)
      ? { id: "bias-ignored", form: `multiplied by ${numberText(d)}` }
      : { id: "wrong-activation", form: f.formula.replace("z", sumFormula) },
    sumFormula,
    activation: f,
    sum: (layer, parameters, x) => {
      const product = weightedSum(layer, parameters, x, 0);
      return product.map((one, o) => c * one + d * parameters[layer.biasOffset + o]);
    },
  };
}

/** What is left of unit vectors beside multiples of these. */
function leftAlong(units: readonly Vector[], vectors: readonly Vector[]): Vector | undefined {
  const left = new Float64Array(units.length * units[0].length);
  for (const [q, unit] of units.entries()) {
    const square = dot(vectors[q], vectors[q]);
    if (!(square > 0) || !Number.isFinite(square)) return undefined;
    const along = dot(unit, vectors[q]) / square;
    vectors[q].forEach((value, i) => left[q * unit.length + i] = unit[i] - along * value);
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
