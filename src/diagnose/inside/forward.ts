import type { Dataset } from "../../data/dataset.ts";
import type { Network } from "../../model/network.ts";
import { fittedActivation, readActivation } from "./fitted_activation.ts";
import { withFixedMask } from "./fixed_mask.ts";
import { choicesOf, otherProducts, OWN_INPUT, rightForward } from "./forward_formulas.ts";
import { activationNamed, numberText } from "./functions.ts";
import { directionError, dot, type Vector } from "./linear.ts";
import {
  type ForwardChoice,
  forwardPass,
  layersOf,
  leavesOf,
  type Pass,
  type PixelChoice,
  type VectorChoice,
} from "./program.ts";
import { clearWeights, type Exactness, type Reading } from "./readings.ts";
import { RIGHT_SUM, SUMS } from "./sums.ts";

/** What is known of the forward pass, and of the vectors that δ is multiplied with. */
export interface Branch {
  readonly pixels: PixelChoice;
  readonly forward: readonly ForwardChoice[];
  /** Undefined where no vector fits. */
  readonly products: readonly (VectorChoice | undefined)[];
  /** Departures, and stages without an explanation. */
  readonly cost: number;
}

const WIDTH = 10;

/** Questions that say which formula is nearest where none fits. */
const COMPARED = 6;

/**
 * Finds the forward pass from the directions of weight gradients: the one of layer l + 1 points along f(z[l]), whatever
 * the backward pass does.
 */
export function forwardBranches(
  network: Network,
  dataset: Dataset,
  readings: readonly Reading[],
  pixels: readonly PixelChoice[],
  exactness: Exactness,
): Branch[] {
  const layers = layersOf(network);
  const right = rightForward(network);
  const choices = choicesOf(network);
  let branches: Branch[] = pixels.map((one) => ({
    pixels: one,
    forward: [],
    products: [OWN_INPUT],
    cost: one.departures.length,
  }));
  for (let l = 0; l < layers.length - 1; l++) {
    const seen = clearWeights(readings, l + 1, exactness);
    const units = seen.map((one) => one.layers[l + 1].weights.right);
    branches = branches.flatMap((branch): Branch[] => {
      const given = seen.map(({ parameters, row }) =>
        forwardPass(branch, network, dataset, parameters, row, l)
      );
      const limit = exactness.fit * Math.sqrt(units.length);
      const errorOf = (choice: ForwardChoice, count: number) =>
        directionError(
          units.slice(0, count),
          given.slice(0, count).map((pass, q) => outputOf(choice, pass, l, seen[q].parameters)),
        );
      // One question refutes nearly all: its error alone is more than that of all may be.
      const fits = (choice: ForwardChoice) =>
        errorOf(choice, 1) <= limit && errorOf(choice, units.length) <= exactness.fit;
      const withChoice = (
        choice: ForwardChoice,
        product: VectorChoice | undefined,
        cost: number,
      ) => ({
        ...branch,
        forward: [...branch.forward, choice],
        products: [...branch.products, product],
        cost: branch.cost + cost,
      });
      if (units.length === 0) return [withChoice(right, OWN_INPUT, 0)];
      const withFactor = (choice: ForwardChoice, cost: number) => {
        const scaled = scaledTo(choice, readings, branch, network, dataset, l, exactness);
        return scaled ? [withChoice(scaled, OWN_INPUT, cost + 1)] : [];
      };
      if (fits(right)) return [withChoice(right, OWN_INPUT, 0), ...withFactor(right, 0)];
      const fitting = choices.filter(fits).slice(0, 2);
      const masked = fitting.length === 0 && seen.length > 0
        ? withFixedMask(
          right,
          seen,
          given.map((pass, q) => right.sum(layers[l], seen[q].parameters, pass.x[l])),
          l,
          exactness,
        )
        : undefined;
      const fitted = fitting.length === 0 && masked === undefined
        ? fittedActivation(network, units, given, l, exactness)
        : undefined;
      const unknown = fitting.length === 0 && fitted === undefined && masked === undefined
        ? asRead(
          readings,
          l,
          nearestOf(choices, (choice) => errorOf(choice, Math.min(COMPARED, units.length))),
        )
        : undefined;
      const constant = constantOf(readings, l, exactness);
      return [
        ...(constant && fits(constant) ? [withChoice(constant, OWN_INPUT, 1)] : []),
        ...fitting.map((choice) => withChoice(choice, OWN_INPUT, 1)),
        ...fitting.slice(0, 1).flatMap((choice) => withFactor(choice, 1)),
        ...(masked ? [withChoice(masked, OWN_INPUT, 1)] : []),
        // Factors of pixels look like factors of the first sum, and are likelier.
        ...(fitted ? [withChoice(fitted, OWN_INPUT, l === 0 ? 1.25 : 1)] : []),
        withChoice(right, undefined, 1.5),
        ...(unknown ? [withChoice(unknown, OWN_INPUT, 2.5)] : []),
      ];
    }).sort((a, b) => a.cost - b.cost).slice(0, WIDTH);
  }
  const last = { ...RIGHT_SUM, activation: activationNamed("identity") };
  return branches.map((branch) =>
    resolveProducts(
      network,
      dataset,
      readings,
      { ...branch, forward: [...branch.forward, last] },
      exactness,
    )
  ).sort((a, b) => a.cost - b.cost);
}

/**
 * The same with a factor, where weight and bias gradients above the layer show the same one in every question: the
 * direction alone does not. Undefined where there is none.
 */
function scaledTo(
  choice: ForwardChoice,
  readings: readonly Reading[],
  branch: Branch,
  network: Network,
  dataset: Dataset,
  l: number,
  exactness: Exactness,
): ForwardChoice | undefined {
  if (choice.isSoftmax || choice.leaves) return undefined;
  const factors = clearWeights(readings, l + 1, exactness).map(({ parameters, row, layers }) => {
    const a = readActivation(layers[l + 1].weights, layers[l + 1].biases);
    if (a === undefined) return NaN;
    const pass = forwardPass(branch, network, dataset, parameters, row, l);
    const own = outputOf(choice, pass, l, parameters);
    return dot(a, own) / dot(own, own);
  });
  const [factor] = factors;
  const isOne = Math.abs(factor - 1) < Math.max(LEAST_FACTOR, 5 * exactness.fit);
  const isSame = factors.every((one) => Math.abs(one - factor) <= exactness.fit * Math.abs(factor));
  if (factors.length === 0 || isOne || !isSame) return undefined;
  const { name, formula, of } = choice.activation;
  return {
    ...choice,
    activation: {
      name: `${name} times ${numberText(factor)}`,
      formula: scaledFormula(factor, formula),
      of: (z) => factor * of(z),
    },
    departure: { id: "wrong-activation", form: scaledFormula(factor, formula) },
  };
}

export const scaledFormula = (factor: number, formula: string): string =>
  `${numberText(factor)} ${formula}`;

/** A factor that is nearer to 1 is none. */
const LEAST_FACTOR = 1e-3;

/** What leaves layer l, as the weight gradients above it show it. */
function asRead(
  readings: readonly Reading[],
  l: number,
  nearest: ForwardChoice,
): ForwardChoice | undefined {
  const known = new Map<Vector, Map<number, Vector>>();
  let isAny = false;
  for (const { parameters, row, layers } of readings) {
    const a = readActivation(layers[l + 1].weights, layers[l + 1].biases);
    if (a === undefined) continue;
    isAny = true;
    if (!known.has(parameters)) known.set(parameters, new Map());
    known.get(parameters)!.set(row, a);
  }
  return isAny
    ? { ...nearest, read: (parameters, row) => known.get(parameters)?.get(row) }
    : undefined;
}

/** The choice with the least error, without its departure: it is none. */
function nearestOf(
  choices: readonly ForwardChoice[],
  errorOf: (choice: ForwardChoice) => number,
): ForwardChoice {
  const { choice: { departure: _, ...nearest }, error } = choices
    .map((choice) => ({ choice, error: errorOf(choice) }))
    .reduce((least, one) => one.error < least.error ? one : least);
  const formula = nearest.isSoftmax ? "softmax(z)" : nearest.activation.formula;
  return { ...nearest, nearest: { formula: `${formula} with z = ${nearest.sumFormula}`, error } };
}

/** One number leaves every neuron of layer l in every single row: what is normalised over a minibatch of one. */
function constantOf(
  readings: readonly Reading[],
  l: number,
  { fit }: Exactness,
): ForwardChoice | undefined {
  for (const { layers } of readings) {
    const a = readActivation(layers[l + 1].weights, layers[l + 1].biases);
    if (a === undefined) continue;
    const [value] = a;
    if (value === 0 || a.some((one) => Math.abs(one - value) > fit * Math.abs(value))) {
      return undefined;
    }
    const formula = numberText(value);
    return {
      ...RIGHT_SUM,
      activation: { name: formula, formula, of: () => value },
      departure: { id: "rows-interact", form: "normalised-over-rows" },
    };
  }
  return undefined;
}

/** The same branch with each of the other ways to z of the output layer; only δ of that layer shows which fits. */
export const withOtherLastSums = (branch: Branch): Branch[] =>
  SUMS.slice(1).map((sum) => ({
    ...branch,
    forward: [...branch.forward.slice(0, -1), { ...branch.forward.at(-1)!, ...sum }],
    cost: branch.cost + 1,
  }));

function outputOf(choice: ForwardChoice, pass: Pass, l: number, parameters: Vector): Vector {
  const z = choice.sum(pass.layers[l], parameters, pass.x[l]);
  return leavesOf(choice, z, pass.layers[l], parameters);
}

/** Looks for other vectors where δ is not multiplied with what enters the layer. */
function resolveProducts(
  network: Network,
  dataset: Dataset,
  readings: readonly Reading[],
  branch: Branch,
  exactness: Exactness,
): Branch {
  let { cost } = branch;
  const products = branch.products.map((product, l) => {
    if (product !== undefined) return product;
    const seen = clearWeights(readings, l, exactness);
    const units = seen.map((one) => one.layers[l].weights.right);
    const passes = seen.map(({ parameters, row }) =>
      forwardPass(branch, network, dataset, parameters, row)
    );
    for (const candidate of otherProducts(network, l)) {
      const vectors = passes.map((pass) => candidate.of(pass, l));
      if (
        vectors.every((one) => one !== undefined) &&
        directionError(units, vectors) <= exactness.fit
      ) return candidate;
    }
    cost += 1.5;
    return undefined;
  });
  return { ...branch, products, cost };
}
