import { activate, activationSlope, sigmoid } from "../model/activation.ts";
import type { Network } from "../model/network.ts";
import { type Formulas, softmax } from "./formulas.ts";

/** A mistake in the formulas of a gradient, as people make them. */
export interface Mistake {
  readonly id: MistakeId;
  /** Of which layers, counted from 1; empty where it concerns the data. */
  readonly layers: readonly number[];
  /** Which of several forms it has, in words: "of the last example". */
  readonly form: string;
  /** Puts the mistaken formula in the place of the right one. */
  change(formulas: Formulas): void;
}

export type MistakeId =
  | "stale-activations"
  | "missing-output-derivative"
  | "missing-hidden-derivative"
  | "derivative-of-activation"
  | "untransposed-backprop"
  | "activation-layer-shift"
  | "bias-layer-shift"
  | "labels-shifted"
  | "pixel-scale"
  | "loss-mismatch";

/**
 * All mistakes that this network leaves room for, those that concern several layers at once before those that
 * concern single ones. Mistakes that change nothing (relu's slope is the same from z and from a) are not among
 * them.
 */
export function mistakesFor(network: Network): Mistake[] {
  return [
    ...staleActivations(network),
    ...outputDerivative(network),
    ...hiddenDerivatives(network),
    ...derivativesOfActivations(network),
    ...untransposed(network),
    ...activationShifts(network),
    ...biasShifts(network),
    ...labelShifts(network),
    ...PIXEL_SCALES,
    ...otherLosses(network),
  ];
}

const weightLayers = ({ layerSizes }: Network): number[] => layerSizes.slice(1).map((_, l) => l);

/** Sets of layers in which people make one mistake: all of them, then each. */
function setsOf(layers: readonly number[]): number[][] {
  const single = layers.map((l) => [l]);
  return layers.length > 1 ? [[...layers], ...single] : single;
}

function mistake(
  id: MistakeId,
  form: string,
  layers: readonly number[],
  change: (formulas: Formulas, layer: number) => void,
): Mistake {
  return {
    id,
    form,
    layers: layers.map((l) => l + 1),
    change: (formulas) => layers.forEach((l) => change(formulas, l)),
  };
}

function staleActivations(network: Network): Mistake[] {
  const layers = weightLayers(network);
  const [, ...hidden] = layers;
  // A program that keeps the pixels apart overwrites the list of the hidden activations alone.
  const sets = hidden.length > 1 ? [layers, hidden, ...layers.map((l) => [l])] : setsOf(layers);
  const rows = {
    "of the last example": (_: number, rows: number) => rows - 1,
    "of the first example": () => 0,
    "of the example before": (n: number) => Math.max(0, n - 1),
  };
  return Object.entries(rows).flatMap(([form, row]) =>
    sets.map((set) =>
      mistake("stale-activations", form, set, ({ inputRow }, l) => inputRow[l] = row)
    )
  );
}

function outputDerivative({ outputLoss, layerSizes }: Network): Mistake[] {
  if (outputLoss !== "sigmoid-quadratic") return [];
  return [
    mistake("missing-output-derivative", "", [layerSizes.length - 2], ({ slopes }, l) => {
      slopes[l] = () => 1;
    }),
  ];
}

/** Of layer l here is the slope of its neurons: what δ of layer l is multiplied with. */
function hiddenDerivatives(network: Network): Mistake[] {
  return setsOf(weightLayers(network).slice(0, -1)).map((set) =>
    mistake("missing-hidden-derivative", "", set, ({ slopes }, l) => slopes[l] = () => 1)
  );
}

function derivativesOfActivations(network: Network): Mistake[] {
  const { hiddenActivation, outputLoss } = network;
  const layers = weightLayers(network);
  const last = layers.length - 1;
  const hidden = hiddenActivation === "relu" ? [] : layers.slice(0, -1);
  const affected = outputLoss === "sigmoid-quadratic" ? [...hidden, last] : hidden;
  const kindOf = (l: number) => l === last ? "sigmoid" : hiddenActivation;
  const sets = setsOf(affected);
  if (affected.length > 2 && affected.includes(last)) sets.splice(1, 0, hidden);
  return [
    ...sets.map((set) =>
      mistake("derivative-of-activation", "σ′(a) for σ′(z)", set, ({ slopes }, l) => {
        slopes[l] = (_, a) => activationSlope(kindOf(l), activate(kindOf(l), a));
      })
    ),
    // The formula in terms of a, fed with z.
    ...sets.map((set) =>
      mistake("derivative-of-activation", "z(1 − z) for a(1 − a)", set, ({ slopes }, l) => {
        slopes[l] = (z) => activationSlope(kindOf(l), z);
      })
    ),
  ];
}

function untransposed(network: Network): Mistake[] {
  const { layerSizes } = network;
  return setsOf(weightLayers(network).slice(1)).map((set) =>
    mistake("untransposed-backprop", "", set, ({ backwardWeight }, l) => {
      backwardWeight[l] = (o, i) => i * layerSizes[l + 1] + o;
    })
  );
}

/**
 * Layers whose vectors of `length(l)` could be taken from another place, `by` further, that is as long or
 * longer.
 */
function shiftable(
  layers: readonly number[],
  by: number,
  length: (place: number) => number | undefined,
): number[] {
  return layers.filter((l) => (length(l + by) ?? 0) >= length(l)!);
}

function activationShifts(network: Network): Mistake[] {
  return [-1, 1].flatMap((by) => {
    const layers = shiftable(weightLayers(network), by, (l) => network.layerSizes[l]);
    return setsOf(layers).filter((set) => set.length > 0).map((set) =>
      mistake(
        "activation-layer-shift",
        by < 0 ? "of the layer below" : "of the layer above",
        set,
        ({ inputOf }, l) => inputOf[l] = l + by,
      )
    );
  });
}

function biasShifts(network: Network): Mistake[] {
  return [-1, 1].flatMap((by) => {
    const layers = shiftable(weightLayers(network), by, (l) => network.layerSizes[l + 1])
      .filter((l) => l + by >= 0);
    return setsOf(layers).filter((set) => set.length > 0).map((set) =>
      mistake(
        "bias-layer-shift",
        by < 0 ? "of the layer below" : "of the layer above",
        set,
        ({ biasDelta }, l) => biasDelta[l] = l + by,
      )
    );
  });
}

function labelShifts({ layerSizes }: Network): Mistake[] {
  const classes = layerSizes[layerSizes.length - 1];
  const forms: [string, (label: number) => number][] = [
    ["one too high", (label) => (label + 1) % classes],
    ["one too low", (label) => (label + classes - 1) % classes],
    ["one too high, the last label nowhere", (label) => label + 1],
    ["one too low, the first label nowhere", (label) => label - 1],
  ];
  return forms.map(([form, hot]) =>
    mistake("labels-shifted", form, [0], (formulas) => formulas.hotLabel = hot)
  ).map((one) => ({ ...one, layers: [] }));
}

const PIXEL_SCALES: readonly Mistake[] = Object.entries({
  "not divided by 255": (byte: number) => byte,
  "divided by 255 twice": (byte: number) => byte / 255 ** 2,
  "divided by 256": (byte: number) => byte / 256,
  "scaled to −1 to 1": (byte: number) => byte / 127.5 - 1,
  "1 − pixel / 255 (inverted)": (byte: number) => 1 - byte / 255,
  "made 0 or 1": (byte: number) => Number(byte >= 128),
}).map(([form, pixel]) => ({
  id: "pixel-scale",
  form,
  layers: [],
  change: (formulas: Formulas) => formulas.pixel = pixel,
}));

/** Gradients of losses that were not asked for. */
function otherLosses({ outputLoss, layerSizes }: Network): Mistake[] {
  const layer = layerSizes.length - 2;
  const less = (a: Float64Array, hot: number) => a.map((value, k) => value - Number(k === hot));
  const quadraticOfSoftmax = (z: Float64Array, hot: number): Float64Array => {
    const a = softmax(z);
    const error = less(a, hot);
    const mean = a.reduce((sum, value, k) => sum + value * error[k], 0);
    return a.map((value, k) => value * (error[k] - mean));
  };
  const deltas: [string, Formulas["outputDelta"]][] = outputLoss === "sigmoid-quadratic"
    ? [
      ["of softmax and cross-entropy", (z, hot) => less(softmax(z), hot)],
      ["of softmax and the quadratic loss", quadraticOfSoftmax],
      ["of the absolute error", (z, hot) =>
        z.map((value, k) => {
          const a = sigmoid(value);
          return (k === hot ? -1 : 1) * a * (1 - a);
        })],
    ]
    : [
      ["of sigmoid and cross-entropy", (z, hot) => less(z.map(sigmoid), hot)],
      ["of sigmoid and the quadratic loss", (z, hot) => {
        const a = z.map(sigmoid);
        return less(a, hot).map((error, k) => error * a[k] * (1 - a[k]));
      }],
      ["of softmax and the quadratic loss", quadraticOfSoftmax],
      ["of softmax with a(1 − a) of a sigmoid", (z, hot) => {
        const a = softmax(z);
        return less(a, hot).map((error, k) => error * a[k] * (1 - a[k]));
      }],
    ];
  return deltas.map(([form, delta]) =>
    mistake("loss-mismatch", form, [layer], (formulas) => formulas.outputDelta = delta)
  );
}
