/** Right programs in lists for every activation and loss: nothing must be found in them. */
import type { GradientImplementation, Precision } from "../../src/gradients/contract.ts";
import { fromListForm } from "../../src/gradients/list_form.ts";
import type { HiddenActivation, Network, OutputLoss } from "../../src/model/network.ts";

type Matrix = number[][];

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

const HIDDEN: Readonly<
  Record<HiddenActivation, { f(z: number): number; slope(a: number): number }>
> = {
  sigmoid: { f: sigmoid, slope: (a) => a * (1 - a) },
  tanh: { f: Math.tanh, slope: (a) => 1 - a * a },
  relu: { f: (z) => Math.max(0, z), slope: (a) => Number(a > 0) },
};

const LOSSES: Readonly<
  Record<OutputLoss, (z: number[], y: number[]) => { loss: number; delta: number[] }>
> = {
  "sigmoid-quadratic": (z, y) => {
    const a = z.map(sigmoid);
    return {
      loss: a.reduce((sum, one, k) => sum + (one - y[k]) ** 2 / 2, 0),
      delta: a.map((one, k) => (one - y[k]) * one * (1 - one)),
    };
  },
  "softmax-cross-entropy": (z, y) => {
    const most = Math.max(...z);
    const all = most + Math.log(z.reduce((sum, one) => sum + Math.exp(one - most), 0));
    return {
      loss: z.reduce((sum, one, k) => sum + y[k] * (all - one), 0),
      delta: z.map((one, k) => Math.exp(one - all) - y[k]),
    };
  },
};

const gradientOf =
  ({ hiddenActivation, outputLoss }: Network) =>
  (weights: Matrix[], biases: Matrix, images: Matrix, labels: number[]) => {
    const { f, slope } = HIDDEN[hiddenActivation];
    const dw = weights.map((w) => w.map((row) => row.map(() => 0)));
    const db = biases.map((b) => b.map(() => 0));
    let mean = 0;
    for (const [n, image] of images.entries()) {
      const a = [image];
      for (const [l, w] of weights.entries()) {
        const z = w.map((row, o) => row.reduce((sum, one, i) => sum + one * a[l][i], biases[l][o]));
        a.push(l < weights.length - 1 ? z.map(f) : z);
      }
      const z = a[weights.length];
      const { loss, delta: last } = LOSSES[outputLoss](z, z.map((_, k) => Number(k === labels[n])));
      mean += loss / images.length;
      let delta = last;
      for (let l = weights.length - 1; l >= 0; l--) {
        for (const [o, d] of delta.entries()) {
          db[l][o] += d / images.length;
          for (const [i, x] of a[l].entries()) dw[l][o][i] += d * x / images.length;
        }
        if (l === 0) break;
        delta = a[l].map((x, i) =>
          slope(x) * delta.reduce((sum, d, o) => sum + weights[l][o][i] * d, 0)
        );
      }
    }
    return [dw, db, mean] as const;
  };

const updateOf = (network: Network) => {
  const gradient = gradientOf(network);
  return (
    weights: Matrix[],
    biases: Matrix,
    images: Matrix,
    labels: number[],
    rate: number,
  ): number => {
    const [dw, db, loss] = gradient(weights, biases, images, labels);
    for (const [l, w] of weights.entries()) {
      for (const [o, row] of w.entries()) {
        for (let i = 0; i < row.length; i++) row[i] -= rate * dw[l][o][i];
        biases[l][o] -= rate * db[l][o];
      }
    }
    return loss;
  };
};

/** A program of the list form, which has the activation and loss of whatever problem it is opened for. */
export function honestLists(
  form: "gradient" | "trainBatch",
  precision: Precision,
): GradientImplementation {
  const about = { name: `${form}_${precision}`, summary: "lists of layers", precision };
  return {
    ...about,
    open: (problem) =>
      fromListForm({
        ...about,
        ...(form === "gradient"
          ? { gradient: gradientOf(problem.network) }
          : { trainBatch: updateOf(problem.network) }),
      }).open(problem),
  };
}
