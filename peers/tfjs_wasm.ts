/**
 * Peer tfjs_wasm: TensorFlow.js on its WebAssembly back end, as its guides show it: tensors, automatic
 * differentiation and the library's own SGD.
 *
 * We use what is fastest in the library. Milliseconds a step at B = 10 and at B = 1,000 (Deno, 784-16-16-10):
 * - rows copied to a new tensor: 0.5 and 16; gathered from a tensor of the whole subset: 0.7 and 37
 * - weights [in][out]: 0.5 and 16; [out][in]: 0.5 and 26
 * - matMul and add: 0.5 and 16; the fused kernel: 0.7 and 43
 * - `minimize`: 0.5 and 16; variableGrads and assign: 0.5 and 25
 */
import {
  canonicalLayout,
  type LayerLayout,
  type Layout,
  readParameters,
  writeParameters,
} from "../src/model/layout.ts";
import type { HiddenActivation, Network } from "../src/model/network.ts";
import { createGather } from "./support/minibatch.ts";
import type { Problem } from "../src/gradients/contract.ts";
import { fromLibrary, library, type LibraryKernel, packageFolder } from "./support/library.ts";

/** What is used of @tensorflow/tfjs, whose own types are missing where it is not installed. */
interface TensorFlow {
  enableProdMode(): void;
  setBackend(name: string): Promise<boolean>;
  tidy<T>(work: () => T): T;
  tensor(values: Float32Array, shape: number[]): Tensor;
  zeros(shape: number[]): Tensor;
  variable(initial: Tensor): Variable;
  variableGrads(
    loss: () => Tensor,
    variables: Variable[],
  ): { value: Tensor; grads: Record<string, Tensor> };
  matMul(a: Tensor, b: Tensor): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  mul(a: Tensor, b: number): Tensor;
  sum(a: Tensor): Tensor;
  squaredDifference(a: Tensor, b: Tensor): Tensor;
  sigmoid(a: Tensor): Tensor;
  tanh(a: Tensor): Tensor;
  relu(a: Tensor): Tensor;
  readonly losses: {
    softmaxCrossEntropy(onehot: Tensor, logits: Tensor): Tensor;
  };
  readonly train: { sgd(rate: number): Optimizer };
}
interface Tensor {
  dataSync(): Float32Array;
}
interface Variable extends Tensor {
  readonly name: string;
  assign(value: Tensor): void;
}
interface Optimizer {
  minimize(loss: () => Tensor, returnCost: true, variables: Variable[]): Tensor;
}
interface WasmBackEnd {
  setWasmPaths(folder: string): void;
  setThreadsCount(threads: number): void;
  getThreadsCount(): number;
}

const TFJS = "@tensorflow/tfjs";
const BACK_END = "@tensorflow/tfjs-backend-wasm";

/**
 * The back end has threads in browsers alone: it turns them off where it finds itself in Node, as which
 * Deno and Bun count too (dist/flags_wasm.js). It is asked all the same, and says how many it took.
 */
async function start(threads: number): Promise<void> {
  const tf = library<TensorFlow>(TFJS);
  const { setWasmPaths, setThreadsCount } = library<WasmBackEnd>(BACK_END);
  setWasmPaths(packageFolder(BACK_END) + "dist/"); // its binaries
  setThreadsCount(threads);
  tf.enableProdMode();
  if (!await tf.setBackend("wasm")) {
    throw new Error("its WebAssembly back end does not start");
  }
}

interface Layer {
  readonly place: LayerLayout;
  /** (inputs, outputs) */
  readonly weights: Variable;
  /** (outputs) */
  readonly biases: Variable;
}

function open({ network, dataset }: Problem): LibraryKernel {
  const tf = library<TensorFlow>(TFJS);
  const layout = inputMajorLayout(network);
  const layers = layout.layers.map((place): Layer => ({
    place,
    weights: tf.variable(tf.zeros([place.inputs, place.outputs])),
    biases: tf.variable(tf.zeros([place.outputs])),
  }));
  const variables = layers.flatMap(({ weights, biases }) => [weights, biases]);
  const activate = activationOf(tf, network.hiddenActivation);
  const optimizers = new Map<number, Optimizer>();
  const optimizerOf = (rate: number): Optimizer => {
    const optimizer = optimizers.get(rate) ?? tf.train.sgd(rate);
    optimizers.set(rate, optimizer);
    return optimizer;
  };
  const gather = createGather(dataset);

  /** Mean loss over these rows, to be differentiated. */
  const lossOf = (rows: Uint32Array): () => Tensor => {
    const { inputs, targets } = gather(rows);
    const x = tf.tensor(inputs, [rows.length, dataset.features]);
    const y = tf.tensor(targets, [rows.length, dataset.classes]);
    return () => {
      let a = x;
      for (const [l, { weights, biases }] of layers.entries()) {
        const z = tf.add(tf.matMul(a, weights), biases);
        a = l < layers.length - 1 ? activate(z) : z;
      }
      return network.outputLoss === "softmax-cross-entropy"
        ? tf.losses.softmaxCrossEntropy(y, a)
        : tf.mul(
          tf.sum(tf.squaredDifference(tf.sigmoid(a), y)),
          0.5 / rows.length,
        );
    };
  };

  /** What `valueOf` gives for each variable, in canonical order. */
  const canonical = (valueOf: (variable: Variable) => Tensor): Float64Array => {
    const flat = new Float32Array(layout.length);
    for (const { place, weights, biases } of layers) {
      flat.set(valueOf(weights).dataSync(), place.weightOffset);
      flat.set(valueOf(biases).dataSync(), place.biasOffset);
    }
    return readParameters(flat, layout, network);
  };

  return {
    threadsUsed: library<WasmBackEnd>(BACK_END).getThreadsCount(),
    load(parameters) {
      const flat = new Float32Array(layout.length);
      writeParameters(parameters, network, layout, flat);
      tf.tidy(() => {
        for (const { place, weights, biases } of layers) {
          const { inputs, outputs, weightOffset, biasOffset } = place;
          weights.assign(
            tf.tensor(flat.subarray(weightOffset, biasOffset), [
              inputs,
              outputs,
            ]),
          );
          biases.assign(
            tf.tensor(flat.subarray(biasOffset, biasOffset + outputs), [
              outputs,
            ]),
          );
        }
      });
    },
    dump: () => Promise.resolve(canonical((variable) => variable)),
    lossAndGradient: (rows) =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(lossOf(rows), variables);
        return {
          loss: value.dataSync()[0],
          gradient: canonical(({ name }) => grads[name]),
        };
      }),
    step: (rows, rate) =>
      tf.tidy(() => optimizerOf(rate).minimize(lossOf(rows), true, variables).dataSync()[0]),
  };
}

/** For each layer, weights [in][out], then biases: x · w needs no transposition. */
function inputMajorLayout(network: Network): Layout {
  const { length, layers } = canonicalLayout(network);
  return {
    length,
    layers: layers.map((layer) => ({ ...layer, outStride: 1, inStride: layer.outputs })),
  };
}

function activationOf(
  tf: TensorFlow,
  activation: HiddenActivation,
): (z: Tensor) => Tensor {
  if (activation === "sigmoid") return tf.sigmoid;
  return activation === "tanh" ? tf.tanh : tf.relu;
}

export default fromLibrary({
  name: "tfjs_wasm",
  summary: "TensorFlow.js on its WebAssembly back end (one thread outside browsers), its own SGD",
  packages: [TFJS, BACK_END],
  backEnd: "wasm",
  start,
  open,
});
