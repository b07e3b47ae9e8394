import type { Dataset } from "../../data/dataset.ts";
import { USUAL_TARGETS } from "../../model/convention.ts";
import { numberText, type Slope } from "./functions.ts";
import { fitConstants, type Vector } from "./linear.ts";
import type { Departure, Pass } from "./program.ts";
import type { Exactness } from "./readings.ts";

/** The vector that outputs are compared with. */
export interface Target {
  readonly departures: readonly Departure[];
  /** "y = label in every place"; empty where it is one-hot. */
  readonly formula: string;
  of(pass: Pass): Vector;
}

const oneHot = (classes: number, hot: number): Vector => {
  const y = new Float64Array(classes);
  if (hot >= 0 && hot < classes) y[hot] = 1;
  return y;
};

const widthOf = ({ z }: Pass): number => z[z.length - 1].length;

const byLabel = (
  departures: readonly Departure[],
  formula: string,
  of: (label: number, classes: number) => Vector,
): Target => {
  // Small typed arrays are slow to make in Deno, and one for each label will do.
  const known = new Map<number, Vector>();
  return {
    departures,
    formula,
    of: (pass) => {
      const y = known.get(pass.label) ?? of(pass.label, widthOf(pass));
      known.set(pass.label, y);
      return y;
    },
  };
};

/** Targets without unknowns, the right ones first. */
export function targetsOf(
  classes: number,
  [low, high]: readonly [low: number, high: number] = USUAL_TARGETS,
): Target[] {
  const isUsual = low === 0 && high === 1;
  const declared = (n: number, hot: number): Vector =>
    oneHot(n, hot).map((one) => one ? high : low);
  const shift = (form: string, formula: string, of: (label: number) => number) =>
    byLabel([{ id: "labels-shifted", form }], formula, (label, n) => declared(n, of(label)));
  const coded = (form: string, formula: string, of: (label: number, n: number) => Vector) =>
    byLabel([{ id: "target-coding", form }], formula, of);
  return [
    byLabel([], isUsual ? "" : twoValues(low, high), (label, n) => declared(n, label)),
    ...(isUsual ? [] : [coded("usual", twoValues(0, 1), (label, n) => oneHot(n, label))]),
    shift("label-plus-1-wrapped", "y one place too high", (label) => (label + 1) % classes),
    shift(
      "label-minus-1-wrapped",
      "y one place too low",
      (label) => (label + classes - 1) % classes,
    ),
    shift("label-plus-1", "y one place too high", (label) => label + 1),
    shift("label-minus-1", "y one place too low", (label) => label - 1),
    shift("reversed", "y counted from the last class", (label) => classes - 1 - label),
    coded(
      "label-number",
      "y = the label's number in every place",
      (label, n) => new Float64Array(n).fill(label),
    ),
    coded(
      "label-share",
      `y = label / ${classes} in every place`,
      (label, n) => new Float64Array(n).fill(label / n),
    ),
    coded(
      "label-number-at-label",
      "y = the label's number in its place, 0 elsewhere",
      (label, n) => oneHot(n, label).map((value) => value * label),
    ),
    coded(
      "thermometer",
      "y = 1 in every place up to the label",
      (label, n) => new Float64Array(n).map((_, k) => Number(k <= label)),
    ),
    coded("zeros", "y = 0 in every place", (_, n) => new Float64Array(n)),
  ];
}

const twoValues = (low: number, high: number) =>
  `y = ${numberText(high)} for the label, ${numberText(low)} elsewhere`;

interface FittedTarget {
  readonly target: Target;
  readonly factor: number;
  readonly error: number;
}

/**
 * Targets from δ = factor · S ∘ (A − y): first y with two values, hot and cold; then any y that depends on the row
 * alone, which several parameters for one row determine.
 */
export function fitTargets(
  passes: readonly Pass[],
  observed: readonly Vector[],
  { a, slope }: { a(z: Vector): Vector; slope: Slope },
  dataset: Dataset,
  exactness: Exactness,
): FittedTarget | undefined {
  const outputs = passes.map(({ z }) => z[z.length - 1]);
  const activations = outputs.map(a);
  // Plain lists: small typed arrays are slow to make in Deno.
  const slopes = outputs.map((z, q) =>
    Array.from(z, (value, k) => slope.of(value, activations[q][k]))
  );
  if (slopes.some((s) => !s.every(Number.isFinite))) return undefined;
  const products = slopes.map((s, q) => s.map((value, k) => value * activations[q][k]));
  const hot = slopes.map((s, q) => s.map((value, k) => k === passes[q].label ? -value : 0));
  const cold = slopes.map((s, q) => s.map((value, k) => k === passes[q].label ? 0 : -value));
  const two = fitConstants(observed, [products, hot, cold]);
  const [factor, ofHot, ofCold] = two.coefficients;
  const isPlausible = Math.abs(ofHot) + Math.abs(ofCold) < MOST * Math.abs(factor);
  if (two.error <= exactness.fit && isPlausible) {
    const [high, low] = [rounded(ofHot / factor), rounded(ofCold / factor)];
    return {
      target: byLabel(
        [{
          id: "target-coding",
          form: isSmoothed(low, high, dataset.classes) ? "label-smoothing" : "two-values",
          ...(low < high && { convention: { targets: [low, high] } }),
        }],
        twoValues(low, high),
        (label, n) => oneHot(n, label).map((one) => one ? high : low),
      ),
      factor,
      error: two.error,
    };
  }
  return freeTargets(passes, observed, slopes, products, dataset, exactness);
}

/** ε / classes for every class, and 1 − ε more for the right one. */
const isSmoothed = (low: number, high: number, classes: number): boolean =>
  low > 0 && low < high && Math.abs(high + (classes - 1) * low - 1) < 1e-6;

/** No target is as large as this times the output. */
const MOST = 1e4;

/** 0.99 for 0.98999999999; other numbers stay as they are. */
const rounded = (value: number) => {
  const short = Number(value.toFixed(4));
  return Math.abs(value - short) < 1e-6 ? short : value;
};

function freeTargets(
  passes: readonly Pass[],
  observed: readonly Vector[],
  slopes: readonly (readonly number[])[],
  products: readonly (readonly number[])[],
  dataset: Dataset,
  exactness: Exactness,
): FittedTarget | undefined {
  const groups = [...Map.groupBy(passes.keys(), (q) => passes[q].row).entries()]
    .filter(([, questions]) => questions.length >= 3);
  if (groups.length < 3) return undefined;
  const classes = slopes[0].length;
  // Removes what y adds, which is proportional to S over the questions of one row.
  let [product, square, whole] = [0, 0, 0];
  const projected: [number, number][] = [];
  for (const [, questions] of groups) {
    for (let k = 0; k < classes; k++) {
      const s = questions.map((q) => slopes[q][k]);
      const size = s.reduce((sum, value) => sum + value ** 2, 0);
      const along = (v: number[]) => v.reduce((sum, value, i) => sum + value * s[i], 0) / size;
      const w = questions.map((q) => products[q][k]);
      const d = questions.map((q) => observed[q][k]);
      const [alongW, alongD] = [along(w), along(d)];
      for (let i = 0; i < s.length; i++) {
        const [left, right] = [w[i] - alongW * s[i], d[i] - alongD * s[i]];
        projected.push([left, right]);
        product += left * right;
        square += left ** 2;
        whole += d[i] ** 2;
      }
    }
  }
  const factor = product / square;
  const left = projected.reduce((sum, [w, d]) => sum + (d - factor * w) ** 2, 0);
  const error = Math.sqrt(left / whole);
  if (!(error <= exactness.fit) || factor === 0) return undefined;
  const table = new Map<number, Vector>();
  for (const [row, questions] of groups) {
    table.set(
      row,
      Float64Array.from({ length: classes }, (_, k) => {
        let [top, bottom] = [0, 0];
        for (const q of questions) {
          top += slopes[q][k] * (products[q][k] - observed[q][k] / factor);
          bottom += slopes[q][k] ** 2;
        }
        return rounded(top / bottom);
      }),
    );
  }
  if ([...table.values()].some((y) => y.some((value) => !(Math.abs(value) < MOST)))) {
    return undefined;
  }
  const target = explained(table, dataset);
  return target && { target, factor, error };
}

/** Says what a table of targets is. */
function explained(table: ReadonlyMap<number, Vector>, dataset: Dataset): Target | undefined {
  const near = (y: Vector, hot: number) =>
    y.every((value, k) => Math.abs(value - Number(k === hot)) < 0.02);
  const hots = [...table].map(([row, y]) => [row, y.findIndex((_, k) => near(y, k))] as const);
  const [firstRow, first] = [...table][0];
  const isOneHot = hots.every(([, hot]) => hot >= 0);
  // One permutation of classes, or labels of other rows.
  const classOf = new Map<number, number>();
  const isByLabel = hots.every(([row, hot]) => {
    const label = dataset.labels[row];
    if (!classOf.has(label)) classOf.set(label, hot);
    return classOf.get(label) === hot;
  });
  if (isOneHot && !isByLabel) {
    const rows = new Map(hots);
    return {
      departures: [{ id: "rows-mixed-up", form: "labels" }],
      formula: "y of another row",
      of: (pass) => oneHot(widthOf(pass), rows.get(pass.row) ?? -1),
    };
  }
  const byLabelTable = new Map([...table].map(([row, y]) => [dataset.labels[row], y]));
  const text = [...first].map(numberText).join(", ");
  // Each 1 is where it belongs: something else made the other forms fit less.
  const isRight = isOneHot && [...classOf].every(([label, hot]) => label === hot);
  return byLabel(
    isRight ? [] : [
      isOneHot
        ? { id: "labels-shifted", form: "other-places" }
        : { id: "target-coding", form: "table" },
    ],
    isRight ? "" : `y = (${text}) for label ${dataset.labels[firstRow]}`,
    (label, n) => byLabelTable.get(label) ?? new Float64Array(n).fill(NaN),
  );
}
