/**
 * A network as people write it from a textbook, with switches for the mistakes they make. It shares no code with
 * src/diagnose/inside/, so that diagnose is not tested with its own formulas.
 */
import { randomFrom } from "../../src/base/random.ts";
import type { Network } from "../../src/model/network.ts";
import type { ShortFormImplementation } from "../../src/gradients/contract.ts";

/** Layers are counted from 1, as in findings. */
export interface Switches {
  /** Part ("w2", "b1", "all") → factor of its finished gradient. */
  readonly times?: Readonly<Record<string, number>>;
  readonly average?: "sum" | "twice" | "by longest";
  readonly stale?: readonly number[];
  readonly noOutputSlope?: boolean;
  readonly noHiddenSlope?: readonly number[];
  /** σ′(a) where σ′(z) belongs. */
  readonly slopeOfA?: readonly number[];
  readonly untransposed?: readonly number[];
  /** Layer → how many layers away its activations are taken from. */
  readonly activationsFrom?: Readonly<Record<number, number>>;
  readonly biasesFrom?: Readonly<Record<number, number>>;
  readonly unwrittenBiases?: readonly number[];
  readonly keepsSums?: boolean;
  readonly addsToArray?: boolean;
  readonly skips?: "last" | "first" | "ragged" | "short";
  readonly labelsBy?: number;
  readonly pixels?: (byte: number) => number;
  readonly deltaOf?: "softmax cross-entropy" | "sigmoid quadratic";
  readonly lossTimes?: number;
  readonly updates?: number;
  readonly noise?: number;
  readonly unguarded?: boolean;
  /** An unusual mistake: the gradients of layer 2's weights are squared. */
  readonly odd?: boolean;
}

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly w: number;
  readonly b: number;
}

/** One generator for all kernels: no two calls of a noisy one give the same. */
const random = randomFrom(1, "noise of a mistaken gradient");

export function mistaken(switches: Switches): ShortFormImplementation {
  return {
    name: "mistaken",
    summary: "a textbook network with mistakes",
    precision: "float64",
    prepare({ network, dataset, maxBatchSize }) {
      const layers = layersOf(network);
      const kept: Float64Array[] = [];
      return (parameters, batch, gradient) => {
        let rows = Array.from(batch);
        const all = rows.length;
        if (switches.skips === "last") rows = rows.slice(0, -1);
        if (switches.skips === "first") rows = rows.slice(1);
        if (switches.skips === "ragged") rows = rows.slice(0, all - all % 4);
        if (switches.skips === "short" && all < maxBatchSize) rows = [];
        const passes = rows.map((row) => {
          const pixels = dataset.pixels.subarray(
            row * dataset.features,
            (row + 1) * dataset.features,
          );
          const x = Array.from(pixels, switches.pixels ?? ((byte) => byte / 255));
          const classes = network.layerSizes[network.layerSizes.length - 1];
          const label = (dataset.labels[row] + (switches.labelsBy ?? 0) + classes) % classes;
          return forward(network, layers, parameters, x, label, switches);
        });
        const sums = new Float64Array(gradient.length);
        for (const pass of passes) {
          addBackward(network, layers, parameters, pass, passes[passes.length - 1], switches, sums);
        }
        const count = { sum: 1, twice: all * all, "by longest": maxBatchSize };
        const by = switches.average ? count[switches.average] : all;
        const noise = switches.noise ?? 0;
        let result = sums.map((g) => g / by * (1 + noise * random.uniform()));
        if (switches.keepsSums) {
          kept.push(result);
          result = result.map((_, p) => kept.reduce((sum, one) => sum + one[p], 0));
        }
        for (const [l, { w, b, outputs }] of layers.entries()) {
          const { all: every = 1 } = switches.times ?? {};
          const [ofW, ofB] = [`w${l + 1}`, `b${l + 1}`].map((key) => switches.times?.[key] ?? 1);
          for (let p = w; p < b; p++) write(p, every * ofW);
          if (switches.odd && l === 1) { for (let p = w; p < b; p++) gradient[p] **= 2; }
          if (switches.unwrittenBiases?.includes(l + 1)) continue;
          for (let p = b; p < b + outputs; p++) write(p, every * ofB);
        }
        function write(p: number, factor: number) {
          if (switches.addsToArray) gradient[p] += factor * result[p];
          else gradient[p] = factor * result[p];
        }
        if (switches.updates) {
          for (let p = 0; p < gradient.length; p++) parameters[p] -= switches.updates * gradient[p];
        }
        const loss = passes.reduce((sum, pass) => sum + pass.loss, 0) / all;
        return loss * (switches.lossTimes ?? 1);
      };
    },
  };
}

function layersOf({ layerSizes }: Network): Layer[] {
  let at = 0;
  return layerSizes.slice(1).map((outputs, l) => {
    const inputs = layerSizes[l];
    const layer = { inputs, outputs, w: at, b: at + inputs * outputs };
    at = layer.b + outputs;
    return layer;
  });
}

interface Pass {
  readonly a: number[][];
  readonly z: number[][];
  readonly y: number[];
  readonly loss: number;
}

function forward(
  network: Network,
  layers: readonly Layer[],
  parameters: ArrayLike<number>,
  x: number[],
  label: number,
  { unguarded = false }: Switches,
): Pass {
  const a = [x];
  const z: number[][] = [];
  for (const [l, { inputs, outputs, w, b }] of layers.entries()) {
    const sums: number[] = [];
    for (let o = 0; o < outputs; o++) {
      let sum = parameters[b + o];
      for (let i = 0; i < inputs; i++) sum += parameters[w + o * inputs + i] * a[l][i];
      sums.push(sum);
    }
    z.push(sums);
    const isLast = l === layers.length - 1;
    if (isLast && network.outputLoss === "softmax-cross-entropy") {
      a.push(softmax(sums, unguarded));
    } else if (isLast || network.hiddenActivation === "sigmoid") {
      a.push(sums.map((value) => logistic(value, unguarded)));
    } else if (network.hiddenActivation === "tanh") a.push(sums.map(Math.tanh));
    else a.push(sums.map((value) => value > 0 ? value : 0));
  }
  const output = a[a.length - 1];
  const y = output.map((_, k) => k === label ? 1 : 0);
  const loss = network.outputLoss === "softmax-cross-entropy"
    ? crossEntropy(z[z.length - 1], label, output, unguarded)
    : output.reduce((sum, value, k) => sum + (value - y[k]) ** 2 / 2, 0);
  return { a, z, y, loss };
}

function logistic(z: number, unguarded: boolean): number {
  return unguarded ? Math.exp(z) / (1 + Math.exp(z)) : 1 / (1 + Math.exp(-z));
}

function softmax(z: readonly number[], unguarded: boolean): number[] {
  const most = unguarded ? 0 : Math.max(...z);
  const powers = z.map((value) => Math.exp(value - most));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}

function crossEntropy(
  z: readonly number[],
  label: number,
  output: readonly number[],
  unguarded: boolean,
): number {
  if (unguarded) return -Math.log(output[label]);
  const most = Math.max(...z);
  return Math.log(z.reduce((sum, value) => sum + Math.exp(value - most), 0)) + most - z[label];
}

function slope(network: Network, z: number): number {
  const s = logistic(z, false);
  if (network.hiddenActivation === "sigmoid") return s * (1 - s);
  if (network.hiddenActivation === "tanh") return 1 - Math.tanh(z) ** 2;
  return z > 0 ? 1 : 0;
}

function addBackward(
  network: Network,
  layers: readonly Layer[],
  parameters: ArrayLike<number>,
  { a, z, y }: Pass,
  lastPass: Pass,
  switches: Switches,
  sums: Float64Array,
): void {
  const top = layers.length - 1;
  const has = (list: readonly number[] | undefined, l: number) => list?.includes(l + 1) ?? false;
  const deltas: number[][] = [];
  const sigmoidSlope = (value: number) => logistic(value, false) * (1 - logistic(value, false));
  const kind = switches.deltaOf ??
    (network.outputLoss === "softmax-cross-entropy"
      ? "softmax cross-entropy"
      : "sigmoid quadratic");
  deltas[top] = kind === "softmax cross-entropy"
    ? softmax(z[top], switches.unguarded ?? false).map((value, k) => value - y[k])
    : z[top].map((value, k) => {
      const error = logistic(value, switches.unguarded ?? false) - y[k];
      if (switches.noOutputSlope) return error;
      return error * sigmoidSlope(has(switches.slopeOfA, top) ? logistic(value, false) : value);
    });
  for (let l = top - 1; l >= 0; l--) {
    const above = layers[l + 1];
    deltas[l] = z[l].map((value, i) => {
      let sum = 0;
      for (let o = 0; o < above.outputs; o++) {
        const at = has(switches.untransposed, l + 1) ? i * above.outputs + o : o * above.inputs + i;
        sum += parameters[above.w + at] * deltas[l + 1][o];
      }
      if (has(switches.noHiddenSlope, l)) return sum;
      return sum * slope(network, has(switches.slopeOfA, l) ? a[l + 1][i] : value);
    });
  }
  for (const [l, { inputs, outputs, w, b }] of layers.entries()) {
    const from = l + (switches.activationsFrom?.[l + 1] ?? 0);
    const activations = (has(switches.stale, l) ? lastPass : { a }).a[from];
    const biases = deltas[l + (switches.biasesFrom?.[l + 1] ?? 0)];
    for (let o = 0; o < outputs; o++) {
      for (let i = 0; i < inputs; i++) sums[w + o * inputs + i] += deltas[l][o] * activations[i];
      sums[b + o] += biases[o];
    }
  }
}
