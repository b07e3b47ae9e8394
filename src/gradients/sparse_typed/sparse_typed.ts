import { TooLarge } from "../../base/errors.ts";
import type { Dataset } from "../../data/dataset.ts";
import { chunksOf } from "../../data/rows.ts";
import { activate, activationSlope, outputLossAndDelta } from "../../model/activation.ts";
import { inputMajorLayout } from "../../model/layout.ts";
import type { GradientImplementation, PhaseClock, SyncKernel } from "../contract.ts";
import {
  addBiases,
  addProducts,
  addWeightProducts,
  createTerms,
  type InputMajorLayer,
  type Terms,
  throughWeights,
  weightedSums,
} from "./weighted_terms.ts";

/**
 * A step of so few examples adds to the first layer's weights themselves, once all its examples have their δ: there are
 * no sums to add and to clear. Each weight is then rounded once for each example.
 */
const MOST_DIRECT = 16;

/**
 * Backpropagation example by example, for non-zero pixels only: a pixel of 0 adds nothing to a weighted sum.
 * `open` lists the others, a fifth of a digit's pixels.
 *
 * Weights are input-major, so one pixel's weights to all neurons fill one or two cache lines. The forward pass
 * and the gradient use the same list of terms; in hidden layers every activation is a term. float64 throughout:
 * float32 would be converted at every access.
 */
export const sparseTyped: GradientImplementation = {
  name: "sparse_typed",
  summary: "typed arrays, non-zero pixels only, weights of a pixel side by side, four sums at once",
  precision: "float64",
  backEnd: "javascript",
  skipsZeroPixels: true,

  open({ network, dataset, maxBatchSize }): SyncKernel {
    const { layerSizes, hiddenActivation, outputLoss } = network;
    const { classes, labels } = dataset;
    const layout = inputMajorLayout(network);
    const parameters = new Float64Array(layout.length);
    const gradient = new Float64Array(layout.length);
    /** (layout.length) the gradient within a step; 0 between steps. */
    const sums = new Float64Array(layout.length);
    const layersInto = (target: Float64Array) =>
      layout.layers.map(({ inputs, outputs, weightOffset, biasOffset }): InputMajorLayer => ({
        inputs,
        outputs,
        weights: parameters.subarray(weightOffset, biasOffset),
        biases: parameters.subarray(biasOffset, biasOffset + outputs),
        weightGradient: target.subarray(weightOffset, biasOffset),
        biasGradient: target.subarray(biasOffset, biasOffset + outputs),
      }));
    const layers = layersInto(gradient);
    const layersOfStep = layersInto(sums);
    const last = layers.length - 1;
    /** (pixels) 1 where one of the minibatch's examples has a pixel that is not 0. */
    const touched = new Uint8Array(layers[0].inputs);
    const readPixels = nonZeroPixels(dataset, layers[0].outputs, touched);
    /** [l] what enters layer l; of a direct step, `pixelsOf` has what enters layer 0. */
    const terms = layers.map(({ inputs, outputs }, l) => {
      const ofLayer = createTerms(inputs);
      if (l === 0) return ofLayer;
      ofLayer.count = inputs;
      ofLayer.offsets.forEach((_, i) => ofLayer.offsets[i] = i * outputs);
      return ofLayer;
    });
    /** [l] (outputs of layer l) dLoss/dz; of a direct step, `deltasOf` has that of layer 0. */
    const deltas = layerSizes.slice(1).map((size) => new Float64Array(size));
    const direct = Math.min(MOST_DIRECT, maxBatchSize);
    const [{ inputs, outputs }] = layers;
    /** [example of a direct step] */
    const pixelsOf = Array.from({ length: direct }, () => createTerms(inputs));
    const deltasOf = Array.from({ length: direct }, () => new Float64Array(outputs));

    /**
     * Writes the pixels of an example and dLoss/dz of layer 0, times `scale`, and adds the gradient of all but the first
     * layer's weights to that of `layers`. Returns the loss.
     */
    const toFirstLayer = (
      layers: readonly InputMajorLayer[],
      row: number,
      scale: number,
      pixels: Terms,
      firstDelta: Float64Array,
      phases?: PhaseClock,
    ): number => {
      phases?.("gather");
      readPixels(row, pixels);

      phases?.("forward");
      const output = last === 0 ? firstDelta : deltas[last];
      for (let l = 0; l < last; l++) {
        const a = terms[l + 1].values;
        weightedSums(layers[l], l === 0 ? pixels : terms[l], a);
        for (let o = 0; o < a.length; o++) a[o] = activate(hiddenActivation, a[o]);
      }
      weightedSums(layers[last], last === 0 ? pixels : terms[last], output);

      phases?.("loss");
      const loss = outputLossAndDelta(outputLoss, output, 0, classes, labels[row]);
      for (let k = 0; k < classes; k++) output[k] *= scale; // so that the sums are means

      for (let l = last; l > 0; l--) {
        const a = terms[l].values;
        const below = l === 1 ? firstDelta : deltas[l - 1];
        phases?.("accumulate");
        addProducts(layers[l], terms[l], deltas[l]);
        phases?.("backward");
        throughWeights(layers[l], deltas[l], below);
        for (let i = 0; i < below.length; i++) below[i] *= activationSlope(hiddenActivation, a[i]);
      }
      phases?.("accumulate");
      addBiases(layers[0].biasGradient, firstDelta);
      return loss;
    };

    /** Adds the minibatch's gradient to that of `layers`; returns the mean loss. */
    const addUp = (layers: readonly InputMajorLayer[], batch: Uint32Array, phases?: PhaseClock) => {
      const scale = 1 / batch.length;
      const [pixels] = terms;
      const [delta] = deltas;
      let lossSum = 0;
      for (const row of batch) {
        lossSum += toFirstLayer(layers, row, scale, pixels, delta, phases);
        addWeightProducts(layers[0].weightGradient, outputs, pixels, delta);
      }
      return lossSum * scale;
    };

    /** The same for a step, but the gradient of the first layer's weights is taken from these. */
    const addToWeights = (batch: Uint32Array, rate: number): number => {
      const scale = 1 / batch.length;
      let lossSum = 0;
      for (let n = 0; n < batch.length; n++) {
        lossSum += toFirstLayer(layersOfStep, batch[n], scale, pixelsOf[n], deltasOf[n]);
      }
      for (let n = 0; n < batch.length; n++) {
        const delta = deltasOf[n];
        for (let o = 0; o < outputs; o++) delta[o] *= -rate;
        addWeightProducts(layers[0].weights, outputs, pixelsOf[n], delta);
      }
      return lossSum * scale;
    };

    return {
      mode: "sync",
      layout,
      parameters,
      gradient,

      lossAndGradient(batch, phases) {
        phases?.("accumulate");
        gradient.fill(0);
        return addUp(layers, batch, phases);
      },

      step(batch, rate) {
        if (batch.length <= direct) {
          const loss = addToWeights(batch, rate);
          apply(parameters, sums, rate, inputs * outputs, parameters.length);
          return loss;
        }
        const loss = addUp(layersOfStep, batch);
        // The rows of the other pixels have a gradient of 0.
        for (let i = 0; i < inputs; i++) {
          if (touched[i] === 0) continue;
          touched[i] = 0;
          apply(parameters, sums, rate, i * outputs, (i + 1) * outputs);
        }
        apply(parameters, sums, rate, inputs * outputs, parameters.length);
        return loss;
      },

      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

/** parameters −= rate · sums and sums = 0, for the elements from `start` to `end`. */
function apply(
  parameters: Float64Array,
  sums: Float64Array,
  rate: number,
  start: number,
  end: number,
): void {
  for (let p = start; p < end; p++) {
    parameters[p] -= rate * sums[p];
    sums[p] = 0;
  }
}

/** Indices that two bytes hold. */
const MOST_SHORT = 2 ** 16;
/** Starts have four bytes. */
const MOST_ENTRIES = 2 ** 32 - 1;

/**
 * Lists the non-zero pixels of the subset, whose rows are read piece by piece. Returns a function that writes those of
 * one row to `terms` and marks them in `touched`. Throws TooLarge if there are more than can be counted.
 */
function nonZeroPixels(
  dataset: Dataset,
  outputs: number,
  touched: Uint8Array,
): (row: number, terms: Terms) => void {
  const { count, features } = dataset;
  const starts = new Uint32Array(count + 1);
  let total = 0;
  for (const { first, count: rows, pixels } of chunksOf(dataset)) {
    for (let n = 0, at = 0; n < rows; n++) {
      for (const end = at + features; at < end; at++) if (pixels[at] !== 0) total++;
      starts[first + n + 1] = total;
    }
  }
  if (total > MOST_ENTRIES) {
    throw new TooLarge(
      `Cannot open the kernel: the subset has ${total} pixels that are not 0, expected at most ${MOST_ENTRIES}; ` +
        "use a smaller subset",
      { of: "list", needed: total, limit: MOST_ENTRIES },
    );
  }
  const places = features <= MOST_SHORT ? new Uint16Array(total) : new Int32Array(total);
  const bytes = new Uint8Array(total);
  let entry = 0;
  for (const { count: rows, pixels } of chunksOf(dataset)) {
    for (let n = 0; n < rows; n++) {
      for (let i = 0; i < features; i++) {
        const pixel = pixels[n * features + i];
        if (pixel === 0) continue;
        places[entry] = i;
        bytes[entry++] = pixel;
      }
    }
  }
  const valueOf = Float64Array.from({ length: 256 }, (_, byte) => byte / 255);
  return (row, terms) => {
    const first = starts[row], length = starts[row + 1] - first;
    const { offsets, values } = terms;
    terms.count = length;
    for (let t = 0; t < length; t++) {
      const place = places[first + t];
      touched[place] = 1;
      offsets[t] = Math.imul(place, outputs);
      values[t] = valueOf[bytes[first + t]];
    }
  };
}
