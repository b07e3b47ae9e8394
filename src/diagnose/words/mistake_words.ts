import { layersInWords } from "./plain_words.ts";
import type { Words } from "./words.ts";

type Explanation = Omit<Words, "evidence">;

/** One line for each mistake; its formula stands in ../gradient/mistakes.ts. */
const MISTAKES = {
  "stale-activations": (form, layers) => ({
    meaning: `In ${layers}, the δ of each example is multiplied by the activations ${form} ` +
      "instead of its own. The weights then learn almost nothing.",
    fix: "Keep each example's activations until its δ is known, or run backward through one " +
      "example before the next goes forward.",
  }),
  "untransposed-backprop": (_, layers) => ({
    meaning: `In the backward pass, δ is multiplied by W of ${layers} instead of its transpose Wᵀ.`,
    fix: "Compute δ of the layer below as Wᵀδ: sum w[o][i] · δ[o] over the outputs o.",
  }),
  "activation-layer-shift": (form, layers) => ({
    meaning: `The weight gradient of ${layers} is δ times the activations ${form}.`,
    fix: "Multiply δ[o] of a layer by the activation a[i] that enters the same layer.",
  }),
  "missing-output-derivative": () => ({
    meaning: "δ of the output layer is a − y; the factor σ′(z) of the quadratic loss is missing.",
    fix: "Multiply a − y by a(1 − a), or use the cross-entropy, whose δ is a − y.",
  }),
  "missing-hidden-derivative": (_, layers) => ({
    meaning: `δ of ${layers} is Wᵀδ alone; the factor f′(z) is missing.`,
    fix: `Multiply Wᵀδ element by element by f′(z) of ${layers}: a(1 − a) for a sigmoid.`,
  }),
  "derivative-of-activation": (form, layers) => ({
    meaning: `The derivative in ${layers} is taken at the wrong point: ${form}.`,
    fix: "Use σ(z)(1 − σ(z)) with z, or a(1 − a) with a = σ(z).",
  }),
  "other-loss": (form) => ({
    meaning: `δ of the output layer belongs to ${form}, not to the loss of this problem.`,
    fix: "Derive δ from the loss of the problem (network.outputLoss), or ask for the other loss.",
  }),
  "labels-shifted": (form) => ({
    meaning: `The 1 of the one-hot vector is ${form}.`,
    fix: "Count labels from 0: label k sets element k.",
  }),
  "pixel-scale": (form) => ({
    meaning: `Pixels are not byte / 255: they are ${form}.`,
    fix: "Divide each byte by 255, once.",
  }),
  "bias-layer-shift": (form, layers) => ({
    meaning: `The bias gradient of ${layers} is the δ ${form}.`,
    fix: "Use the layer's own δ.",
  }),
} satisfies Record<string, (form: string, layers: string) => Explanation>;

/** One phrase for each form of a mistake. */
const FORMS = {
  "last-example": "of the minibatch's last example",
  "first-example": "of the minibatch's first example",
  "previous-example": "of the previous example",
  "layer-below": "of the layer below",
  "layer-above": "of the layer above",
  "slope-at-a": "σ′(a) instead of σ′(z)",
  "a-formula-of-z": "z(1 − z) instead of a(1 − a)",
  "label-plus-1-wrapped": "one place too high",
  "label-minus-1-wrapped": "one place too low",
  "label-plus-1": "one place too high, and missing for the last label",
  "label-minus-1": "one place too low, and missing for the first label",
  "not-divided": "not divided by 255",
  "divided-twice": "divided by 255 twice",
  "divided-by-256": "divided by 256",
  "minus-1-to-1": "scaled to −1 … 1",
  "inverted": "inverted (1 − byte / 255)",
  "binarised": "rounded to 0 or 1",
  "sigmoid-quadratic": "the quadratic loss of sigmoids",
  "sigmoid-cross-entropy": "the cross-entropy of sigmoids",
  "sigmoid-absolute": "the absolute error of sigmoids",
  "softmax-cross-entropy": "the cross-entropy of a softmax",
  "softmax-quadratic": "the quadratic loss of a softmax",
  "softmax-with-sigmoid-slope": "a softmax with the slope a(1 − a) of a sigmoid",
};

export type MistakeId = keyof typeof MISTAKES;
export type Form = keyof typeof FORMS;

const isKey = <T extends object>(table: T, key: string): key is string & keyof T =>
  Object.hasOwn(table, key);

export const isMistake = (id: string): id is MistakeId => isKey(MISTAKES, id);

export const formInWords = (form: string): string => isKey(FORMS, form) ? FORMS[form] : form;

export const explainMistake = (id: MistakeId, form: string, layers: readonly number[]) =>
  MISTAKES[id](form, layers.length > 0 ? layersInWords(layers) : "");
