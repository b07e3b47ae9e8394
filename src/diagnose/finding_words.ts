import type { Mistake, MistakeId } from "./mistakes.ts";

/** "layer 2", "layers 1 and 3", "layers 1, 2 and 3" */
export function layersInWords(layers: readonly number[]): string {
  if (layers.length === 1) return `layer ${layers[0]}`;
  return `layers ${layers.slice(0, -1).join(", ")} and ${layers[layers.length - 1]}`;
}

/** A figure of four digits, without zeros at its end. */
export const figure = (value: number): string => String(Number(value.toPrecision(4)));

/** What a mistaken formula does, and what to write instead. */
export function wordsOf({ id, form, layers }: Mistake): { meaning: string; fix: string } {
  return WORDS[id](form, layers.length > 0 ? layersInWords(layers) : "");
}

const WORDS: Readonly<
  Record<MistakeId, (form: string, layers: string) => { meaning: string; fix: string }>
> = {
  "stale-activations": (form, layers) => ({
    meaning:
      `In ${layers} every example's δ is multiplied with the activations ${form}, so the products pair ` +
      `things that do not belong together and the weights learn next to nothing.`,
    fix:
      `Keep the activations of each example until its δ is there (a list by example, or a matrix of a ` +
      `row each), or run backward through one example before the next goes forward.`,
  }),
  "missing-output-derivative": () => ({
    meaning: "δ of the output layer is a − y: the factor σ′(z) of the quadratic loss is missing.",
    fix: "Multiply a − y with a(1 − a), or use the cross-entropy, whose δ is a − y.",
  }),
  "missing-hidden-derivative": (_, layers) => ({
    meaning: `δ of ${layers} is Wᵀδ alone: it is not multiplied with f′(z).`,
    fix: `Multiply Wᵀδ element by element with f′(z) of ${layers} (a(1 − a) for a sigmoid).`,
  }),
  "derivative-of-activation": (form, layers) => ({
    meaning: `The derivative is taken at the wrong place in ${layers}: ${form}.`,
    fix:
      "Use σ′(z) = σ(z)(1 − σ(z)) with z, or a(1 − a) with a = σ(z); not one with the other's input.",
  }),
  "untransposed-backprop": (_, layers) => ({
    meaning:
      `On the way down δ is multiplied with W of ${layers} as it stands, not with its transpose.`,
    fix: "δ of the layer below is Wᵀδ: sum over the outputs o of w[o][i] · δ[o].",
  }),
  "activation-layer-shift": (form, layers) => ({
    meaning: `The weights of ${layers} get δ times the activations ${form}.`,
    fix: "The gradient of w[o][i] is δ[o] of a layer times a[i] of what enters that same layer.",
  }),
  "bias-layer-shift": (form, layers) => ({
    meaning: `The biases of ${layers} get δ ${form}.`,
    fix: "The gradient of a layer's biases is that layer's own δ.",
  }),
  "labels-shifted": (form) => ({
    meaning: `The 1 of the one-hot vector stands at the wrong place: ${form}.`,
    fix: "Labels count from 0: label k sets element k.",
  }),
  "pixel-scale": (form) => ({
    meaning: `Pixels are not bytes / 255: ${form}.`,
    fix: "Divide each byte by 255, once.",
  }),
  "loss-mismatch": (form) => ({
    meaning: `δ of the output layer is that ${form}, not of the loss that is asked for.`,
    fix: "Derive δ from the loss of the problem (network.outputLoss), and return that loss.",
  }),
};
