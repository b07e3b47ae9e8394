/**
 * A network for a whole minibatch in lists, as learners write it, with hooks for what they get wrong. It shares no code
 * with src/diagnose/. Layers count from 1.
 */
import { examineGradient } from "../../src/diagnose/gradient/examine_gradient.ts";
import type { Finding } from "../../src/format/finding.ts";
import type { Problem } from "../../src/gradients/contract.ts";
import { fromListForm } from "../../src/gradients/list_form.ts";
import { initialParameters } from "../../src/model/initialise.ts";
import type { Network } from "../../src/model/network.ts";
import { assertSpeaks } from "./findings.ts";

export type Matrix = number[][];

export interface Hooks {
  readonly images?: (x: Matrix) => Matrix;
  readonly labels?: (labels: readonly number[]) => readonly number[];
  readonly targets?: (y: Matrix) => Matrix;
  readonly weights?: (w: Matrix) => Matrix;
  /** z of one neuron. */
  readonly sum?: (
    weights: readonly number[],
    a: readonly number[],
    bias: number,
    layer: number,
  ) => number;
  readonly hidden?: (z: readonly number[], b: readonly number[], layer: number) => number[];
  /** Outputs of all rows. */
  readonly outputs?: (z: Matrix) => Matrix;
  readonly outputDelta?: (a: readonly number[], y: readonly number[]) => number[];
  /** What is passed down in place of δ. */
  readonly carried?: (delta: readonly number[]) => number[];
  /** δ of the output layer, of all rows. */
  readonly deltas?: (delta: Matrix) => Matrix;
  /** What δ is passed down through in place of W. */
  readonly through?: (w: Matrix, layer: number, b: readonly number[]) => Matrix;
  /** Wᵀδ of one row. */
  readonly below?: (sums: readonly number[]) => readonly number[];
  /** What δ of layers above the first is multiplied with in the weight gradient, in place of a. */
  readonly product?: (a: number) => number;
  readonly slope?: (z: number, a: number) => number;
  /** An array of zeros for a weight gradient. */
  readonly zeros?: (rows: number, columns: number) => Matrix;
  readonly biasDelta?: (delta: readonly number[], n: number, rows: number) => readonly number[];
  readonly counts?: (n: number, rows: number) => boolean;
  readonly finish?: (
    gradients: { dw: Matrix[]; db: Matrix },
    weights: readonly Matrix[],
    rows: number,
  ) => void;
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

export function softmax(z: readonly number[]): number[] {
  const most = Math.max(...z);
  const powers = z.map((one) => Math.exp(one - most));
  const sum = powers.reduce((all, one) => all + one, 0);
  return powers.map((one) => one / sum);
}

const zerosOf = (rows: number, columns: number): Matrix =>
  Array.from({ length: rows }, () => new Array<number>(columns).fill(0));

export const gradientOf =
  ({ hiddenActivation, outputLoss }: Network, hooks: Hooks) =>
  (weights: Matrix[], biases: Matrix, images: Matrix, labels: number[]) => {
    const f = { sigmoid, tanh: Math.tanh, relu: (z: number) => Math.max(0, z) }[hiddenActivation];
    const slope = {
      sigmoid: (a: number) => a * (1 - a),
      tanh: (a: number) => 1 - a * a,
      relu: (a: number) => Number(a > 0),
    }[hiddenActivation];
    const isSoftmax = outputLoss === "softmax-cross-entropy";
    const w = weights.map((one) => hooks.weights?.(one) ?? one);
    const top = w.length;
    const a: Matrix[] = [hooks.images?.(images) ?? images];
    const z: Matrix[] = [];
    for (const [l, layer] of w.entries()) {
      z[l] = a[l].map((x) =>
        layer.map((row, o) =>
          hooks.sum?.(row, x, biases[l][o], l + 1) ??
            row.reduce((sum, one, i) => sum + one * x[i], biases[l][o])
        )
      );
      if (l === top - 1) break;
      a[l + 1] = z[l].map((row) => hooks.hidden?.(row, biases[l], l + 1) ?? row.map(f));
    }
    const given = hooks.labels?.(labels) ?? labels;
    const oneHot = given.map((label) => w[top - 1].map((_, k) => Number(k === label)));
    const y = hooks.targets?.(oneHot) ?? oneHot;
    a[top] = hooks.outputs?.(z[top - 1]) ??
      z[top - 1].map((row) => isSoftmax ? softmax(row) : row.map(sigmoid));
    let delta = a[top].map((row, n) =>
      hooks.outputDelta?.(row, y[n]) ??
        row.map((one, k) => (one - y[n][k]) * (isSoftmax ? 1 : one * (1 - one)))
    );
    delta = hooks.deltas?.(delta) ?? delta;
    const dw: Matrix[] = [];
    const db: Matrix = [];
    for (let l = top - 1; l >= 0; l--) {
      dw[l] = (hooks.zeros ?? zerosOf)(w[l].length, w[l][0].length);
      db[l] = new Array<number>(w[l].length).fill(0);
      for (const [n, ofRow] of delta.entries()) {
        if (hooks.counts?.(n, images.length) === false) continue;
        const ofBiases = hooks.biasDelta?.(ofRow, n, images.length) ?? ofRow;
        const inputs = l === 0 || !hooks.product ? a[l][n] : a[l][n].map(hooks.product);
        for (const [o, d] of ofRow.entries()) {
          for (const [i, x] of inputs.entries()) dw[l][o][i] += d * x / images.length;
          db[l][o] += ofBiases[o] / images.length;
        }
      }
      if (l === 0) break;
      delta = delta.map((ofRow, n) => {
        const q = hooks.carried?.(ofRow) ?? ofRow;
        const through = hooks.through?.(w[l], l + 1, biases[l]) ?? w[l];
        const sums = a[l][n].map((_, i) => q.reduce((sum, d, o) => sum + through[o][i] * d, 0));
        const below = hooks.below?.(sums) ?? sums;
        return a[l][n].map((one, i) =>
          below[i] * (hooks.slope?.(z[l - 1][n][i], one) ?? slope(one))
        );
      });
    }
    hooks.finish?.({ dw, db }, weights, images.length);
    return [dw, db] as const;
  };

/** What is found in it: "wrong-slope 1,2 its-form", in order. */
export async function learned(hooks: Hooks, problem: Problem, seed = 1): Promise<string[]> {
  const { network } = problem;
  const program = fromListForm({
    name: "mine",
    summary: "a network with hooks",
    precision: "float64",
    gradient: gradientOf(network, hooks),
  });
  const initial = initialParameters(network, "scaled-normal", seed);
  const findings: Finding[] = await examineGradient(program, problem, initial, seed);
  findings.forEach(assertSpeaks);
  return findings.map((one) =>
    [one.id, one.layers.join(), "form" in one ? one.form : ""].filter((part) => part).join(" ")
  );
}
