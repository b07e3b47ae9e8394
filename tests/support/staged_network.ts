/**
 * A network written stage by stage, each stage exchangeable, so that any mistakes can be planted together. It shares no
 * code with src/diagnose/, so that diagnose is not tested with its own formulas. Layers count from 1, as in findings.
 */
import type { ShortFormImplementation } from "../../src/gradients/contract.ts";
import type { Network } from "../../src/model/network.ts";

type PerLayer<T> = Readonly<Record<number, T>>;
type Neuron = (z: number, a: number) => number;

export interface Stages {
  readonly pixel?: (byte: number, pixels: readonly number[]) => number;
  /** Whose pixels a row has. */
  readonly source?: (row: number, rows: number) => number;
  readonly order?: (i: number, pixels: number) => number;
  readonly target?: (label: number, k: number, classes: number) => number;
  readonly activation?: PerLayer<(z: number) => number>;
  readonly biasFactor?: PerLayer<number>;
  /** What δ is multiplied with in place of the activation that enters. */
  readonly product?: PerLayer<"below" | "z">;
  /** δ of the output from a, z and y. */
  readonly outputDelta?: (a: number, z: number, y: number) => number;
  /** The same from all z and y of a row. */
  readonly outputVector?: (z: readonly number[], y: readonly number[]) => number[];
  readonly softmaxOverRows?: boolean;
  /** What is passed down to a layer: δ above without its slope. */
  readonly passesError?: readonly number[];
  readonly weights?: PerLayer<(w: number) => number>;
  readonly untransposed?: readonly number[];
  readonly updated?: PerLayer<number>;
  readonly slope?: PerLayer<Neuron>;
  readonly bias?: PerLayer<"sum" | "row-sum" | "error">;
  /** "w1", "b2" → factor. */
  readonly times?: Readonly<Record<string, number>>;
  readonly reduce?: "sum" | "twice" | "last" | "means" | "sequential";
  readonly decay?: number;
  /** λ sign(w) is added to the gradient of each weight. */
  readonly signDecay?: number;
  readonly biasDecay?: number;
  readonly clip?: number;
  readonly clipNorm?: number;
  readonly layout?: "biases-first" | "transposed" | "weights-then-biases";
  /** What becomes of each number of the gradient at last. */
  readonly finish?: (g: number) => number;
  readonly momentum?: number;
  /** Changes a finished row gradient in an odd way; for mistakes that no formula has. */
  readonly odd?: (pass: RowPass, layers: readonly Layer[]) => void;
}

export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly w: number;
  readonly b: number;
}

export interface RowPass {
  readonly x: number[][];
  readonly z: number[][];
  readonly a: number[];
  readonly y: number[];
  readonly error: number[][];
  readonly delta: number[][];
}

export function staged(stages: Stages): ShortFormImplementation {
  return {
    name: "staged",
    summary: "a network with exchangeable stages",
    precision: "float64",
    prepare({ network, dataset }) {
      const layers = layersOf(network);
      let velocity: Float64Array<ArrayBuffer> | undefined;
      return (given, batch, gradient) => {
        const parameters = Float64Array.from(given);
        const passes = Array.from(batch, (row) => {
          const source = stages.source?.(row, dataset.count) ?? row;
          const { features } = dataset;
          const bytes = [...dataset.pixels.subarray(source * features, (source + 1) * features)];
          return () => forward(stages, network, layers, parameters, bytes, dataset.labels[row]);
        });
        const rows: RowPass[] = [];
        const sum = new Float64Array(gradient.length);
        if (stages.reduce === "sequential") {
          for (const start of passes) {
            const one = start();
            backward(stages, network, layers, parameters, one);
            const own = new Float64Array(sum.length);
            addProducts(stages, layers, one, one.x, own);
            own.forEach((g, p) => {
              sum[p] += g;
              parameters[p] -= 0.5 * g;
            });
            rows.push(one);
          }
        } else {
          rows.push(...passes.map((start) => start()));
          if (stages.softmaxOverRows) overRows(rows);
          for (const one of rows) backward(stages, network, layers, parameters, one);
          const counted = stages.reduce === "last" ? rows.slice(-1) : rows;
          for (const one of counted) {
            const inputs = stages.reduce === "means" ? meanInputs(rows) : one.x;
            addProducts(stages, layers, one, inputs, sum);
          }
        }
        const divisors = { sum: 1, twice: rows.length ** 2, last: 1 };
        const divisor = divisors[stages.reduce as keyof typeof divisors] ?? rows.length;
        let result = sum.map((g) => g / divisor);
        finish(stages, layers, given, result);
        if (stages.momentum !== undefined) {
          const { momentum } = stages;
          velocity = result.map((g, p) => g + momentum * (velocity?.[p] ?? 0));
          result = velocity;
        }
        gradient.set(stored(stages, layers, result));
        return lossOf(network, rows);
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

export const logistic = (z: number) => 1 / (1 + Math.exp(-z));

function activate({ hiddenActivation }: Network, z: number): number {
  if (hiddenActivation === "sigmoid") return logistic(z);
  return hiddenActivation === "tanh" ? Math.tanh(z) : z > 0 ? z : 0;
}

function derivative({ hiddenActivation }: Network, z: number): number {
  if (hiddenActivation === "sigmoid") return logistic(z) * logistic(-z);
  return hiddenActivation === "tanh" ? 1 - Math.tanh(z) ** 2 : Number(z > 0);
}

export function softmax(z: readonly number[]): number[] {
  const most = Math.max(...z);
  const powers = z.map((value) => Math.exp(value - most));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}

function forward(
  stages: Stages,
  network: Network,
  layers: readonly Layer[],
  parameters: Float64Array,
  bytes: readonly number[],
  label: number,
): RowPass {
  const placed = bytes.map((_, i) => bytes[stages.order?.(i, bytes.length) ?? i]);
  const x = [placed.map((byte) => stages.pixel?.(byte, placed) ?? byte / 255)];
  const z: number[][] = [];
  for (const [l, { inputs, outputs, w, b }] of layers.entries()) {
    const sums = Array.from({ length: outputs }, (_, o) => {
      let sum = (stages.biasFactor?.[l + 1] ?? 1) * parameters[b + o];
      for (let i = 0; i < inputs; i++) sum += parameters[w + o * inputs + i] * x[l][i];
      return sum;
    });
    z.push(sums);
    if (l < layers.length - 1) {
      x.push(sums.map((one) => stages.activation?.[l + 1]?.(one) ?? activate(network, one)));
    }
  }
  const last = z[z.length - 1];
  const a = network.outputLoss === "softmax-cross-entropy" ? softmax(last) : last.map(logistic);
  const y = last.map((_, k) => stages.target?.(label, k, last.length) ?? Number(k === label));
  return { x, z, a, y, error: [], delta: [] };
}

function overRows(rows: readonly RowPass[]): void {
  const outputs = rows.map(({ z }) => z[z.length - 1]);
  for (let k = 0; k < outputs[0].length; k++) {
    const column = softmax(outputs.map((z) => z[k]));
    rows.forEach(({ a }, n) => a[k] = column[n]);
  }
}

function backward(
  stages: Stages,
  network: Network,
  layers: readonly Layer[],
  parameters: Float64Array,
  { x, z, a, y, error, delta }: RowPass,
): void {
  const top = layers.length - 1;
  const isQuadratic = network.outputLoss === "sigmoid-quadratic";
  error[top] = a.map((value, k) => value - y[k]);
  delta[top] = stages.outputVector?.(z[top], y) ??
    error[top].map((one, k) =>
      stages.outputDelta?.(a[k], z[top][k], y[k]) ?? (isQuadratic ? one * a[k] * (1 - a[k]) : one)
    );
  for (let l = top - 1; l >= 0; l--) {
    const { inputs, outputs, w } = layers[l + 1];
    const q = stages.passesError?.includes(l + 1) ? error[l + 1] : delta[l + 1];
    error[l] = Array.from({ length: inputs }, (_, i) => {
      let sum = 0;
      for (let o = 0; o < outputs; o++) {
        const at = stages.untransposed?.includes(l + 2) ? i * outputs + o : o * inputs + i;
        const moved = (stages.updated?.[l + 1] ?? 0) * delta[l + 1][o] * x[l + 1][i];
        const weight = parameters[w + at] - moved;
        sum += (stages.weights?.[l + 1]?.(weight) ?? weight) * q[o];
      }
      return sum;
    });
    delta[l] = error[l].map((one, i) =>
      one * (stages.slope?.[l + 1]?.(z[l][i], x[l + 1][i]) ?? derivative(network, z[l][i]))
    );
  }
}

function meanInputs(rows: readonly RowPass[]): number[][] {
  return rows[0].x.map((input, l) =>
    input.map((_, i) => rows.reduce((sum, one) => sum + one.x[l][i], 0) / rows.length)
  );
}

function addProducts(
  stages: Stages,
  layers: readonly Layer[],
  pass: RowPass,
  x: readonly (readonly number[])[],
  sum: Float64Array,
): void {
  stages.odd?.(pass, layers);
  for (const [l, { inputs, outputs, w, b }] of layers.entries()) {
    const kind = stages.product?.[l + 1];
    const input = kind === "below" ? x[l - 1] : kind === "z" ? pass.z[l - 1] : x[l];
    const delta = pass.delta[l];
    const total = delta.reduce((all, one) => all + one, 0);
    const [ofW, ofB] = [stages.times?.[`w${l + 1}`] ?? 1, stages.times?.[`b${l + 1}`] ?? 1];
    for (let o = 0; o < outputs; o++) {
      let rowSum = 0;
      for (let i = 0; i < inputs; i++) {
        const product = delta[o] * (input[i] ?? 0);
        rowSum += product;
        sum[w + o * inputs + i] += ofW * product;
      }
      const choice = stages.bias?.[l + 1];
      const bias = choice === "sum"
        ? total
        : choice === "row-sum"
        ? rowSum
        : choice === "error"
        ? pass.error[l][o]
        : delta[o];
      sum[b + o] += ofB * bias;
    }
  }
}

function finish(
  { decay, signDecay, biasDecay, clip, clipNorm, finish: last }: Stages,
  layers: readonly Layer[],
  parameters: ArrayLike<number>,
  result: Float64Array,
): void {
  for (const { w, b, outputs } of layers) {
    for (let p = w; p < b; p++) {
      result[p] += (decay ?? 0) * parameters[p] + (signDecay ?? 0) * Math.sign(parameters[p]);
    }
    for (let p = b; p < b + outputs; p++) result[p] += (biasDecay ?? 0) * parameters[p];
  }
  if (clip) result.forEach((g, p) => result[p] = Math.min(clip, Math.max(-clip, g)));
  const length = Math.hypot(...result);
  if (clipNorm && length > clipNorm) result.forEach((g, p) => result[p] = g * clipNorm / length);
  if (last) result.forEach((g, p) => result[p] = last(g));
}

function stored(
  { layout }: Stages,
  layers: readonly Layer[],
  result: Float64Array,
): number[] {
  const parts = layers.map(({ inputs, outputs, w, b }) => {
    const weights = [...result.subarray(w, b)];
    const transposed = weights.map((_, at) =>
      weights[(at % outputs) * inputs + Math.floor(at / outputs)]
    );
    return {
      weights: layout === "transposed" ? transposed : weights,
      biases: [...result.subarray(b, b + outputs)],
    };
  });
  if (layout === "weights-then-biases") {
    return [...parts.flatMap(({ weights }) => weights), ...parts.flatMap(({ biases }) => biases)];
  }
  return parts.flatMap(({ weights, biases }) =>
    layout === "biases-first" ? [...biases, ...weights] : [...weights, ...biases]
  );
}

function lossOf({ outputLoss }: Network, rows: readonly RowPass[]): number {
  const losses = rows.map(({ a, y }) =>
    outputLoss === "softmax-cross-entropy"
      ? a.reduce((sum, value, k) => y[k] > 0 ? sum - y[k] * Math.log(value) : sum, 0)
      : a.reduce((sum, value, k) => sum + (value - y[k]) ** 2 / 2, 0)
  );
  return losses.reduce((sum, one) => sum + one, 0) / rows.length;
}
