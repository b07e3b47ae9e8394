import type { Network } from "../../model/network.ts";
import {
  carriedOf,
  consistentSlopes,
  DELTA_ABOVE,
  ofNeuron,
  RIGHT_WEIGHTS,
  slopesOf,
  WEIGHTS,
} from "./backward_formulas.ts";
import { combined, SLOPE_TERMS } from "./functions.ts";
import { fitConstants, times, type Vector } from "./linear.ts";
import {
  type BackwardChoice,
  type ForwardChoice,
  type Pass,
  rawBelow,
  updatedPart,
  type WeightsChoice,
} from "./program.ts";
import type { Exactness } from "./readings.ts";
import { ROUNDINGS } from "./roundings.ts";

export const rightBackward = (network: Network, forward: ForwardChoice): BackwardChoice => ({
  carried: DELTA_ABOVE,
  weights: RIGHT_WEIGHTS,
  slope: consistentSlopes(network, forward)[0],
  updated: 0,
  factor: 1,
});

/** So many questions rule out most formulas. */
const SCREENED = 6;

export interface FoundBackward {
  readonly choice: BackwardChoice;
  readonly error: number;
}

/**
 * How δ of hidden layer l comes from what is above it: the passes hold the δ and errors that were read there, so
 * mistakes above do not matter. Fewest departures first.
 */
export function findBackward(
  network: Network,
  forward: ForwardChoice,
  passes: readonly Pass[],
  l: number,
  observed: readonly Vector[],
  exactness: Exactness,
): { found?: FoundBackward; nearest: FoundBackward } {
  const carried = carriedOf(network);
  const slopes = slopesOf(network, forward);
  const right = rightBackward(network, forward);
  const screened = Math.min(SCREENED, passes.length);
  let nearest: FoundBackward = { choice: right, error: Infinity };
  const slopeValues = slopes.map((slope) => passes.map((pass) => slope.of(pass, l)));
  const rawOf = new Map<string, readonly (Vector | undefined)[]>();
  const raws = (c: number, w: number, count: number) => {
    const key = `${c} ${w} ${count}`;
    let known = rawOf.get(key);
    if (known === undefined) {
      known = passes.slice(0, count).map((pass) => {
        const q = carried[c].of(pass, l);
        return q && WEIGHTS[w].through(pass, l, q);
      });
      rawOf.set(key, known);
    }
    return known;
  };
  const attempt = (
    c: number,
    w: number,
    s: number,
    isUpdated: boolean,
  ): FoundBackward | undefined => {
    const slope = slopeValues[s];
    const fitTo = (count: number) => {
      const raw = raws(c, w, count);
      if (!raw.every((one) => one !== undefined) || !slope.every((one) => one !== undefined)) {
        return undefined;
      }
      const bases = [raw.map((one, q) => times(one, slope[q]))];
      if (isUpdated) {
        bases.push(
          passes.slice(0, count)
            .map((pass, q) => times(updatedPart(pass, l, carried[c].of(pass, l)!), slope[q])),
        );
      }
      return fitConstants(observed.slice(0, count), bases);
    };
    const screen = fitTo(screened);
    if (screen === undefined) return undefined;
    const isHopeless = screen.error > 10 * exactness.fit;
    const { coefficients: [factor, ofUpdate = 0], error } = isHopeless
      ? screen
      : fitTo(passes.length)!;
    const updated = ofUpdate === 0 ? 0 : -ofUpdate / factor;
    const choice = {
      carried: carried[c],
      weights: WEIGHTS[w],
      slope: slopes[s],
      updated,
      factor,
    };
    const found = { choice, error };
    // A formula that is stranger must be clearly nearer.
    if (!isUpdated && error < 0.9 * nearest.error) nearest = found;
    const isReal = factor !== 0 && (!isUpdated || Math.abs(updated) > 1e-12);
    return error <= exactness.fit && isReal ? found : undefined;
  };
  const plain = slopes.findIndex(({ departure }) => departure !== undefined);
  for (const [c, w, s, isUpdated] of combinations(carried.length, slopes.length, plain)) {
    const found = attempt(c, w, s, isUpdated);
    if (found && s < plain && c === 0 && w === 0 && !isUpdated && !isOne(found.choice.factor)) {
      // Another consistent slope may need no factor, or that of a mask be missing.
      for (let other = 0; other < (forward.mask ? slopes.length : plain); other++) {
        const better = attempt(c, w, other, isUpdated);
        if (better && isOne(better.choice.factor)) return { found: better, nearest: better };
      }
    }
    if (found) return { found, nearest: found };
  }
  for (const rounding of ROUNDINGS) {
    const rounded = passes.map((pass, q) =>
      rawBelow(right, pass, l).map((value, i) => rounding.of(value * slopeValues[0][q]![i]))
    );
    const { coefficients: [factor], error } = fitConstants(observed, [rounded]);
    if (error <= exactness.fit && factor !== 0) {
      const found = { choice: { ...right, factor, rounding }, error };
      return { found, nearest: found };
    }
  }
  for (const c of carried.slice(0, 2)) {
    const summed = fitSlope(passes, l, observed, { ...right, carried: c }, exactness);
    if (summed) return { found: summed, nearest: summed };
  }
  const fixed = fitWeights(passes, l, observed, right, exactness);
  return fixed ? { found: fixed, nearest: fixed } : { nearest };
}

const isOne = (factor: number) => Math.abs(factor - 1) < 1e-3;

/** Indices of what is carried, weights and slope, and whether weights were updated: fewest departures first. */
function* combinations(
  carried: number,
  slopes: number,
  rightSlopes: number,
): Generator<[number, number, number, boolean]> {
  const all: [number, number, number, boolean][] = [];
  for (let c = 0; c < carried; c++) {
    for (let w = 0; w < WEIGHTS.length; w++) {
      for (let s = 0; s < slopes; s++) {
        for (const isUpdated of w === 0 && c < 3 ? [false, true] : [false]) {
          all.push([c, w, s, isUpdated]);
        }
      }
    }
  }
  const cost = ([c, w, s, isUpdated]: [number, number, number, boolean]) =>
    Math.sign(c) + Math.sign(w) + Number(s >= rightSlopes) + Number(isUpdated);
  yield* all.sort((a, b) => cost(a) - cost(b));
}

/** δ comes through a matrix that stays the same whatever the parameters are. */
function fitWeights(
  passes: readonly Pass[],
  l: number,
  observed: readonly Vector[],
  right: BackwardChoice,
  exactness: Exactness,
): FoundBackward | undefined {
  const outputs = passes[0].delta[l + 1].length;
  // So many questions leave no doubt.
  if (passes.length < outputs + SCREENED) return undefined;
  const one = (value: number) => Float64Array.of(value);
  const rows = Array.from(observed[0], (_, i) => {
    const asked = passes.flatMap((pass, q) => {
      const slope = right.slope.of(pass, l)![i];
      return slope === 0 ? [] : [{ slope, above: pass.delta[l + 1], seen: observed[q][i] }];
    });
    if (asked.length < outputs + SCREENED) return undefined;
    const bases = Array.from(
      { length: outputs },
      (_, o) => asked.map(({ slope, above }) => one(slope * above[o])),
    );
    return fitConstants(asked.map(({ seen }) => one(seen)), bases);
  });
  if (!rows.every((row) => row !== undefined && row.error <= 10 * exactness.fit)) return undefined;
  const matrix = rows.map((row) => row!.coefficients);
  const weights: WeightsChoice = {
    departure: { id: "wrong-backward-weights", form: "fixed-weights" },
    formula: () => "Cᵀ",
    through: (_, __, q) =>
      Float64Array.from(matrix, (row) => row.reduce((sum, w, o) => sum + w * q[o], 0)),
  };
  return { choice: { ...right, weights }, error: Math.max(...rows.map((row) => row!.error)) };
}

function fitSlope(
  passes: readonly Pass[],
  l: number,
  observed: readonly Vector[],
  right: BackwardChoice,
  exactness: Exactness,
): FoundBackward | undefined {
  const raw = passes.map((pass) => rawBelow(right, pass, l));
  for (const terms of SLOPE_TERMS) {
    const bases = terms.map((term) =>
      passes.map((pass, q) => times(raw[q], ofNeuron(term).of(pass, l)!))
    );
    const { coefficients, error } = fitConstants(observed, bases);
    if (error > exactness.fit) continue;
    const slope = combined(terms, coefficients);
    const departure = { id: "wrong-slope", form: slope.formula };
    return { choice: { ...right, slope: ofNeuron(slope, departure) }, error };
  }
  return undefined;
}
