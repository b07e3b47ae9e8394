import type { Network } from "../../model/network.ts";
import {
  activationNamed,
  ACTIVATIONS,
  cutAt,
  CUTS,
  inLayer,
  RIGHT_SLOPES,
  sub,
} from "./functions.ts";
import type { Vector } from "./linear.ts";
import {
  applied,
  type ForwardChoice,
  layersOf,
  type Pass,
  type VectorChoice,
  weightedSum,
} from "./program.ts";
import { ROUNDINGS } from "./roundings.ts";
import { RIGHT_SUM, SUMS } from "./sums.ts";

export const rightForward = (network: Network): ForwardChoice => ({
  ...RIGHT_SUM,
  activation: activationNamed(network.hiddenActivation),
});

/** "x", "a₁", … : what enters layer `layer`, counted from 1. */
export const inputName = (layer: number): string => layer === 1 ? "x" : `a${sub(layer - 1)}`;

export const OWN_INPUT: VectorChoice = {
  formula: (layer) => inputName(layer),
  of: ({ x }, l) => x[l],
};

/** The choices for one hidden layer: the right one first, then one departure, then two. */
export function choicesOf(network: Network): ForwardChoice[] {
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
    sumFormula: `${right.formula.replace("z", "W x")} + b`,
    sum: (layer, parameters, x) => weightedSum(layer, parameters, x, 0),
    activation: right,
    leaves: (z, { biasOffset }, parameters) =>
      z.map((value, o) => right.of(value) + parameters[biasOffset + o]),
    departure: { id: "bias-ignored", form: "after-activation" },
  });
  choices.push({
    ...RIGHT_SUM,
    activation: right,
    isSoftmax: true,
    departure: { id: "wrong-activation", form: "softmax" },
  });
  return choices;
}

/** The first elements of a longer vector; a shorter one is followed by zeros. */
export function cutTo(vector: Vector, length: number): Vector {
  const cut = new Float64Array(length);
  cut.set(vector.subarray(0, length));
  return cut;
}

/** What δ of layer l may be multiplied with instead of x[l]. */
export function otherProducts(network: Network, l: number): VectorChoice[] {
  const layers = layersOf(network);
  const f = activationNamed(network.hiddenActivation);
  const slope = RIGHT_SLOPES[network.hiddenActivation];
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
  const partOf = (form: string, which: string, keeps: (i: number, n: number) => boolean) => ({
    departure: { id: "wrong-activation", form },
    formula: (layer: number) => `${inputName(layer)} ${which}`,
    of: ({ x }: Pass, at: number) => x[at].map((value, i) => keeps(i, x[at].length) ? value : 0),
  });
  return [
    ...shifts,
    other("z-in-product", "z", (z) => z),
    other("slope-in-product", "a(1 − a)", (_, a) => a.map((value) => value * (1 - value))),
    ...(network.hiddenActivation === "sigmoid" ? [] : [
      other("slope-in-product", slope.formula, (z, a) => z.map((v, i) => slope.of(v, a[i]))),
    ]),
    other("twice-in-product", "f(a)", (_, a) => applied(f, a)),
    other("square-in-product", "a²", (_, a) => a.map((value) => value ** 2)),
    other("ones-in-product", "1", (_, a) => a.map(() => 1)),
    other("complement-in-product", "1 − a", (_, a) => a.map((value) => 1 - value)),
    partOf("last-input-missing-in-product", "without its last element", (i, n) => i < n - 1),
    partOf("first-input-missing-in-product", "without its first element", (i) => i > 0),
    {
      departure: { id: "gradient-layout", form: "inputs-reversed" },
      formula: (layer) => `${inputName(layer)} reversed`,
      of: ({ x }, at) => x[at].slice().reverse(),
    },
  ];
}
