import type { Network } from "../../model/network.ts";
import {
  activationNamed,
  inLayer,
  isUsualActivation,
  type NeuronFunction,
  NO_SLOPE,
  RIGHT_SLOPES,
  type Slope,
  SLOPES,
  sub,
} from "./functions.ts";
import type { Vector } from "./linear.ts";
import { ROUNDINGS } from "./roundings.ts";
import { runningSum } from "./sums.ts";
import type { Departure, ForwardChoice, VectorChoice, WeightsChoice } from "./program.ts";

export const DELTA_ABOVE: VectorChoice = {
  formula: (layer) => `δ${sub(layer + 1)}`,
  of: ({ delta }, l) => delta[l + 1],
};

/** Bounds of loops that are off by one, or a sum that each term overwrites. */
const NEURONS: readonly { form: string; text: string; keeps(o: number, n: number): boolean }[] = [
  { form: "last-neuron-alone", text: "0 but for the last neuron", keeps: (o, n) => o === n - 1 },
  { form: "without-last-neuron", text: "0 for the last neuron", keeps: (o, n) => o < n - 1 },
  { form: "without-first-neuron", text: "0 for the first neuron", keeps: (o) => o > 0 },
];

/** What may be passed down instead of the δ above. `layer` counts from 1 and is the one whose δ is computed. */
export function carriedOf(network: Network): VectorChoice[] {
  const slope = RIGHT_SLOPES[network.hiddenActivation];
  const last = network.layerSizes.length - 2;
  return [
    DELTA_ABOVE,
    {
      departure: { id: "error-for-delta" },
      formula: (layer) => `e${sub(layer + 1)}`,
      of: ({ raw }, l) => raw[l + 1],
    },
    {
      departure: { id: "error-for-delta", form: "output-error" },
      formula: () => `e${sub(last + 1)}`,
      of: ({ raw, delta }, l) => raw[last].length === delta[l + 1].length ? raw[last] : undefined,
    },
    {
      departure: { id: "wrong-backward-weights", form: "output-delta" },
      formula: () => `δ${sub(last + 1)}`,
      of: ({ delta }, l) =>
        l + 1 < last && delta[last].length === delta[l + 1].length ? delta[last] : undefined,
    },
    {
      departure: { id: "wrong-slope", form: "before-weights" },
      formula: (layer) => `(δ${sub(layer + 1)} ∘ ${inLayer(slope.formula, layer)})`,
      of: ({ delta, z, x }, l) =>
        delta[l + 1].length === z[l].length
          ? delta[l + 1].map((value, i) => value * slope.of(z[l][i], x[l + 1][i]))
          : undefined,
    },
    {
      departure: { id: "wrong-slope", form: "twice" },
      formula: (layer) => `(δ${sub(layer + 1)} ∘ f′(z${sub(layer + 1)}))`,
      of: ({ delta, z, x, output }, l) => {
        const a = l + 1 === last ? output : x[l + 2];
        const of = l + 1 === last ? RIGHT_SLOPES.sigmoid : slope;
        return delta[l + 1].map((value, i) => value * of.of(z[l + 1][i], a[i]));
      },
    },
    {
      departure: { id: "error-for-delta", form: "sign" },
      formula: (layer) => `sign(δ${sub(layer + 1)})`,
      of: ({ delta }, l) => delta[l + 1].map(Math.sign),
    },
    ...NEURONS.map(({ form, text, keeps }): VectorChoice => ({
      departure: { id: "wrong-backward-weights", form },
      formula: (layer) => `(δ${sub(layer + 1)}, ${text})`,
      of: ({ delta }, l) =>
        delta[l + 1].map((value, o) => keeps(o, delta[l + 1].length) ? value : 0),
    })),
  ];
}

type Index = (o: number, i: number, outputs: number, inputs: number) => number;

const indexed = (
  departure: Departure | undefined,
  formula: WeightsChoice["formula"],
  index: Index,
  from = 1,
): WeightsChoice => ({
  ...(departure && { departure }),
  formula,
  through: ({ layers, parameters }, l, q) => {
    const { inputs, outputs } = layers[l + 1];
    const source = layers[l + from];
    if (source === undefined) return undefined;
    if (from !== 1 && (source.inputs !== inputs || source.outputs !== outputs)) return undefined;
    const below = new Float64Array(inputs);
    for (let i = 0; i < inputs; i++) {
      let sum = 0;
      for (let o = 0; o < outputs; o++) {
        sum += parameters[source.weightOffset + index(o, i, outputs, inputs)] * q[o];
      }
      below[i] = sum;
    }
    return below;
  },
});

const TRANSPOSED: Index = (o, i, _, inputs) => o * inputs + i;

export const RIGHT_WEIGHTS = indexed(undefined, (layer) => `W${sub(layer + 1)}ᵀ`, TRANSPOSED);

const wrongWeights = (form: string): Departure => ({ id: "wrong-backward-weights", form });

export const WEIGHTS: readonly WeightsChoice[] = [
  RIGHT_WEIGHTS,
  indexed(
    { id: "untransposed-backprop" },
    (layer) => `W${sub(layer + 1)}`,
    (o, i, outputs) => i * outputs + o,
  ),
  indexed(wrongWeights("layer-below"), (layer) => `W${sub(layer)}ᵀ`, TRANSPOSED, 0),
  indexed(wrongWeights("layer-above"), (layer) => `W${sub(layer + 2)}ᵀ`, TRANSPOSED, 2),
  ...[
    { form: "absolute", formula: (l: number) => `|W${sub(l + 1)}|ᵀ`, of: Math.abs },
    { form: "sign", formula: (l: number) => `sign(W${sub(l + 1)})ᵀ`, of: Math.sign },
    { form: "ones", formula: () => "1", of: () => 1 },
    ...ROUNDINGS.map(({ form, name, of }) => ({
      form,
      id: "rounding",
      formula: (l: number) => `${name}(W${sub(l + 1)})ᵀ`,
      of,
    })),
    { form: "square", formula: (l: number) => `(W${sub(l + 1)}²)ᵀ`, of: (w: number) => w * w },
  ].map(({ form, formula, of, ...rest }): WeightsChoice => ({
    departure: "id" in rest ? { id: rest.id, form } : wrongWeights(form),
    formula,
    through: ({ layers, parameters }, l, q) => {
      const { inputs, outputs, weightOffset } = layers[l + 1];
      const below = new Float64Array(inputs);
      for (let o = 0; o < outputs; o++) {
        for (let i = 0; i < inputs; i++) {
          below[i] += of(parameters[weightOffset + o * inputs + i]) * q[o];
        }
      }
      return below;
    },
  })),
  {
    departure: wrongWeights("symmetrised-weights"),
    formula: (l) => `½(W${sub(l + 1)} + W${sub(l + 1)}ᵀ)`,
    through: (pass, l, q) => {
      const { inputs, outputs } = pass.layers[l + 1];
      if (inputs !== outputs) return undefined;
      const [one, other] = [RIGHT_WEIGHTS, WEIGHTS[1]].map((way) => way.through(pass, l, q)!);
      return one.map((value, i) => (value + other[i]) / 2);
    },
  },
  {
    departure: wrongWeights("sum-kept"),
    formula: (l) => `running sum of W${sub(l + 1)}ᵀ`,
    through: (pass, l, q) => runningSum(RIGHT_WEIGHTS.through(pass, l, q)!),
  },
  ...[
    { form: "bias-for-last-column", shift: 1 },
    { form: "bias-for-first-column", shift: -1 },
  ].map(({ form, shift }): WeightsChoice => ({
    departure: wrongWeights(form),
    formula: (l) =>
      `${shift > 0 ? "(W" : "(b"}${sub(l + 1)}, ${shift > 0 ? "b" : "W"}${sub(l + 1)})ᵀ`,
    through: ({ layers, parameters }, l, q) => {
      const { inputs, outputs, weightOffset, biasOffset } = layers[l + 1];
      return Float64Array.from({ length: inputs }, (_, i) => {
        const from = i + shift;
        let sum = 0;
        for (let o = 0; o < outputs; o++) {
          const isWeight = from >= 0 && from < inputs;
          sum += q[o] * parameters[isWeight ? weightOffset + o * inputs + from : biasOffset + o];
        }
        return sum;
      });
    },
  })),
  indexed(
    wrongWeights("inputs-reversed"),
    (layer) => `W${sub(layer + 1)}ᵀ upside down`,
    (o, i, _, inputs) => o * inputs + inputs - 1 - i,
  ),
  indexed(
    wrongWeights("outputs-reversed"),
    (layer) => `W${sub(layer + 1)}ᵀ mirrored`,
    (o, i, outputs, inputs) => (outputs - 1 - o) * inputs + i,
  ),
];

export const ofNeuron = (slope: Slope, departure?: Departure): VectorChoice => ({
  ...(departure && { departure }),
  formula: (layer) => inLayer(slope.formula, layer),
  of: ({ z, x }, l) => z[l].map((value, i) => slope.of(value, x[l + 1][i])),
});

/** What is consistent with the activation that a program has: f′ of the network at z, or its own function's. */
export function consistentSlopes(
  network: Network,
  { activation, leaves, mask }: ForwardChoice,
): VectorChoice[] {
  const right = RIGHT_SLOPES[network.hiddenActivation];
  if (mask) return maskedSlopes(right, activationNamed(network.hiddenActivation), mask);
  const f = activationNamed(network.hiddenActivation);
  if (activation.name === f.name && leaves === undefined) return [ofNeuron(right)];
  const h = 1e-5;
  const own = (z: number) => (activation.of(z + h) - activation.of(z - h)) / (2 * h);
  const slopeOfPlan: VectorChoice = {
    formula: (layer) => `f′(z${sub(layer)})`,
    of: ({ z }, l) => z[l].map((v) => right.of(v, f.of(v))),
  };
  const ownSlope: VectorChoice = {
    formula: slopeOfPlan.formula,
    of: ({ z }, l) => z[l].map(own),
  };
  if (!isUsualActivation(activation.name)) return [slopeOfPlan, ownSlope, ofNeuron(right)];
  // It is taken on purpose, so its slope should be its own.
  return [ownSlope, ofNeuron(right, { id: "wrong-slope", form: right.formula })];
}

/** Slopes of activations that were multiplied with a mask, which the way back must have, too. */
function maskedSlopes(right: Slope, f: NeuronFunction, mask: Vector): VectorChoice[] {
  const named = (form: string): Departure => ({ id: "wrong-slope", form });
  const of = (
    formula: string,
    times: (i: number) => number,
    departure?: Departure,
  ): VectorChoice => ({
    ...(departure && { departure }),
    formula: (layer) => `${formula}(z${sub(layer)})`,
    of: ({ z }, l) => z[l].map((value, i) => times(i) * right.of(value, f.of(value))),
  });
  const atDropped = named("slope-at-dropped");
  return [
    of("m ∘ f′", (i) => mask[i]),
    of("f′", () => 1, named("mask-missing")),
    of("[m > 0] ∘ f′", (i) => Number(mask[i] !== 0), named("mask-unscaled")),
    ofNeuron(right, atDropped),
    {
      departure: atDropped,
      formula: (layer) => `m ∘ ${inLayer(right.formula, layer)}`,
      of: ({ z, x }, l) => z[l].map((value, i) => mask[i] * right.of(value, x[l + 1][i])),
    },
  ];
}

export function slopesOf(network: Network, forward: ForwardChoice): VectorChoice[] {
  const { hiddenActivation } = network;
  const right = RIGHT_SLOPES[hiddenActivation];
  const named = (slope: Slope): Departure => {
    const { formula } = slope;
    if (slope === NO_SLOPE) return { id: "missing-hidden-derivative" };
    const [atA, ofZ] = hiddenActivation === "tanh"
      ? ["1 − tanh²(a)", "1 − z²"]
      : ["σ′(a)", "z(1 − z)"];
    if (formula === atA) return { id: "derivative-of-activation", form: "slope-at-a" };
    if (formula === ofZ) return { id: "derivative-of-activation", form: "a-formula-of-z" };
    return { id: "wrong-slope", form: formula };
  };
  const shifted = [-1, 1].map((by): VectorChoice => ({
    departure: { id: "wrong-slope", form: by < 0 ? "layer-below" : "layer-above" },
    formula: (layer) => inLayer(right.formula, layer + by),
    of: ({ z, x, output, layers: { length } }, l) => {
      const from = z[l + by];
      if (from === undefined || from.length !== z[l].length) return undefined;
      const a = l + by === length - 1 ? output : x[l + by + 1];
      return from.map((value, i) => right.of(value, a[i]));
    },
  }));
  return [
    ...consistentSlopes(network, forward),
    ...SLOPES.filter((one) => one !== right).map((slope) => ofNeuron(slope, named(slope))),
    ...shifted,
    ...NEURONS.slice(1).map(({ text, keeps }, i): VectorChoice => ({
      departure: { id: "wrong-slope", form: `zero-for-${i === 0 ? "last" : "first"}-neuron` },
      formula: (layer) => `(${inLayer(right.formula, layer)}, ${text})`,
      of: ({ z, x }, l) =>
        z[l].map((value, o) => keeps(o, z[l].length) ? right.of(value, x[l + 1][o]) : 0),
    })),
    ...["σ′(q)", "q(1 − q)", "1 − tanh²(q)", "1 − q²"].map((formula): VectorChoice => {
      const { of } = SLOPES.find((one) => one.formula === formula.replaceAll("q", "a"))!;
      return {
        departure: { id: "wrong-slope", form: "slope-of-error" },
        formula: (layer) =>
          formula.replaceAll("q", `q${sub(layer)}`) +
          `, q${sub(layer)} = W${sub(layer + 1)}ᵀδ${sub(layer + 1)}`,
        of: (pass, l) =>
          RIGHT_WEIGHTS.through(pass, l, pass.delta[l + 1])?.map((value) => of(value, value)),
      };
    }),
    ...[0, 0.01, 0.1, 0.2].map((below): VectorChoice => ({
      departure: { id: "wrong-slope", form: "sign-of-delta" },
      formula: (layer) =>
        below === 0
          ? `[W${sub(layer + 1)}ᵀδ${sub(layer + 1)} > 0]`
          : `(1 where W${sub(layer + 1)}ᵀδ${sub(layer + 1)} > 0, else ${below})`,
      of: (pass, l) =>
        RIGHT_WEIGHTS.through(pass, l, pass.delta[l + 1])?.map((value) => value > 0 ? 1 : below),
    })),
  ];
}
