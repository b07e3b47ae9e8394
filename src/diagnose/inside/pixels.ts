import type { Dataset } from "../../data/dataset.ts";
import { pixelTable } from "../../model/convention.ts";
import type { Network } from "../../model/network.ts";
import { numberText } from "./functions.ts";
import { directionError, dot, fitConstants, type Vector } from "./linear.ts";
import { bytesOf, type Departure, type PixelChoice } from "./program.ts";
import {
  changes,
  each,
  MAPS,
  momentsOf,
  type Order,
  ordered,
  ORDERS,
  type PixelMap,
  RIGHT,
} from "./pixel_maps.ts";
import { clearWeights, type Exactness, type Reading } from "./readings.ts";

/** The map of the network's convention. */
function rightMap(network: Network): PixelMap {
  const expression = network.convention?.pixels;
  if (expression === undefined) return RIGHT;
  const table = pixelTable(network);
  return { form: "", formula: `${expression}, x = byte / 255`, of: each((byte) => table[byte]) };
}

/** Where another map is declared, the usual one is a departure. */
const mapsFor = (network: Network): PixelMap[] => [
  rightMap(network),
  ...(network.convention?.pixels === undefined ? [] : [{ ...RIGHT, form: "usual" }]),
  ...MAPS,
];

export const rightPixels = (network: Network): PixelChoice =>
  choiceOf(rightMap(network), ORDERS[0], (row) => row);

/**
 * Which bytes enter the first layer, and how: from the direction of each row's weight gradient, which does not depend
 * on anything behind the first layer. Returns every choice that fits, the likeliest first; an empty list if none does.
 */
export function pixelChoices(
  network: Network,
  readings: readonly Reading[],
  dataset: Dataset,
  exactness: Exactness,
  rowOf: (row: number) => number = (row) => row,
): PixelChoice[] {
  const seen = clearWeights(readings, 0, exactness);
  if (seen.length === 0) return [choiceOf(rightMap(network), ORDERS[0], rowOf)];
  const all = mapsFor(network);
  const units = seen.map(({ layers }) => layers[0].weights.right);
  const found: PixelChoice[] = [];
  const { features } = dataset;
  for (const order of ORDERS) {
    if (order.form !== "" && !changes(order, features)) continue;
    const bytesAt = ({ row }: Reading) => ordered(bytesOf(dataset, rowOf(row)), order);
    const first = bytesAt(seen[0]);
    // One row refutes nearly all: its error alone is more than that of all rows may be.
    const limit = exactness.fit * Math.sqrt(seen.length);
    const mayFit = (map: PixelMap) => directionError([units[0]], [map.of(first)]) <= limit;
    const maps = all.filter(mayFit);
    if (maps.length === 0 && affineIn(units[0], first, limit) === undefined) continue;
    const bytes = seen.map(bytesAt);
    const fits = (map: PixelMap) =>
      directionError(units, bytes.map((one) => map.of(one))) <= exactness.fit;
    for (const map of maps) if (fits(map)) found.push(choiceOf(map, order, rowOf));
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

function choiceOf(map: PixelMap, order: Order, rowOf: PixelChoice["rowOf"]): PixelChoice {
  const departures: Departure[] = [];
  if (order.form !== "") departures.push({ id: "pixel-order", form: order.form });
  if (map.form !== "") {
    const { form, isScale, isRounding, expression } = map;
    departures.push({
      id: isRounding ? "rounding" : isScale ? "pixel-scale" : "pixel-map",
      form,
      ...(expression && { convention: { pixels: expression } }),
    });
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
    formula: `${numberText(factor)} byte / 255`,
    expression: `${exact(factor)}*x`,
    of: each((byte) => factor * byte / 255),
  };
}

/** Without rounding errors. */
const exact = (value: number) => String(Number(value.toPrecision(9)));

/** β / α if a vector is α byte / 255 + β; undefined if it is not. */
function affineIn(unit: Vector, bytes: Uint8Array, limit: number): number | undefined {
  const x = RIGHT.of(bytes);
  const { mean, deviation } = momentsOf(x);
  const below = momentsOf(unit);
  const slope = x.reduce((s, value, i) => s + (value - mean) * (unit[i] - below.mean), 0) /
    (deviation ** 2 * unit.length);
  const offset = below.mean / slope - mean;
  const hypothesis = x.map((value) => value + offset);
  return directionError([unit], [hypothesis]) <= limit ? offset : undefined;
}

/** x = α byte / 255 + β, with the factor that the bias gradient suggests. */
function affine(
  readings: readonly Reading[],
  bytes: readonly Uint8Array[],
  exactness: Exactness,
): PixelMap | undefined {
  const units = readings.map(({ layers }) => layers[0].weights.right);
  const offset = affineIn(units[0], bytes[0], Infinity);
  if (offset === undefined) return undefined;
  const hypotheses = bytes.map((one) => RIGHT.of(one).map((value) => value + offset));
  if (!(directionError(units, hypotheses) <= exactness.fit)) return undefined;
  const factors = readings.map(({ layers: [{ biases, weights }] }, q) =>
    weights.size * dot(weights.right, hypotheses[q]) * dot(weights.left, biases) /
    (dot(hypotheses[q], hypotheses[q]) * dot(biases, biases))
  );
  const factor = Number.isFinite(factors[0]) && factors[0] !== 0 ? factors[0] : 1;
  const constant = factor * offset;
  return {
    form: "affine",
    expression: `${exact(factor)}*x${constant < 0 ? "" : "+"}${exact(constant)}`,
    formula: `${numberText(factor)} byte / 255 ${constant < 0 ? "−" : "+"} ${
      numberText(Math.abs(constant))
    }`,
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
  let isCompared = false;
  for (const { row, layers: [{ biases, weights }] } of clearWeights(readings, 0, exactness)) {
    const bytes = bytesOf(dataset, row);
    const spread = spreadWithin(weights.right, bytes);
    // In few pixels all bytes differ, and nothing can be compared.
    if (Number.isFinite(spread) && spread > 10 * exactness.fit) return undefined;
    isCompared ||= Number.isFinite(spread);
    const size = weights.size * dot(weights.left, biases) / dot(biases, biases);
    if (!Number.isFinite(size)) return undefined;
    bytes.forEach((byte, i) => [table[byte], known[byte]] = [size * weights.right[i], 1]);
  }
  if (!isCompared) return undefined;
  const points = [0, 64, 128, 255].filter((byte) => known[byte] === 1);
  return {
    departures: [{ id: "pixel-map", form: "table" }],
    formula: points.map((byte) => `${byte} → ${numberText(table[byte])}`).join(", "),
    source: "",
    rowOf: (row) => row,
    of: (bytes) => each((byte) => table[byte])(bytes),
  };
}
