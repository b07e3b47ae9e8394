/** Exchangeable stages, and the passes of one example through them. Layers count from 1, as in findings. */
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

export function forward(
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

export function overRows(rows: readonly RowPass[]): void {
  const outputs = rows.map(({ z }) => z[z.length - 1]);
  for (let k = 0; k < outputs[0].length; k++) {
    const column = softmax(outputs.map((z) => z[k]));
    rows.forEach(({ a }, n) => a[k] = column[n]);
  }
}

export function backward(
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
