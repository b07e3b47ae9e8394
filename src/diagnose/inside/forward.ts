import type { Dataset } from "../../data/dataset.ts";
import type { Network } from "../../model/network.ts";
import { fittedActivation, readActivation } from "./fitted_activation.ts";
import {
  activationNamed,
  ACTIVATIONS,
  cutAt,
  CUTS,
  inLayer,
  numberText,
  softmax,
  sub,
} from "./functions.ts";
import { directionError, type Vector } from "./linear.ts";
import {
  applied,
  type ForwardChoice,
  forwardPass,
  layersOf,
  type Pass,
  type PixelChoice,
  type VectorChoice,
} from "./program.ts";
import { clearWeights, type Exactness, type Reading } from "./readings.ts";
import { ROUNDINGS } from "./roundings.ts";
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

/** The choices for one hidden layer: the right one first, then one departure, then two. */
function choicesOf(network: Network): ForwardChoice[] {
  const right = activationNamed(network.hiddenActivation);
  const others = ACTIVATIONS.filter(({ name }) => name !== right.name);
  const choices: ForwardChoice[] = SUMS.map((sum) => ({ ...sum, activation: right }));
  for (const sum of SUMS.slice(0, 2)) {
    for (const activation of others) {
      choices.push({
        ...sum,
        activation,
        departure: activation.name === "identity"
          ? { id: "activation-skipped" }
          : { id: "wrong-activation", form: activation.name },
      });
    }
  }
  for (const limit of CUTS) {
    const cut = cutAt(limit);
    const formula = right.formula.replace("z", cut.formula);
    choices.push({
      ...RIGHT_SUM,
      activation: {
        name: formula,
        formula,
        of: (z) => right.of(cut.of(z)),
      },
      departure: { id: "wrong-activation", form: formula, value: limit },
    });
  }
  for (const { form, name, of } of ROUNDINGS) {
    choices.push({
      ...RIGHT_SUM,
      activation: {
        name: form,
        formula: `${name}(${right.formula})`,
        of: (z) => of(right.of(z)),
      },
      departure: { id: "rounding", form },
    });
  }
  choices.push({
    ...RIGHT_SUM,
    activation: right,
    isSoftmax: true,
    departure: { id: "wrong-activation", form: "softmax" },
  });
  return choices;
}

export const rightForward = (network: Network): ForwardChoice => ({
  ...RIGHT_SUM,
  activation: activationNamed(network.hiddenActivation),
});

export const OWN_INPUT: VectorChoice = {
  formula: (layer) => inputName(layer),
  of: ({ x }, l) => x[l],
};

/** "x", "a₁", … : what enters layer `layer`, counted from 1. */
export const inputName = (layer: number): string => layer === 1 ? "x" : `a${sub(layer - 1)}`;

const WIDTH = 10;

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
      if (units.length === 0 || fits(right)) return [withChoice(right, OWN_INPUT, 0)];
      const fitting = choices.filter(fits).slice(0, 2);
      const fitted = fitting.length === 0
        ? fittedActivation(network, units, given, l, exactness)
        : undefined;
      const unknown = fitting.length === 0 && fitted === undefined
        ? asRead(readings, l, nearestOf(choices, (choice) => errorOf(choice, units.length)))
        : undefined;
      const constant = constantOf(readings, l, exactness);
      return [
        ...(constant && fits(constant) ? [withChoice(constant, OWN_INPUT, 1)] : []),
        ...fitting.map((choice) => withChoice(choice, OWN_INPUT, 1)),
        ...(fitted ? [withChoice(fitted, OWN_INPUT, 1)] : []),
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
  return choice.isSoftmax ? softmax(z) : applied(choice.activation, z);
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

/** The first elements of a longer vector; a shorter one is followed by zeros. */
export function cutTo(vector: Vector, length: number): Vector {
  const cut = new Float64Array(length);
  cut.set(vector.subarray(0, length));
  return cut;
}

/** What δ of layer l may be multiplied with instead of x[l]. */
function otherProducts(network: Network, l: number): VectorChoice[] {
  const layers = layersOf(network);
  const f = activationNamed(network.hiddenActivation);
  const shifts = [-1, 1, -2, 2].filter((by) => l + by >= 0 && l + by <= layers.length)
    .map((by): VectorChoice => ({
      departure: { id: "activation-layer-shift", form: by < 0 ? "layer-below" : "layer-above" },
      formula: (layer) => inputName(layer + by),
      of: ({ x, output, layers: { length } }, at) =>
        cutTo(at + by === length ? output : x[at + by], x[at].length),
    }));
  const other = (form: string, formula: string, of: (z: Vector, a: Vector) => Vector) => ({
    departure: { id: "wrong-activation", form },
    formula: (layer: number) => inLayer(formula, layer - 1),
    of: ({ x, z }: Pass, at: number) => at === 0 ? undefined : of(z[at - 1], x[at]),
  });
  return [
    ...shifts,
    other("z-in-product", "z", (z) => z),
    other("slope-in-product", "a(1 − a)", (_, a) => a.map((value) => value * (1 - value))),
    other("twice-in-product", "f(a)", (_, a) => applied(f, a)),
    other("square-in-product", "a²", (_, a) => a.map((value) => value ** 2)),
    other("ones-in-product", "1", (_, a) => a.map(() => 1)),
    other("complement-in-product", "1 − a", (_, a) => a.map((value) => 1 - value)),
    {
      departure: { id: "gradient-layout", form: "inputs-reversed" },
      formula: (layer) => `${inputName(layer)} reversed`,
      of: ({ x }, at) => x[at].slice().reverse(),
    },
  ];
}
