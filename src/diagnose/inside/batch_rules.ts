import { softmax } from "./functions.ts";
import { norm, sumOf, type Vector } from "./linear.ts";
import { momentsOf } from "./pixel_maps.ts";
import type { Departure } from "./program.ts";

/**
 * How the rows of a minibatch enter each other's computation: one of these functions, of all rows in order. A single row
 * shows nothing of it.
 */
export interface BatchRule {
  readonly departures: readonly Departure[];
  readonly found: string;
  readonly right: string;
  /** Pixels (rows, features), from those of each row by itself. */
  pixels?(x: readonly Vector[]): Vector[];
  /** Targets (rows, classes), from those of each row by itself and from the outputs. */
  targets?(y: readonly Vector[], a: readonly Vector[]): Vector[];
  /** Which row's pixels and label a row has. */
  pixelsOf?(n: number, rows: number): number;
  labelOf?(n: number, labels: readonly number[], ofAll: ArrayLike<number>): number;
  /** Outputs (rows, classes) from z of the output layer, in place of a softmax of each row. */
  outputs?(z: readonly Vector[]): Vector[];
}

const split = (flat: Vector, rows: number, width: number): Vector[] =>
  Array.from({ length: rows }, (_, n) => flat.slice(n * width, (n + 1) * width));

const joined = (rows: readonly Vector[]): Vector =>
  Float64Array.from(rows.flatMap((row) => [...row]));

/** All numbers of a minibatch at once. */
const overAll = (of: (all: Vector) => Vector) => (x: readonly Vector[]): Vector[] =>
  split(of(joined(x)), x.length, x[0].length);

/** Each pixel over the rows. */
const overRows = (of: (column: Vector) => Vector) => (x: readonly Vector[]): Vector[] => {
  const out = x.map((row) => row.slice());
  for (let i = 0; i < x[0].length; i++) {
    of(Float64Array.from(x, (row) => row[i])).forEach((value, n) => out[n][i] = value);
  }
  return out;
};

/** What never varies has no deviation: an ε in the quotient leaves 0. */
const quotient = (value: number, by: number) => by === 0 ? 0 : value / by;

const meanOf = (rows: readonly Vector[]): Vector =>
  rows[0].map((_, k) => rows.reduce((sum, row) => sum + row[k], 0) / rows.length);

const standardised = (all: Vector): Vector => {
  const { mean, deviation } = momentsOf(all);
  return all.map((value) => quotient(value - mean, deviation));
};
const centred = (all: Vector): Vector => {
  const { mean } = momentsOf(all);
  return all.map((value) => value - mean);
};
const byGreatest = (all: Vector): Vector => {
  const most = all.reduce((a, b) => Math.max(a, b), -Infinity);
  return all.map((value) => quotient(value, most));
};
const byRange = (all: Vector): Vector => {
  const most = all.reduce((a, b) => Math.max(a, b), -Infinity);
  const least = all.reduce((a, b) => Math.min(a, b), Infinity);
  return all.map((value) => quotient(value - least, most - least));
};
const byLength = (all: Vector): Vector => {
  const length = norm(all);
  return all.map((value) => quotient(value, length));
};

/** (rows, width) read as (width, rows), column by column: `reshape` where a transpose is meant. */
function reshaped(rows: readonly Vector[]): Vector[] {
  const flat = joined(rows);
  return rows.map((row, n) => row.map((_, i) => flat[i * rows.length + n]));
}

function ofPixels(
  form: string,
  formula: string,
  pixels: NonNullable<BatchRule["pixels"]>,
): BatchRule {
  return {
    departures: [{ id: "rows-interact", form }, { id: "pixel-map", form }],
    found: `x = ${formula}`,
    right: "x = byte / 255",
    pixels,
  };
}

const mixed = (
  form: "labels" | "pixels",
  whose: string,
  rule: Pick<BatchRule, "labelOf" | "pixelsOf">,
): BatchRule => ({
  departures: [{ id: "rows-mixed-up", form }],
  found: `${form === "labels" ? "y" : "x"} of the ${whose} of the minibatch`,
  right: `${form === "labels" ? "y" : "x"} of the row itself`,
  ...rule,
});

const ascending = (labels: readonly number[]) => [...labels].sort((a, b) => a - b);

export const BATCH_RULES: readonly BatchRule[] = [
  {
    departures: [{ id: "rows-interact", form: "softmax-over-all" }],
    found: "a = e^z / Σ e^z over all rows and classes",
    right: "a = e^z / Σ e^z over the classes of a row",
    outputs: overAll(softmax),
  },
  {
    departures: [{ id: "rows-interact", form: "pixels-reshaped" }],
    found: "x = images, reshaped to (pixels, B)",
    right: "x = imagesᵀ",
    pixels: reshaped,
  },
  {
    departures: [{ id: "rows-interact", form: "targets-reshaped" }],
    found: "y = one-hot labels, reshaped to (classes, B)",
    right: "y = one-hot labelsᵀ",
    targets: reshaped,
  },
  {
    departures: [{ id: "rows-interact", form: "softmax-sum-kept" }],
    found: "a = e^z / Σ e^z over the classes of a row and of all rows before it",
    right: "a = e^z / Σ e^z over the classes of a row",
    outputs: (z) => {
      let sum = 0;
      return z.map((row) => {
        const powers = row.map(Math.exp);
        sum += sumOf(powers);
        return powers.map((one) => one / sum);
      });
    },
  },
  {
    departures: [{ id: "rows-interact", form: "labels-of-all-rows" }],
    found: "y = 1 at the labels of all rows of the minibatch",
    right: "y = 1 at the label of the row",
    targets: (y) => y.map((row) => row.map((_, k) => Math.max(...y.map((one) => one[k])))),
  },
  {
    departures: [{ id: "rows-interact", form: "error-over-rows" }],
    found: "e = mean of a − y over the minibatch, for every row",
    right: "e = a − y of the row",
    targets: (y, a) => {
      const mean = meanOf(a.map((row, n) => row.map((one, k) => one - y[n][k])));
      return a.map((row) => row.map((one, k) => one - mean[k]));
    },
  },
  {
    departures: [{ id: "rows-interact", form: "mean-image" }],
    found: "x and y = means over the minibatch",
    right: "x and y of each row",
    pixels: (x) => Array<Vector>(x.length).fill(meanOf(x)),
    targets: (y) => Array<Vector>(y.length).fill(meanOf(y)),
  },
  {
    ...mixed("labels", "row", { labelOf: (n, _, ofAll) => ofAll[n] }),
    found: "y of row n of the data, with n = 0, 1, … counted in the minibatch",
  },
  mixed("labels", "first row", { labelOf: (_, labels) => labels[0] }),
  mixed("labels", "last row", { labelOf: (_, labels) => labels[labels.length - 1] }),
  mixed("labels", "previous row", {
    labelOf: (n, labels) => labels[(n + labels.length - 1) % labels.length],
  }),
  mixed("labels", "next row", { labelOf: (n, labels) => labels[(n + 1) % labels.length] }),
  mixed("labels", "opposite row", { labelOf: (n, labels) => labels[labels.length - 1 - n] }),
  mixed("labels", "same place among the sorted labels", {
    labelOf: (n, labels) => ascending(labels)[n],
  }),
  mixed("pixels", "first row", { pixelsOf: () => 0 }),
  mixed("pixels", "last row", { pixelsOf: (_, rows) => rows - 1 }),
  ofPixels(
    "standardised-over-all",
    "(x − mean) / deviation over all pixels of the minibatch",
    overAll(standardised),
  ),
  ofPixels(
    "standardised-over-rows",
    "(x − mean) / deviation of each pixel over the rows",
    overRows(standardised),
  ),
  ofPixels("centred-over-all", "x − mean over all pixels of the minibatch", overAll(centred)),
  ofPixels("centred-over-rows", "x − mean of each pixel over the rows", overRows(centred)),
  ofPixels("maximum-over-all", "x / largest pixel of the minibatch", overAll(byGreatest)),
  ofPixels("maximum-over-rows", "x / largest value of each pixel", overRows(byGreatest)),
  ofPixels("range-over-rows", "(x − min) / (max − min) of each pixel", overRows(byRange)),
  ofPixels("length-over-all", "x / length of all pixels of the minibatch", overAll(byLength)),
  ofPixels("length-over-rows", "x / length of each pixel over the rows", overRows(byLength)),
];
