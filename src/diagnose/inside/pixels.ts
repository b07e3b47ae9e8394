import type { Dataset } from "../../data/dataset.ts";
import { directionError, dot, fitConstants, norm, type Vector } from "./linear.ts";
import { bytesOf, type Departure, type PixelChoice } from "./program.ts";
import { clearWeights, type Exactness, type Reading } from "./readings.ts";

interface PixelMap {
  readonly form: string;
  readonly formula: string;
  /** A factor of byte / 255: the direction of a row does not show it. */
  readonly isScale?: boolean;
  readonly of: (bytes: Uint8Array) => Vector;
}

const each = (of: (byte: number) => number) => (bytes: Uint8Array) =>
  Float64Array.from(bytes, (byte) => of(byte));

const momentsOf = (x: Vector) => {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  return { mean, deviation: Math.sqrt(variance) };
};

const RIGHT: PixelMap = { form: "", formula: "byte / 255", of: each((byte) => byte / 255) };

/** What programs do with bytes; the first that fits is taken. */
const MAPS: readonly PixelMap[] = [
  { form: "not-divided", formula: "byte", isScale: true, of: each((byte) => byte) },
  { form: "divided-by-256", formula: "byte / 256", isScale: true, of: each((byte) => byte / 256) },
  {
    form: "divided-twice",
    formula: "byte / 255²",
    isScale: true,
    of: each((byte) => byte / 255 ** 2),
  },
  {
    form: "minus-1-to-1",
    formula: "byte / 127.5 − 1",
    isScale: true,
    of: each((byte) => byte / 127.5 - 1),
  },
  {
    form: "inverted",
    formula: "1 − byte / 255",
    isScale: true,
    of: each((byte) => 1 - byte / 255),
  },
  { form: "binarised", formula: "[byte ≥ 128]", isScale: true, of: each((b) => Number(b >= 128)) },
  { form: "binarised-above-0", formula: "[byte > 0]", of: each((byte) => Number(byte > 0)) },
  {
    form: "integer-division",
    formula: "⌊byte / 255⌋",
    of: each((byte) => Math.floor(byte / 255)),
  },
  {
    form: "offset-0.01",
    formula: "0.99 byte / 255 + 0.01",
    of: each((byte) => 0.99 * byte / 255 + 0.01),
  },
  {
    form: "standardised-mnist",
    formula: "(byte / 255 − 0.1307) / 0.3081",
    of: each((byte) => (byte / 255 - 0.1307) / 0.3081),
  },
  { form: "centred", formula: "byte / 255 − 0.5", of: each((byte) => byte / 255 - 0.5) },
  {
    form: "signed",
    formula: "(byte − 256 [byte > 127]) / 255",
    of: each((byte) => (byte > 127 ? byte - 256 : byte) / 255),
  },
  {
    form: "signed-128",
    formula: "(byte − 256 [byte > 127]) / 128",
    of: each((byte) => (byte > 127 ? byte - 256 : byte) / 128),
  },
  { form: "square", formula: "(byte / 255)²", of: each((byte) => (byte / 255) ** 2) },
  { form: "root", formula: "√(byte / 255)", of: each((byte) => Math.sqrt(byte / 255)) },
  {
    form: "standardised-per-image",
    formula: "(byte − mean of the image) / its standard deviation",
    of: (bytes) => {
      const { mean, deviation } = momentsOf(Float64Array.from(bytes));
      return Float64Array.from(bytes, (byte) => (byte - mean) / (deviation || 1));
    },
  },
  {
    form: "length-1",
    formula: "byte / ‖bytes of the image‖",
    of: (bytes) => {
      const length = norm(bytes);
      return Float64Array.from(bytes, (byte) => byte / (length || 1));
    },
  },
  {
    form: "maximum-1",
    formula: "byte / largest byte of the image",
    of: (bytes) => {
      const most = bytes.reduce((a, b) => Math.max(a, b), 1);
      return Float64Array.from(bytes, (byte) => byte / most);
    },
  },
];

interface Order {
  readonly form: string;
  readonly of: (i: number, features: number) => number;
}

const sideOf = (features: number) => Math.round(Math.sqrt(features));
const isSquare = (features: number) => sideOf(features) ** 2 === features;

const ORDERS: readonly Order[] = [
  { form: "", of: (i) => i },
  { form: "reversed", of: (i, n) => n - 1 - i },
  { form: "shifted-by-one", of: (i, n) => (i + 1) % n },
  { form: "shifted-back-by-one", of: (i, n) => (i + n - 1) % n },
  ...[
    { form: "transposed", at: (r: number, c: number, n: number) => c * n + r },
    { form: "mirrored", at: (r: number, c: number, n: number) => r * n + n - 1 - c },
    { form: "upside-down", at: (r: number, c: number, n: number) => (n - 1 - r) * n + c },
  ].map(({ form, at }): Order => ({
    form,
    of: (i, features) => {
      if (!isSquare(features)) return i;
      const n = sideOf(features);
      return at(Math.floor(i / n), i % n, n);
    },
  })),
];

export const RIGHT_PIXELS: PixelChoice = choiceOf(RIGHT, ORDERS[0], (row) => row);

/**
 * Which bytes enter the first layer, and how: from the direction of each row's weight gradient, which does not depend
 * on anything behind the first layer. Returns every choice that fits, the likeliest first; an empty list if none does.
 */
export function pixelChoices(
  readings: readonly Reading[],
  dataset: Dataset,
  exactness: Exactness,
  rowOf: (row: number) => number = (row) => row,
): PixelChoice[] {
  const seen = clearWeights(readings, 0, exactness);
  if (seen.length === 0) return [choiceOf(RIGHT, ORDERS[0], rowOf)];
  const units = seen.map(({ layers }) => layers[0].weights.right);
  const found: PixelChoice[] = [];
  const { features } = dataset;
  for (const order of ORDERS) {
    if (order.form !== "" && !changes(order, features)) continue;
    const bytes = seen.map(({ row }) => ordered(bytesOf(dataset, rowOf(row)), order));
    const fits = (map: PixelMap) =>
      directionError(units, bytes.map((one) => map.of(one))) <= exactness.fit;
    for (const map of [RIGHT, ...MAPS]) if (fits(map)) found.push(choiceOf(map, order, rowOf));
    if (found.length > 0) {
      // Factors that none of the usual maps has, as the bias gradient suggests them.
      const factor = factorOf(seen, bytes);
      const isNew = factor !== undefined &&
        [1, 255, 255 / 256, 1 / 255].every((usual) => Math.abs(factor / usual - 1) > 1e-3);
      if (isNew && fits(RIGHT)) found.push(choiceOf(timesByte(factor), order, rowOf));
      return found;
    }
    const fitted = affine(seen, bytes, exactness);
    if (fitted) return [choiceOf(fitted, order, rowOf)];
  }
  return [];
}

function changes(order: Order, features: number): boolean {
  for (let i = 0; i < features; i++) if (order.of(i, features) !== i) return true;
  return false;
}

const ordered = (bytes: Uint8Array, { of }: Order): Uint8Array =>
  bytes.map((_, i) => bytes[of(i, bytes.length)]);

function choiceOf(map: PixelMap, order: Order, rowOf: PixelChoice["rowOf"]): PixelChoice {
  const departures: Departure[] = [];
  if (order.form !== "") departures.push({ id: "pixel-order", form: order.form });
  if (map.form !== "") {
    departures.push({ id: map.isScale ? "pixel-scale" : "pixel-map", form: map.form });
  }
  return {
    departures,
    formula: map.formula,
    source: order.form,
    rowOf,
    of: order.form === "" ? map.of : (bytes) => map.of(ordered(bytes, order)),
  };
}

/** x / (byte / 255), if the first layer's weight gradient is db · xᵀ. */
function factorOf(readings: readonly Reading[], bytes: readonly Uint8Array[]): number | undefined {
  const factors = readings.map(({ layers: [{ biases, weights }] }, q) =>
    weights.size * dot(weights.right, bytes[q]) * dot(weights.left, biases) * 255 /
    (dot(bytes[q], bytes[q]) * dot(biases, biases))
  );
  const spread = Math.max(...factors) - Math.min(...factors);
  return Number.isFinite(spread) && spread < 1e-3 * Math.abs(factors[0]) ? factors[0] : undefined;
}

function timesByte(factor: number): PixelMap {
  return {
    form: "other-factor",
    isScale: true,
    formula: `${shown(factor)} byte / 255`,
    of: each((byte) => factor * byte / 255),
  };
}

const shown = (value: number) => String(Number(value.toPrecision(4))).replace("-", "−");

/** x = α byte / 255 + β, with the factor that the bias gradient suggests. */
function affine(
  readings: readonly Reading[],
  bytes: readonly Uint8Array[],
  exactness: Exactness,
): PixelMap | undefined {
  const { layers: [{ weights: { right } }] } = readings[0];
  const x = bytes.map((one) => Float64Array.from(one, (byte) => byte / 255));
  const { mean, deviation } = momentsOf(x[0]);
  const below = momentsOf(right);
  const slope = x[0].reduce((s, value, i) => s + (value - mean) * (right[i] - below.mean), 0) /
    (deviation ** 2 * right.length);
  const offset = below.mean / slope - mean;
  const units = readings.map(({ layers }) => layers[0].weights.right);
  const hypotheses = x.map((one) => one.map((value) => value + offset));
  if (!(directionError(units, hypotheses) <= exactness.fit)) return undefined;
  const factors = readings.map(({ layers: [{ biases, weights }] }, q) =>
    weights.size * dot(weights.right, hypotheses[q]) * dot(weights.left, biases) /
    (dot(hypotheses[q], hypotheses[q]) * dot(biases, biases))
  );
  const factor = Number.isFinite(factors[0]) && factors[0] !== 0 ? factors[0] : 1;
  const constant = factor * offset;
  return {
    form: "affine",
    formula: `${shown(factor)} byte / 255 ${constant < 0 ? "−" : "+"} ${shown(Math.abs(constant))}`,
    of: each((byte) => factor * byte / 255 + constant),
  };
}

/** The row whose pixels each row has, where one fits; undefined where that cannot be said of most. */
export function pixelRows(
  readings: readonly Reading[],
  dataset: Dataset,
  exactness: Exactness,
): Map<number, number> | undefined {
  const rows = new Map<number, number>();
  const seen = clearWeights(readings, 0, exactness);
  const empty = Array.from({ length: dataset.count }, (_, row) => row)
    .find((row) => bytesOf(dataset, row).every((byte) => byte === 0));
  for (const { row, layers } of readings) {
    if (layers[0].weights.size === 0 && empty !== undefined) rows.set(row, empty);
  }
  for (const { row, layers } of seen) {
    if (rows.has(row)) continue;
    const unit = layers[0].weights.right;
    let source = -1;
    for (const error of [scaleError, linearError, spreadWithin]) {
      for (let other = 0; other < dataset.count && source < 0; other++) {
        if (error(unit, bytesOf(dataset, other)) <= 10 * exactness.fit) source = other;
      }
    }
    if (source >= 0) rows.set(row, source);
  }
  return rows.size > dataset.count / 2 ? rows : undefined;
}

/** How far a vector is from every α byte. */
const scaleError = (unit: Vector, bytes: Uint8Array): number =>
  directionError([unit], [Float64Array.from(bytes)]);

/** How far a vector is from every α byte + β. */
function linearError(unit: Vector, bytes: Uint8Array): number {
  if (bytes.every((byte) => byte === bytes[0])) return Infinity;
  return fitConstants([unit], [[Float64Array.from(bytes)], [unit.map(() => 1)]]).error;
}

/** How much elements with equal bytes differ, relative to the vector's length. */
function spreadWithin(unit: Vector, bytes: Uint8Array): number {
  const sums = new Float64Array(256);
  const counts = new Float64Array(256);
  for (let i = 0; i < unit.length; i++) {
    sums[bytes[i]] += unit[i];
    counts[bytes[i]]++;
  }
  let left = 0;
  let groups = 0;
  for (let byte = 0; byte < 256; byte++) if (counts[byte] > 0) groups++;
  // With as many groups as elements, everything fits.
  if (groups > unit.length / 1.5 || groups < 2) return Infinity;
  for (let i = 0; i < unit.length; i++) {
    left += (unit[i] - sums[bytes[i]] / counts[bytes[i]]) ** 2;
  }
  return Math.sqrt(left);
}

/** A map from bytes to numbers that no formula fits: the table itself. */
export function tabulated(
  readings: readonly Reading[],
  dataset: Dataset,
  exactness: Exactness,
): PixelChoice | undefined {
  const table = new Float64Array(256);
  const known = new Uint8Array(256);
  for (const { row, layers: [{ biases, weights }] } of clearWeights(readings, 0, exactness)) {
    const bytes = bytesOf(dataset, row);
    if (spreadWithin(weights.right, bytes) > 10 * exactness.fit) return undefined;
    const size = weights.size * dot(weights.left, biases) / dot(biases, biases);
    if (!Number.isFinite(size)) return undefined;
    bytes.forEach((byte, i) => [table[byte], known[byte]] = [size * weights.right[i], 1]);
  }
  const points = [0, 64, 128, 255].filter((byte) => known[byte] === 1);
  return {
    departures: [{ id: "pixel-map", form: "table" }],
    formula: points.map((byte) => `${byte} → ${shown(table[byte])}`).join(", "),
    source: "",
    rowOf: (row) => row,
    of: (bytes) => Float64Array.from(bytes, (byte) => table[byte]),
  };
}
