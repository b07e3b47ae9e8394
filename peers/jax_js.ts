/**
 * Peer jax_js: jax-js on its WebAssembly back end. One compiled function does a whole step: the gradient by
 * valueAndGrad, and the update. Nothing between them leaves the library.
 *
 * We use what is fastest in the library. Milliseconds a step at B = 10 and at B = 1,000 (Deno, 784-16-16-10):
 * - rows copied to a new array: 0.39 and 3.9; taken from an array of the whole subset: 0.56 and 4.8
 * - weights [out][in]: 0.18 and 3.0; [in][out]: 0.21 and 3.4
 *
 * Every function of jax-js takes over its arguments, so what is used again is passed as `.ref`.
 */
import { canonicalLayout, type LayerLayout } from "../src/model/layout.ts";
import type { HiddenActivation, Network } from "../src/model/network.ts";
import { createGather } from "./support/minibatch.ts";
import type { Problem } from "../src/gradients/contract.ts";
import { fromLibrary, library, type LibraryKernel } from "./support/library.ts";

/** What is used of @jax-js/jax, whose own types are missing where it is not installed. */
interface Jax {
  readonly numpy: {
    array(values: Float32Array): JaxArray;
    dot(a: JaxArray, b: JaxArray): JaxArray;
    maximum(a: JaxArray, b: number): JaxArray;
    square(a: JaxArray): JaxArray;
    tanh(a: JaxArray): JaxArray;
  };
  readonly nn: {
    sigmoid(z: JaxArray): JaxArray;
    relu(z: JaxArray): JaxArray;
    logSoftmax(z: JaxArray): JaxArray;
  };
  readonly tree: {
    ref<T>(tree: T): T;
    dispose(tree: unknown): void;
    map<T>(f: (a: JaxArray, b: JaxArray) => JaxArray, one: T, other: T): T;
  };
  jit<F>(f: F): F;
  valueAndGrad(
    f: Loss,
  ): (...args: Parameters<Loss>) => [value: JaxArray, gradient: LayerArrays[]];
  blockUntilReady(tree: unknown): Promise<unknown>;
}
interface JaxArray {
  readonly ref: JaxArray;
  readonly shape: number[];
  reshape(shape: number[]): JaxArray;
  transpose(): JaxArray;
  add(other: JaxArray): JaxArray;
  sub(other: JaxArray): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  sum(): JaxArray;
  data(): Promise<Float32Array>;
  dataSync(): Float32Array;
}
/** `type`, not `interface`: jax-js looks into records of arrays alone. */
type LayerArrays = {
  /** (outputs, inputs) */
  readonly weights: JaxArray;
  /** (outputs) */
  readonly biases: JaxArray;
};
type Loss = (layers: LayerArrays[], x: JaxArray, y: JaxArray) => JaxArray;

const JAX = "@jax-js/jax";

/**
 * Multiply-adds of the forward pass of a step from which its threads pay. Without them it calls its kernels
 * here, with them it sends messages to workers. Measured on two cores, milliseconds a step: 784-16-16-10 at
 * B = 10 (0.1 million) 0.4 and 1.0, at B = 1,000 (13 million) 4 and 6 to 8; 784-512-512-10 at B = 128 (86
 * million) 17 and 14.
 */
const THREADED_FROM = 50e6;

/** Its pool has as many workers as the machine has processors, unless the environment claims fewer. */
async function start(threads: number): Promise<void> {
  Object.defineProperty(navigator, "hardwareConcurrency", {
    value: threads,
    configurable: true,
  });
  await library<Jax>(JAX).blockUntilReady([]);
}

function open({ network, dataset, maxBatchSize, threads }: Problem): LibraryKernel {
  const { numpy: np, tree, jit, valueAndGrad, blockUntilReady } = library<Jax>(
    JAX,
  );
  const layout = canonicalLayout(network);
  const gather = createGather(dataset);
  const lossAndGradient = valueAndGrad(meanLoss(library<Jax>(JAX), network));
  const gradientAlone = jit(lossAndGradient);
  /** A step at this rate, which is part of the compiled function. */
  const descendAt = (rate: number) =>
    jit((layers: LayerArrays[], x: JaxArray, y: JaxArray) => {
      const [loss, gradient] = lossAndGradient(tree.ref(layers), x, y);
      return [
        loss,
        tree.map((p, g) => p.sub(g.mul(rate)), layers, gradient),
      ] as const;
    });

  const compiled = new Map<number, ReturnType<typeof descendAt>>();
  const descendOf = (rate: number) => {
    const descend = compiled.get(rate) ?? descendAt(rate);
    compiled.set(rate, descend);
    return descend;
  };

  const multiplyAdds = maxBatchSize * layout.length;
  const hasWorkers = typeof Worker !== "undefined"; // Node has none of this kind
  const threaded = threads > 1 && hasWorkers &&
    multiplyAdds >= THREADED_FROM;
  let layers: LayerArrays[] = [];

  const arraysOf = (rows: Uint32Array): [x: JaxArray, y: JaxArray] => {
    const { inputs, targets } = gather(rows);
    return [
      np.array(inputs).reshape([rows.length, dataset.features]),
      np.array(targets).reshape([rows.length, dataset.classes]),
    ];
  };

  /** Parameters, or their gradient, in canonical order. Takes them over. */
  const canonical = (arrays: LayerArrays[]): Float64Array => {
    const flat = new Float64Array(layout.length);
    for (const [l, { weights, biases }] of arrays.entries()) {
      flat.set(weights.dataSync(), layout.layers[l].weightOffset);
      flat.set(biases.dataSync(), layout.layers[l].biasOffset);
    }
    return flat;
  };

  return {
    threadsUsed: threaded ? threads : 1,
    load(parameters) {
      tree.dispose(layers);
      layers = layout.layers.map((place) => layerArrays(np, place, parameters));
    },
    dump: () => Promise.resolve(canonical(tree.ref(layers))),
    lossAndGradient(rows) {
      const [loss, gradient] = gradientAlone(
        tree.ref(layers),
        ...arraysOf(rows),
      );
      return { loss: loss.dataSync()[0], gradient: canonical(gradient) };
    },
    step(rows, rate) {
      // Lazy until a result is read: the loss, whose kernels and those of the update are one program.
      const [loss, updated] = descendOf(rate)(layers, ...arraysOf(rows));
      layers = updated;
      if (!threaded) return loss.dataSync()[0];
      return blockUntilReady(layers).then(() => loss.data()).then(([value]) => value);
    },
  };
}

function layerArrays(
  np: Jax["numpy"],
  { inputs, outputs, weightOffset, biasOffset }: LayerLayout,
  canonical: Float64Array,
): LayerArrays {
  const part = (start: number, count: number) =>
    np.array(Float32Array.from(canonical.subarray(start, start + count)));
  return {
    weights: part(weightOffset, outputs * inputs).reshape([outputs, inputs]),
    biases: part(biasOffset, outputs),
  };
}

/** The mean loss over the rows of x (rows, features), y (rows, classes) being 1 at the label. */
function meanLoss({ numpy: np, nn }: Jax, network: Network): Loss {
  // Where e^−z overflows float32, below −88, the derivative of nn.sigmoid is 0 · ∞, which is not a number.
  const sigmoid = (z: JaxArray) => nn.sigmoid(np.maximum(z, -80));
  const activate: Record<HiddenActivation, (z: JaxArray) => JaxArray> = {
    sigmoid,
    tanh: np.tanh,
    relu: nn.relu,
  };
  return (layers, x, y) => {
    const rows = x.shape[0];
    let a = x;
    for (const [l, { weights, biases }] of layers.entries()) {
      const z = np.dot(a, weights.transpose()).add(biases);
      a = l < layers.length - 1 ? activate[network.hiddenActivation](z) : z;
    }
    return network.outputLoss === "softmax-cross-entropy"
      ? nn.logSoftmax(a).mul(y).sum().mul(-1 / rows)
      : np.square(sigmoid(a).sub(y)).sum().mul(0.5 / rows);
  };
}

export default fromLibrary({
  name: "jax_js",
  summary: "jax-js on its WebAssembly back end, each step one compiled function",
  packages: [JAX],
  backEnd: "wasm",
  start,
  open,
});
