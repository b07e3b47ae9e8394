/** Mistakes of lists, loops, precedence and whole minibatches, and what must be found. */
import { randomRows } from "./examined.ts";
import { type Hooks, learned, type Matrix, softmax } from "./learner_programs.ts";
import type { Network } from "../../src/model/network.ts";

const { exp } = Math;
const sigmoid = (z: number) => 1 / (1 + exp(-z));
const last = <T>(all: readonly T[]) => all[all.length - 1];
const columns = (x: Matrix) => x[0].map((_, i) => x.map((row) => row[i]));
const reshaped = (x: Matrix) => {
  const flat = x.flat();
  return x.map((row, n) => row.map((_, i) => flat[i * x.length + n]));
};
const overRows = (of: (column: number[]) => number[]) => (x: Matrix) => columns(columns(x).map(of));
const standardised = (x: number[]) => {
  const mean = x.reduce((sum, one) => sum + one, 0) / x.length;
  const deviation = Math.sqrt(x.reduce((sum, one) => sum + (one - mean) ** 2, 0) / x.length);
  return x.map((one) => (one - mean) / (deviation + 1e-8));
};
const softmaxOfAll = (z: Matrix) => {
  const all = softmax(z.flat());
  return z.map((row, n) => row.map((_, k) => all[n * row.length + k]));
};
const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0);
const dot = (w: readonly number[], a: readonly number[]) => sum(w.map((one, i) => one * a[i]));
const mean = (column: number[]) => column.map(() => sum(column) / column.length);
const runningSum = (all: readonly number[]) => all.map((_, i) => sum(all.slice(0, i + 1)));
const softmaxWithKeptSum = (z: Matrix) => {
  const powers = z.map((row) => row.map(exp));
  return powers.map((row, n) => row.map((one) => one / sum(powers.slice(0, n + 1).flat())));
};
const clippedTo = (limit: number, array: number[]) => {
  const length = Math.hypot(...array);
  return length > limit ? array.map((one) => one * limit / length) : array;
};

export const LEARNER_NETWORKS: Network[] = [
  {
    layerSizes: [20, 7, 5, 3],
    hiddenActivation: "sigmoid",
    outputLoss: "sigmoid-quadratic",
  },
  { layerSizes: [20, 6, 3], hiddenActivation: "tanh", outputLoss: "softmax-cross-entropy" },
  {
    layerSizes: [16, 9, 8, 7, 6, 4],
    hiddenActivation: "relu",
    outputLoss: "softmax-cross-entropy",
  },
];

interface Of {
  readonly all: string;
  readonly hidden: string;
  readonly upper: string;
  readonly top: number;
  readonly isQuadratic: boolean;
  readonly name: Network["hiddenActivation"];
  readonly f: (z: number) => number;
}

/** What is wrong, and what must be found. */
const casesOf = (
  { all, hidden, upper, top, isQuadratic, name, f }: Of,
): [Hooks, ...string[]][] => [
  [{}],
  [
    { zeros: (rows, n) => new Array<number[]>(rows).fill(new Array<number>(n).fill(0)) },
    `shared-rows ${all} sum`,
  ],
  [{ images: reshaped }, "rows-interact pixels-reshaped"],
  [
    { images: (x) => x.map((row) => row.map((one) => one / Math.max(...row))) },
    "pixel-map maximum-1",
  ],
  [{ targets: reshaped }, "rows-interact targets-reshaped"],
  [{ labels: (labels) => labels.map(() => labels[0]) }, "rows-mixed-up labels"],
  [{ labels: (labels) => labels.toSorted((a, b) => a - b) }, "rows-mixed-up labels"],
  [
    { images: overRows(standardised) },
    "rows-interact standardised-over-rows",
    "pixel-map standardised-over-rows",
  ],
  ...(isQuadratic ? [] : [
    [{ outputs: softmaxOfAll }, "rows-interact softmax-over-all"],
    [
      { outputs: (z) => z.map((row) => softmax(row.map((one) => Math.max(0, one)))) },
      `wrong-activation ${top} softmax(max(0, z))`,
    ],
    [
      { outputs: (z) => z.map((row) => softmax(softmax(row))) },
      `wrong-activation ${top} softmax-twice`,
    ],
    [
      {
        outputs: (z) => z.map((row) => row.map((one) => Number(one === Math.max(...row)))),
      },
      `wrong-activation ${top} predicted-class`,
    ],
    [
      {
        outputDelta: (a, y) => {
          const p = a.map((one, k) => (one - y[k]) / (1 - one));
          return a.map((one, k) => p[k] - one * sum(p));
        },
      },
      `other-loss ${top} softmax-binary-cross-entropy`,
      `overflow ${all}`,
    ],
    [{ deltas: overRows(mean) }, "rows-interact error-over-rows"],
    [
      {
        outputs: (z) =>
          z.map((row) => {
            const most = Math.max(...row);
            const whole = most + Math.log(sum(row.map((one) => exp(one - most))));
            return row.map((one) => one - whole);
          }),
      },
      `wrong-activation ${top} log-softmax`,
    ],
    [
      {
        outputs: (z) => z,
        outputDelta: (z, y) => {
          const label = y.indexOf(1);
          const margins = z.map((one, k) => Number(k !== label && one - z[label] + 1 > 0));
          return margins.map((one, k) => k === label ? -sum(margins) : one);
        },
      },
      `other-loss ${top} hinge`,
    ],
    [
      { outputDelta: (a, y) => a.map((one, k) => (1 - a[y.indexOf(1)]) * (one - y[k])) },
      `other-loss ${top} weighted-examples`,
    ],
  ] as [Hooks, ...string[]][]),
  ...(isQuadratic
    ? [[
      {
        outputDelta: (a, y) =>
          a.map((one, k) => (one - y[k]) / (one * (1 - one)) * sigmoid(one) * (1 - sigmoid(one))),
      },
      `derivative-of-activation ${top} slope-at-a`,
      `other-loss ${top} sigmoid-cross-entropy`,
      `overflow ${all}`,
    ]] as [Hooks, ...string[]][]
    : []),
  [
    {
      outputDelta: (a, y) =>
        a.map((one, k) => (one - y[k]) * (isQuadratic ? one * (1 - one) : 1))
          .map((one) => Math.max(-0.07, Math.min(0.07, one))),
    },
    `clipped ${top} delta-of-output`,
  ],
  [
    {
      through: (w, _, b) => w.map((row, o) => [...row.slice(1), b[o]]),
    },
    `wrong-backward-weights ${hidden} bias-for-last-column`,
  ],
  [
    { through: (w, _, b) => w.map((row, o) => [b[o], ...row.slice(0, -1)]) },
    `wrong-backward-weights ${hidden} bias-for-first-column`,
  ],
  [
    { sum: (w, a, b) => dot(w, a) / Math.sqrt(w.length) + b },
    `wrong-activation ${all} sum-over-root`,
  ],
  [
    {
      outputDelta: (a, y) =>
        a.map((one, k) => (1 + y.indexOf(1)) * (one - y[k]) * (isQuadratic ? one * (1 - one) : 1)),
    },
    `other-loss ${top} class-weights`,
  ],
  [
    {
      outputDelta: (a, y) =>
        a.map((one, k) => Math.abs(one - y[k]) * (isQuadratic ? one * (1 - one) : 1)),
    },
    `wrong-slope ${top} absolute-error`,
  ],
  [
    { outputDelta: (a, y) => a.map((one, k) => (one - y[k]) ** 2 * (1 - one + y[k])) },
    `wrong-slope ${top} slope-of-error`,
  ],
  [
    { targets: overRows((column) => column.map(() => Math.max(...column))) },
    "rows-interact labels-of-all-rows",
  ],
  [{ images: overRows(mean), targets: overRows(mean) }, "rows-interact mean-image"],
  [{ below: runningSum }, `wrong-backward-weights ${hidden} sum-kept`],
  [
    { slope: () => 1, below: (q) => q.map((one) => one * sigmoid(one) * (1 - sigmoid(one))) },
    `wrong-slope ${hidden} slope-of-error`,
  ],
  ...(name === "sigmoid" ? [] : [[
    { product: (a) => name === "tanh" ? 1 - a * a : Number(a > 0) },
    `wrong-activation ${upper} slope-in-product`,
  ]] as [Hooks, ...string[]][]),
  // Neurons that are dead in all questions show nothing of these.
  ...(name === "relu" ? [] : [
    ...(isQuadratic ? [] : [[{ outputs: softmaxWithKeptSum }, "rows-interact softmax-sum-kept"]]),
    [{ slope: (z, a) => a * (1 - z) }, `wrong-slope ${hidden} a(1 − z)`],
    [{ hidden: (z) => runningSum(z).map(f) }, `wrong-activation ${hidden} sum-kept`],
    [
      { through: (w) => w.map((row, o) => row.map((_, i) => Math.sin(3 * o + i))) },
      `wrong-backward-weights ${hidden} fixed-weights`,
    ],
  ] as [Hooks, ...string[]][]),
  [
    {
      finish: ({ dw }, weights, rows) =>
        dw.forEach((one, l) =>
          one.forEach((row, o) => row.forEach((_, i) => row[i] += 0.02 * weights[l][o][i] / rows))
        ),
    },
    `weight-decay ${all} over-rows`,
  ],
  ...([
    [(w) => 0.02 * Math.abs(w), `weight-decay ${all} absoluteDecay`],
    [(w) => 0.02 * w * w, `weight-decay ${all} squareDecay`],
    [
      (w) => 0.02 * w + 0.001 * Math.sign(w),
      `weight-decay ${all}`,
      `weight-decay ${all} signDecay`,
    ],
    [(_, p) => 0.001 * Math.sin(7 * p), `added-number ${all} fixed-numbers`],
  ] as [(w: number, p: number) => number, ...string[]][]).map((
    [of, ...expected],
  ): [Hooks, ...string[]] => [
    {
      finish: ({ dw }, weights) => {
        let p = 0;
        dw.forEach((one, l) =>
          one.forEach((row, o) => row.forEach((_, i) => row[i] += of(weights[l][o][i], p++)))
        );
      },
    },
    ...expected,
  ]),
  [
    {
      finish: ({ dw, db }) => {
        dw.at(-1)!.forEach((row) => row.fill(0));
        db.at(-1)!.fill(0);
      },
    },
    `scale ${top}`,
  ],
  [
    { biasDelta: (d) => d.map(() => sum(d) / d.length) },
    `bias-reduction ${isQuadratic ? all : hidden} mean-over-neurons`,
    ...(isQuadratic ? [] : [`bias-reduction ${top} sum-over-neurons`]),
  ],
  [
    { biasDelta: (d, n, rows) => d.map((one) => n === rows - 1 ? rows * one : 0) },
    `last-example-only ${all}`,
  ],
  [{ counts: (n, rows) => n < Math.ceil(rows / 2) }, "examples-skipped"],
  [
    { carried: (d) => d.map((one, o) => o === d.length - 1 ? one : 0) },
    `wrong-backward-weights ${hidden} last-neuron-alone`,
  ],
  [{ sum: (w, a, b) => dot(w, a) + w.length * b }, `bias-ignored ${all} for-each-input`],
  [
    { sum: (w, a, b) => last(w) * last(a) + b },
    `wrong-activation ${all} last-input-alone`,
  ],
  [
    { sum: (w, a, b) => dot(w.slice(0, -1), a) + b },
    `wrong-activation ${all} without-last-input`,
  ],
  [
    { sum: (w, a, b, layer) => dot(w, a) + (layer < top ? 0.25 : 1) * b },
    `bias-ignored ${hidden} multiplied by 0.25`,
  ],
  ...(name === "relu" ? [] : [[
    {
      hidden: (z, b) =>
        z.map((one, o) => (name === "tanh" ? Math.tanh : sigmoid)(one - b[o]) + b[o]),
    },
    `bias-ignored ${hidden} after-activation`,
  ]] as [Hooks, ...string[]][]),
  [
    {
      finish: (all) => {
        for (const [l, one] of all.dw.entries()) {
          const flat = clippedTo(0.02, one.flat());
          all.dw[l] = one.map((row, o) => row.map((_, i) => flat[o * row.length + i]));
          all.db[l] = clippedTo(0.02, all.db[l]);
        }
      },
    },
    `clipped ${all} array`,
  ],
  [
    {
      finish: ({ dw }) => {
        const flat = columns(dw[0]).flat();
        dw[0] = dw[0].map((row, o) => row.map((_, i) => flat[o * row.length + i]));
      },
    },
    "gradient-layout 1 transposed",
  ],
  [
    { hidden: (z) => z.map((one) => one > 0 ? one : 0.07 * one), slope: (z) => z > 0 ? 1 : 0.07 },
    `wrong-activation ${hidden} (z where z > 0, else 0.07 z)`,
  ],
  [
    { hidden: (z) => z.map((one) => one > 0 ? one : 0.2 * one) },
    `wrong-activation ${hidden} leaky-0.2`,
    `wrong-slope ${hidden} ${{ sigmoid: "a(1 − a)", tanh: "1 − a²", relu: "[z > 0]" }[name]}`,
  ],
];

/** Every mistake in a network: its title, what must be found, and what is. */
export function learnerCases(network: Network) {
  const { layerSizes, hiddenActivation: name, outputLoss } = network;
  const top = layerSizes.length - 1;
  const every = Array.from({ length: top }, (_, l) => l + 1);
  const dataset = randomRows(1, layerSizes[0], layerSizes[top]);
  const problem = { network, dataset, maxBatchSize: 10, threads: 1 };
  const of = {
    all: every.join(),
    hidden: every.slice(0, -1).join(),
    upper: every.slice(1).join(),
    f: { sigmoid, tanh: Math.tanh, relu: (z: number) => Math.max(0, z) }[name],
    top,
    isQuadratic: outputLoss === "sigmoid-quadratic",
    name,
  };
  return casesOf(of).map(([hooks, ...expected]) => ({
    title: `${layerSizes.join("-")} ${name} ${outputLoss}: ${expected.join(" + ") || "nothing"}`,
    expected,
    found: () => learned(hooks, problem),
  }));
}
