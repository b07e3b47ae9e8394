import { activate, activationSlope, sigmoid } from "../../model/activation.ts";
import type { Network, OutputLoss } from "../../model/network.ts";
import type { Form, MistakeId } from "../words/mistake_words.ts";
import { type Formulas, rightFormulas, softmax } from "./formulas.ts";

/** A mistake in the formulas of backpropagation, in one of its forms, at one place. */
interface Variant {
  readonly form?: Form;
  /** Counted from 1; empty where the mistake concerns the data. */
  readonly layers: readonly number[];
  /** Replaces the right formula by the mistaken one. */
  change(formulas: Formulas): void;
}

export interface Mistake extends Variant {
  readonly id: MistakeId;
}

/**
 * The mistakes that people make, the most important first. To add one, write its words into
 * ../words/mistake_words.ts and its formula here. Each function returns the variants that this network allows, those in
 * several layers before those in one; variants that change nothing (relu has the same slope at z and at a) are left out.
 */
const CATALOGUE: { readonly [Id in MistakeId]: (network: Network) => Variant[] } = {
  "stale-activations": (network) => {
    const layers = layersOf(network);
    const [, ...upper] = layers;
    // A program that keeps the pixels apart overwrites only its list of hidden activations.
    const sets = upper.length > 1 ? [layers, upper, ...layers.map((l) => [l])] : setsOf(layers);
    const rows: [Form, (n: number, rows: number) => number][] = [
      ["last-example", (_, rows) => rows - 1],
      ["first-example", () => 0],
      ["previous-example", (n) => Math.max(0, n - 1)],
    ];
    return rows.flatMap(([form, row]) =>
      inEach(sets, ({ inputRow }, l) => inputRow[l] = row, form)
    );
  },

  "untransposed-backprop": (network) =>
    inEach(setsOf(layersOf(network).slice(1)), ({ backwardWeight }, l) => {
      backwardWeight[l] = (o, i) => i * network.layerSizes[l + 1] + o;
    }),

  "activation-layer-shift": (network) =>
    shifted(
      (by) => shiftable(layersOf(network), by, (l) => network.layerSizes[l]),
      (formulas, l, by) => formulas.inputOf[l] = l + by,
    ),

  "missing-output-derivative": ({ outputLoss, layerSizes }) =>
    outputLoss === "sigmoid-quadratic"
      ? inEach([[layerSizes.length - 2]], ({ slopes }, l) => slopes[l] = () => 1)
      : [],

  "missing-hidden-derivative": (network) =>
    inEach(setsOf(layersOf(network).slice(0, -1)), ({ slopes }, l) => slopes[l] = () => 1),

  "derivative-of-activation": (network) => {
    const { hiddenActivation, outputLoss } = network;
    const layers = layersOf(network);
    const last = layers.length - 1;
    const hidden = hiddenActivation === "relu" ? [] : layers.slice(0, -1);
    const affected = outputLoss === "sigmoid-quadratic" ? [...hidden, last] : hidden;
    const kindOf = (l: number) => l === last ? "sigmoid" : hiddenActivation;
    const sets = setsOf(affected);
    if (affected.length > 2 && affected.includes(last)) sets.splice(1, 0, hidden);
    const slopeAtA = ({ slopes }: Formulas, l: number) => {
      slopes[l] = (_, a) => activationSlope(kindOf(l), activate(kindOf(l), a));
    };
    const formulaInAFedWithZ = ({ slopes }: Formulas, l: number) => {
      slopes[l] = (z) => activationSlope(kindOf(l), z);
    };
    return [
      ...inEach(sets, slopeAtA, "slope-at-a"),
      ...inEach(sets, formulaInAFedWithZ, "a-formula-of-z"),
    ];
  },

  "other-loss": ({ outputLoss, layerSizes }) =>
    OTHER_DELTAS[outputLoss].map(([form, delta]) => ({
      form,
      layers: [layerSizes.length - 1],
      change: (formulas) => formulas.outputDelta = delta,
    })),

  "labels-shifted": ({ layerSizes }) => {
    const classes = layerSizes[layerSizes.length - 1];
    const hot: [Form, Formulas["hotLabel"]][] = [
      ["label-plus-1-wrapped", (label) => (label + 1) % classes],
      ["label-minus-1-wrapped", (label) => (label + classes - 1) % classes],
      ["label-plus-1", (label) => label + 1],
      ["label-minus-1", (label) => label - 1],
    ];
    return inData(hot, (formulas, hotLabel) => formulas.hotLabel = hotLabel);
  },

  "pixel-scale": () => inData(PIXEL_SCALES, (formulas, pixel) => formulas.pixel = pixel),

  "bias-layer-shift": (network) =>
    shifted(
      (by) =>
        shiftable(layersOf(network), by, (l) => network.layerSizes[l + 1])
          .filter((l) => l + by >= 0),
      (formulas, l, by) => formulas.biasDelta[l] = l + by,
    ),
};

/** The names of all mistakes, the most important first. */
export const MISTAKE_IDS = Object.keys(CATALOGUE) as MistakeId[];

/** All mistakes that are possible in this network. */
export const mistakesFor = (network: Network): Mistake[] =>
  MISTAKE_IDS.flatMap((id) => CATALOGUE[id](network).map((variant) => ({ id, ...variant })));

export function formulasWith(mistakes: readonly Mistake[], network: Network): Formulas {
  const formulas = rightFormulas(network);
  mistakes.forEach((mistake) => mistake.change(formulas));
  return formulas;
}

const layersOf = ({ layerSizes }: Network): number[] => layerSizes.slice(1).map((_, l) => l);

/** Sets of layers in which people make one mistake: all of them, then each alone. */
function setsOf(layers: readonly number[]): number[][] {
  const single = layers.map((l) => [l]);
  return layers.length > 1 ? [[...layers], ...single] : single;
}

const inEach = (
  sets: readonly (readonly number[])[],
  change: (formulas: Formulas, layer: number) => void,
  form?: Form,
): Variant[] =>
  sets.map((set) => ({
    ...(form && { form }),
    layers: set.map((l) => l + 1),
    change: (formulas) => set.forEach((l) => change(formulas, l)),
  }));

const inData = <T>(
  forms: readonly (readonly [Form, T])[],
  change: (formulas: Formulas, mistaken: T) => void,
): Variant[] =>
  forms.map(([form, mistaken]) => ({
    form,
    layers: [],
    change: (formulas) => change(formulas, mistaken),
  }));

/** Vectors that are taken from the layer below or above. */
const shifted = (
  layersBy: (by: number) => number[],
  change: (formulas: Formulas, layer: number, by: number) => void,
): Variant[] =>
  ([[-1, "layer-below"], [1, "layer-above"]] as const).flatMap(([by, form]) =>
    inEach(setsOf(layersBy(by)), (formulas, l) => change(formulas, l, by), form)
  );

/** Layers whose vector of `length(l)` could come from the layer `by` further: one that is as long or longer. */
const shiftable = (
  layers: readonly number[],
  by: number,
  length: (place: number) => number | undefined,
): number[] => layers.filter((l) => (length(l + by) ?? 0) >= length(l)!);

const PIXEL_SCALES: readonly [Form, Formulas["pixel"]][] = [
  ["not-divided", (byte) => byte],
  ["divided-twice", (byte) => byte / 255 ** 2],
  ["divided-by-256", (byte) => byte / 256],
  ["minus-1-to-1", (byte) => byte / 127.5 - 1],
  ["inverted", (byte) => 1 - byte / 255],
  ["binarised", (byte) => Number(byte >= 128)],
];

type OutputDelta = Formulas["outputDelta"];

const less = (a: Float64Array, hot: number) => a.map((value, k) => value - Number(k === hot));

/** (a − y) · a(1 − a): of the quadratic loss if a is a sigmoid. */
const withSigmoidSlope = (a: Float64Array, hot: number) =>
  less(a, hot).map((error, k) => error * a[k] * (1 - a[k]));

const quadraticOfSoftmax: OutputDelta = (z, hot) => {
  const a = softmax(z);
  const error = less(a, hot);
  const mean = a.reduce((sum, value, k) => sum + value * error[k], 0);
  return a.map((value, k) => value * (error[k] - mean));
};

const absoluteOfSigmoid: OutputDelta = (z, hot) =>
  z.map(sigmoid).map((a, k) => (k === hot ? -1 : 1) * a * (1 - a));

/** What people compute in place of the δ that the loss asks for. */
const OTHER_DELTAS: Readonly<Record<OutputLoss, readonly [Form, OutputDelta][]>> = {
  "sigmoid-quadratic": [
    ["softmax-cross-entropy", (z, hot) => less(softmax(z), hot)],
    ["softmax-quadratic", quadraticOfSoftmax],
    ["sigmoid-absolute", absoluteOfSigmoid],
  ],
  "softmax-cross-entropy": [
    ["sigmoid-cross-entropy", (z, hot) => less(z.map(sigmoid), hot)],
    ["sigmoid-quadratic", (z, hot) => withSigmoidSlope(z.map(sigmoid), hot)],
    ["softmax-quadratic", quadraticOfSoftmax],
    ["softmax-with-sigmoid-slope", (z, hot) => withSigmoidSlope(softmax(z), hot)],
  ],
};
