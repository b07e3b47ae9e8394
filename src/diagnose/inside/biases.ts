import type { Network } from "../../model/network.ts";
import { cutTo, inputName } from "./forward_formulas.ts";
import { RIGHT_SLOPES, sub } from "./functions.ts";
import { fitConstants, norm, sumOf, type Vector } from "./linear.ts";
import type { BiasChoice, Departure, Pass } from "./program.ts";
import type { Exactness } from "./readings.ts";

/** `isExact`: it counts only without a factor, which another candidate has. */
type Candidate = Omit<BiasChoice, "factor"> & { readonly isExact?: true };

const OWN_DELTA: Candidate = {
  formula: (layer) => `δ${sub(layer)}`,
  of: ({ delta }, l) => delta[l],
};

const reduction = (form: string): Departure => ({ id: "bias-reduction", form });

function candidatesOf(network: Network, l: number): Candidate[] {
  const count = network.layerSizes.length - 1;
  const shifts = [-1, 1].filter((by) => l + by >= 0 && l + by < count)
    .map((by): Candidate => ({
      departure: { id: "bias-layer-shift", form: by < 0 ? "layer-below" : "layer-above" },
      formula: (layer) => `δ${sub(layer + by)}`,
      of: ({ delta }, at) => cutTo(delta[at + by], delta[at].length),
    }));
  return [
    OWN_DELTA,
    {
      departure: reduction("mean-over-neurons"),
      isExact: true,
      formula: (layer) => `mean of δ${sub(layer)}, in every neuron`,
      of: ({ delta }, at) => delta[at].map(() => sumOf(delta[at]) / delta[at].length),
    },
    {
      departure: reduction("sum-over-neurons"),
      formula: (layer) => `Σ δ${sub(layer)}, in every neuron`,
      of: ({ delta }, at) => delta[at].map(() => sumOf(delta[at])),
    },
    {
      departure: reduction("sum-over-inputs"),
      formula: (layer) => `δ${sub(layer)} Σ ${inputName(layer)}`,
      of: ({ delta, x }, at) => delta[at].map((value) => value * sumOf(x[at])),
    },
    {
      departure: reduction("column-sum"),
      formula: (layer) => `Σ δ${sub(layer)} · ${inputName(layer)}`,
      of: ({ delta, x }, at) => cutTo(x[at], delta[at].length).map((v) => v * sumOf(delta[at])),
    },
    ...shifts,
    {
      departure: reduction("before-slope"),
      formula: (layer) => `e${sub(layer)}`,
      of: ({ raw }, at) => raw[at],
    },
    {
      departure: reduction("times-slope"),
      formula: (layer) => `δ${sub(layer)} ∘ f′(z${sub(layer)})`,
      of: ({ delta, z, x, output }, at) => {
        const isLast = at === count - 1;
        const slope = isLast ? RIGHT_SLOPES.sigmoid : RIGHT_SLOPES[network.hiddenActivation];
        const a = isLast ? output : x[at + 1];
        return delta[at].map((value, o) => value * slope.of(z[at][o], a[o]));
      },
    },
    {
      departure: reduction("times-activation"),
      formula: (layer) => `δ${sub(layer)} ∘ a${sub(layer)}`,
      of: ({ delta, x, output }, at) =>
        delta[at].map((value, o) => value * (at === count - 1 ? output[o] : x[at + 1][o])),
    },
    {
      departure: reduction("bias-itself"),
      formula: (layer) => `b${sub(layer)}`,
      of: ({ parameters, layers }, at) =>
        parameters.slice(layers[at].biasOffset, layers[at].biasOffset + layers[at].outputs),
    },
    {
      departure: reduction("squared"),
      formula: (layer) => `δ${sub(layer)}²`,
      of: ({ delta }, at) => delta[at].map((value) => value ** 2),
    },
    {
      departure: reduction("reversed"),
      formula: (layer) => `δ${sub(layer)}, last neuron first`,
      of: ({ delta }, at) => delta[at].slice().reverse(),
    },
    {
      departure: reduction("first-neuron"),
      formula: (layer) => `δ${sub(layer)} of the first neuron, in every neuron`,
      of: ({ delta }, at) => delta[at].map(() => delta[at][0]),
    },
  ];
}

export interface FoundBiases {
  readonly choice: BiasChoice;
  readonly error: number;
}

export const rightBiases: BiasChoice = { ...OWN_DELTA, factor: 1 };

/** How the bias gradient of layer l comes from the δ that the weight gradients show. */
export function findBiases(
  network: Network,
  passes: readonly Pass[],
  l: number,
  observed: readonly Vector[],
  exactness: Exactness,
): { found?: FoundBiases; nearest: FoundBiases } {
  const isZero = observed.every((one) => one.every((value) => value === 0));
  if (isZero) {
    const found = { choice: { ...rightBiases, factor: 0 }, error: 0 };
    return { found, nearest: found };
  }
  // Rounding alone is left of a sum over a softmax's δ, which is 0.
  const isRounding = observed.every((one, q) =>
    norm(one) <= 1e-3 * exactness.fit * norm(passes[q].delta[l])
  );
  if (isRounding) {
    const sum = candidatesOf(network, l).find((one) => one.departure?.form === "sum-over-neurons")!;
    const found = { choice: { ...sum, factor: 1 }, error: 0 };
    return { found, nearest: found };
  }
  let nearest: FoundBiases = { choice: rightBiases, error: Infinity };
  for (const candidate of candidatesOf(network, l)) {
    const vectors = passes.map((pass) => candidate.of(pass, l));
    if (!vectors.every((one) => one !== undefined)) continue;
    const { coefficients: [factor], error } = fitConstants(observed, [vectors]);
    const found = { choice: { ...candidate, factor }, error };
    if (candidate.isExact && !(Math.abs(factor - 1) < 1e-3)) continue;
    if (error <= exactness.fit && factor !== 0) return { found, nearest: found };
    if (error < nearest.error) nearest = found;
  }
  return { nearest };
}
