/**
 * Peer brain_js: brain.js's NeuralNetwork, which many meet first in JavaScript: plain loops over one example at a time,
 * float32.
 *
 * The library updates its weights after every example and knows no minibatches. So the forward pass and the errors of
 * each example are the library's (`runInput`, `calculateDeltas`), and the sum over a minibatch and the update are
 * written here as its `adjustWeights` is, one loop over the weights of each unit. All its layers have one activation,
 * and its loss is the sum of squares: it computes sigmoid networks with quadratic loss only.
 *
 * Version 1.6.1, the last that is not a preview. Its GPU classes (gpu.js) are not used.
 */
import { canonicalLayout } from "../src/model/layout.ts";
import type { Problem } from "../src/gradients/contract.ts";
import { createGather } from "./support/minibatch.ts";
import { fromLibrary, library, type LibraryKernel } from "./support/library.ts";

/** What is used of brain.js, whose types leave the parts out. [layer] counts from the input, which has no weights. */
interface NeuralNetwork {
  sizes: number[];
  initialize(): void;
  runInput(input: Float32Array): Float32Array;
  /** Passes −dLoss/dz back to `deltas`. */
  calculateDeltas(target: Float32Array): void;
  /** [layer][unit] (inputs) */
  readonly weights: Float32Array[][];
  readonly biases: Float32Array[];
  readonly outputs: Float32Array[];
  readonly deltas: Float32Array[];
}
interface Brain {
  readonly NeuralNetwork: new (options: { activation: "sigmoid" }) => NeuralNetwork;
}

const BRAIN = "brain.js";

function open({ network, dataset }: Problem): LibraryKernel {
  const { hiddenActivation, outputLoss, layerSizes } = network;
  if (hiddenActivation !== "sigmoid" || outputLoss !== "sigmoid-quadratic") {
    throw new Error(
      `brain.js computes sigmoid layers with quadratic loss, not ${hiddenActivation}, ${outputLoss}`,
    );
  }
  const { NeuralNetwork } = library<Brain>(BRAIN);
  const net = new NeuralNetwork({ activation: "sigmoid" });
  net.sizes = [...layerSizes];
  net.initialize();
  const layout = canonicalLayout(network);
  const units = layout.layers.flatMap(({ outputs, inputs, weightOffset, biasOffset }, l) =>
    Array.from({ length: outputs }, (_, unit) => ({
      layer: l + 1,
      unit,
      weights: net.weights[l + 1][unit],
      weightOffset: weightOffset + unit * inputs,
      biasOffset: biasOffset + unit,
    }))
  );
  /** (layout.length) −gradient of the summed loss, canonical order. */
  const sum = new Float32Array(layout.length);
  const gather = createGather(dataset);
  const classes = dataset.classes;

  /** Fills `sum`; returns the summed loss. */
  const addUp = (rows: Uint32Array): number => {
    const { inputs, targets } = gather(rows);
    sum.fill(0);
    let loss = 0;
    for (let n = 0; n < rows.length; n++) {
      const target = targets.subarray(n * classes, (n + 1) * classes);
      const output = net.runInput(
        inputs.subarray(n * dataset.features, (n + 1) * dataset.features),
      );
      for (let k = 0; k < classes; k++) loss += 0.5 * (output[k] - target[k]) ** 2;
      net.calculateDeltas(target);
      for (const { layer, unit, weightOffset, biasOffset } of units) {
        const incoming = net.outputs[layer - 1];
        const delta = net.deltas[layer][unit];
        for (let i = 0; i < incoming.length; i++) sum[weightOffset + i] += delta * incoming[i];
        sum[biasOffset] += delta;
      }
    }
    return loss;
  };
  return {
    threadsUsed: 1,
    load(canonical) {
      for (const { layer, unit, weights, weightOffset, biasOffset } of units) {
        weights.set(canonical.subarray(weightOffset, weightOffset + weights.length));
        net.biases[layer][unit] = canonical[biasOffset];
      }
    },
    dump() {
      const canonical = new Float64Array(layout.length);
      for (const { layer, unit, weights, weightOffset, biasOffset } of units) {
        canonical.set(weights, weightOffset);
        canonical[biasOffset] = net.biases[layer][unit];
      }
      return Promise.resolve(canonical);
    },
    lossAndGradient(rows) {
      const loss = addUp(rows) / rows.length;
      return { loss, gradient: Float64Array.from(sum, (one) => -one / rows.length) };
    },
    step(rows, rate) {
      const loss = addUp(rows) / rows.length;
      const share = rate / rows.length;
      for (const { layer, unit, weights, weightOffset, biasOffset } of units) {
        for (let i = 0; i < weights.length; i++) weights[i] += share * sum[weightOffset + i];
        net.biases[layer][unit] += share * sum[biasOffset];
      }
      return loss;
    },
  };
}

export default fromLibrary({
  name: "brain_js",
  summary: "brain.js, its loops over one example at a time, summed to minibatches",
  packages: [BRAIN],
  backEnd: "javascript",
  network: { hiddenActivation: "sigmoid", outputLoss: "sigmoid-quadratic" },
  start: () => Promise.resolve(),
  open,
});
