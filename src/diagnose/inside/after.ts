import type { Network } from "../../model/network.ts";
import { parameterCount } from "../../model/layout.ts";
import { type AddedNumber, addNumber } from "./added_number.ts";
import { type Clip, clipped } from "./clip.ts";
import { dot, norm, rankOne, type Vector } from "./linear.ts";
import { type Normalised, normalised } from "./normalised.ts";
import { layersOf } from "./program.ts";
import type { Rounding } from "./roundings.ts";
import { TERMS } from "./terms.ts";
import { type Exactness, type Reading, readLayers } from "./readings.ts";

/**
 * What a program does to a finished gradient: stores it in another order, adds decay to it, or clips it. All of it
 * shows in single rows, whose weight gradients must have rank one.
 */
export interface After {
  /** place[p] is where the program keeps element p of the canonical order. */
  readonly layout?: { readonly form: string; readonly place: Uint32Array };
  /** For each layer λ of dW = … + λ W. */
  readonly decay?: readonly number[];
  /** For each layer λ of dW = … + λ sign(W). */
  readonly signDecay?: readonly number[];
  /** For each layer λ of db = … + λ b. */
  readonly biasDecay?: readonly number[];
  /** For each layer λ of dW = … + λ |W|, or of dW = … + λ W². */
  readonly absoluteDecay?: readonly number[];
  readonly squareDecay?: readonly number[];
  readonly added?: AddedNumber;
  /** Numbers that are added at all parameters. */
  readonly table?: Vector;
  /** Decays are divided by the number of rows of the minibatch. */
  readonly decayOverRows?: true;
  readonly clip?: Clip;
  readonly normalised?: Normalised;
  /** Every number of it has this format. */
  readonly rounding?: Rounding;
}

/** Undoes layout and decay of a minibatch of `rows`; a clipped gradient cannot be restored. */
export function mended(
  network: Network,
  gradient: Vector,
  parameters: Vector,
  after: After,
  rows = 1,
): Vector {
  const { layout } = after;
  const restored = layout ? gradient.map((_, p) => gradient[layout.place[p]]) : gradient.slice();
  addDecays(network, restored, parameters, after, -1 / (after.decayOverRows ? rows : 1));
  return restored;
}

/** The opposite of `mended`, with clipping. */
export function processed(
  network: Network,
  gradient: Vector,
  parameters: Vector,
  after: After,
  rows = 1,
): Vector {
  const { layout, clip, rounding } = after;
  let result: Vector = gradient.slice();
  addDecays(network, result, parameters, after, 1 / (after.decayOverRows ? rows : 1));
  if (clip) result = clipped(network, result, clip);
  if (after.normalised) result = normalised(network, result, after.normalised);
  if (rounding) result = result.map(rounding.of);
  if (layout === undefined) return result;
  const placed = new Float64Array(result.length);
  layout.place.forEach((at, p) => placed[at] = result[p]);
  return placed;
}

/** Adds every decay, and numbers that are added to all elements, `times`. */
function addDecays(
  network: Network,
  gradient: Vector,
  parameters: Vector,
  after: After,
  times: number,
): void {
  const { biasDecay, added, table } = after;
  if (added) addNumber(network, gradient, parameters, added, times);
  table?.forEach((number, p) => gradient[p] += times * number);
  for (const [l, { weightOffset, biasOffset, outputs }] of layersOf(network).entries()) {
    for (const [kind, of] of TERMS) {
      const rate = times * (after[kind]?.[l] ?? 0);
      if (rate === 0) continue;
      for (let p = weightOffset; p < biasOffset; p++) gradient[p] += rate * of(parameters[p]);
    }
    const ofBiases = times * (biasDecay?.[l] ?? 0);
    if (ofBiases !== 0) {
      for (let p = biasOffset; p < biasOffset + outputs; p++) {
        gradient[p] += ofBiases * parameters[p];
      }
    }
  }
}

export const isRankOne = ({ layers }: Pick<Reading, "layers">, { fit }: Exactness): boolean =>
  layers.every(({ weights }) => weights.residual <= fit);

/** The factor of W, or of its signs, that must be taken away from each layer for its gradient to have rank one. */
export function findDecay(
  network: Network,
  readings: readonly Reading[],
  exactness: Exactness,
): Pick<After, "decay" | "signDecay"> | undefined {
  const decay = decayRates(network, readings, exactness, "decay");
  if (decay) return { decay };
  const signDecay = decayRates(network, readings, exactness, "signDecay");
  return signDecay && { signDecay };
}

function decayRates(
  network: Network,
  readings: readonly Reading[],
  exactness: Exactness,
  kind: "decay" | "signDecay",
): number[] | undefined {
  const rates = layersOf(network).map(({ inputs, outputs, weightOffset, biasOffset }, l) => {
    const [first] = readings;
    if (readings.every((one) => one.layers[l].weights.residual <= exactness.fit)) return 0;
    const own = first.parameters.subarray(weightOffset, biasOffset);
    const weights = kind === "decay" ? own : own.map(Math.sign);
    const square = dot(weights, weights);
    let rate = 0;
    for (let step = 0; step < (weights.length > 2000 ? 60 : 500); step++) {
      const left = first.layers[l].matrix.map((g, i) => g - rate * weights[i]);
      const { size, left: u, right: v } = rankOne(left, outputs, inputs);
      let rest = dot(left, weights);
      for (let o = 0; o < outputs; o++) {
        const row = weights.subarray(o * inputs, (o + 1) * inputs);
        rest -= size * u[o] * dot(v, row);
      }
      rate += rest / square;
      if (Math.abs(rest / square) <= 1e-13 * Math.abs(rate)) break;
    }
    return Number(rate.toPrecision(exactness.fit < 1e-4 ? 8 : 4));
  });
  // What is left may be rounding alone, so it is compared with what was there.
  const fits = readings.every((one) => {
    const gradient = mended(network, one.gradient, one.parameters, { [kind]: rates });
    return readLayers(network, gradient).every(({ matrix, weights }, l) =>
      weights.residual * norm(matrix) <= 10 * exactness.fit * norm(one.layers[l].matrix)
    );
  });
  return fits && rates.some((rate) => rate !== 0) ? rates : undefined;
}

/** The factor of b in each layer's bias gradient, where without it that points along the δ of the weights. */
export function findBiasDecay(
  network: Network,
  readings: readonly Reading[],
  { fit }: Exactness,
): number[] | undefined {
  const rates = layersOf(network).map(({ biasOffset, outputs }, l) => {
    let [product, square, left, whole] = [0, 0, 0, 0];
    const across = readings.flatMap(({ parameters, layers }) => {
      const { weights: { left: unit, size }, biases } = layers[l];
      if (!(size > 0)) return [];
      const b = parameters.subarray(biasOffset, biasOffset + outputs);
      const [alongB, alongG] = [dot(unit, b), dot(unit, biases)];
      return Array.from(biases, (g, o) => [g - alongG * unit[o], b[o] - alongB * unit[o], g]);
    });
    for (const [g, b, all] of across) {
      product += g * b;
      square += b * b;
      whole += all * all;
    }
    const rate = product / square;
    for (const [g, b] of across) left += (g - rate * b) ** 2;
    const explains = Math.abs(rate) * Math.sqrt(square) > 100 * fit * Math.sqrt(whole);
    return explains && Math.sqrt(left) <= fit * Math.sqrt(whole) ? Number(rate.toPrecision(8)) : 0;
  });
  return rates.some((rate) => rate !== 0) ? rates : undefined;
}

/** Other orders in which programs keep a gradient. */
export function layoutsOf(network: Network): NonNullable<After["layout"]>[] {
  const layers = layersOf(network);
  const total = parameterCount(network);
  const layouts: NonNullable<After["layout"]>[] = [];
  const orders = [
    { form: "", at: [...layers.keys()] },
    { form: "last-layer-first", at: [...layers.keys()].reverse() },
  ];
  for (const { form: ofOrder, at: order } of orders) {
    for (const grouping of ["", "biases-first", "all-weights-first", "all-biases-first"]) {
      for (const transposed of ["", "transposed"]) {
        const form = [ofOrder, grouping, transposed].filter((one) => one !== "").join(", ");
        if (form === "") continue;
        const blocks = order.flatMap((l): [number, "weights" | "biases"][] =>
          grouping === "biases-first"
            ? [[l, "biases"], [l, "weights"]]
            : [[l, "weights"], [l, "biases"]]
        );
        const rank = (kind: string) =>
          Number(kind === (grouping === "all-weights-first" ? "biases" : "weights"));
        if (grouping.startsWith("all")) blocks.sort(([, a], [, b]) => rank(a) - rank(b));
        const place = new Uint32Array(total);
        let next = 0;
        for (const [l, kind] of blocks) {
          const { inputs, outputs, weightOffset, biasOffset } = layers[l];
          if (kind === "biases") {
            for (let o = 0; o < outputs; o++) place[biasOffset + o] = next++;
            continue;
          }
          for (let o = 0; o < outputs; o++) {
            for (let i = 0; i < inputs; i++) {
              place[weightOffset + o * inputs + i] = next +
                (transposed ? i * outputs + o : o * inputs + i);
            }
          }
          next += inputs * outputs;
        }
        layouts.push({ form, place });
      }
    }
  }
  return layouts;
}

/** Square layers whose weight gradient is transposed: then the bias gradient points along the wrong vector. */
export function transposedSquares(
  network: Network,
  readings: readonly Reading[],
  { fit }: Exactness,
): After["layout"] {
  const layers = layersOf(network);
  const place = Uint32Array.from({ length: parameterCount(network) }, (_, p) => p);
  const along = (unit: Vector, b: Vector) => 1 - Math.abs(dot(unit, b)) / (norm(b) || 1);
  const transposed: number[] = [];
  for (const [l, { inputs, outputs, weightOffset }] of layers.entries()) {
    if (inputs !== outputs) continue;
    const seen = readings.map((one) => one.layers[l]).filter(({ weights, biases }) =>
      weights.size > 0 && norm(biases) > 0
    );
    const isTransposed = seen.length > 0 &&
      seen.every(({ weights, biases }) => along(weights.right, biases) < fit) &&
      seen.some(({ weights, biases }) => along(weights.left, biases) > 100 * fit);
    if (!isTransposed) continue;
    transposed.push(l + 1);
    for (let o = 0; o < outputs; o++) {
      for (let i = 0; i < inputs; i++) {
        place[weightOffset + o * inputs + i] = weightOffset + i * outputs + o;
      }
    }
  }
  return transposed.length > 0
    ? { form: `transposed: ${transposed.join(", ")}`, place }
    : undefined;
}

/** Layers whose weight gradient has rank one only when it is read as (inputs, outputs); the others have it as they are. */
export function reshapedLayers(
  network: Network,
  readings: readonly Reading[],
  { fit }: Exactness,
): After["layout"] {
  const place = Uint32Array.from({ length: parameterCount(network) }, (_, p) => p);
  const transposed: number[] = [];
  for (const [l, { inputs, outputs, weightOffset }] of layersOf(network).entries()) {
    const matrices = readings.map((one) => one.layers[l]).filter(({ weights }) => weights.size > 0);
    if (matrices.every(({ weights }) => weights.residual <= fit)) continue;
    const isTransposed = matrices.every(({ matrix }) => {
      const turned = matrix.map((_, at) =>
        matrix[(at % inputs) * outputs + Math.floor(at / inputs)]
      );
      return rankOne(turned, outputs, inputs).residual <= fit;
    });
    if (!isTransposed) return undefined;
    transposed.push(l + 1);
    for (let o = 0; o < outputs; o++) {
      for (let i = 0; i < inputs; i++) {
        place[weightOffset + o * inputs + i] = weightOffset + i * outputs + o;
      }
    }
  }
  return transposed.length > 0
    ? { form: `transposed: ${transposed.join(", ")}`, place }
    : undefined;
}
