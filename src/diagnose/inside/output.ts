import type { Dataset } from "../../data/dataset.ts";
import { targetsIn } from "../../model/convention.ts";
import type { Network } from "../../model/network.ts";
import { fitPair, type Pair } from "./fit_pair.ts";
import { isNear, PAIR_STARTS, scaledText } from "./fitted_activation.ts";
import {
  combined,
  NO_SLOPE,
  numberText,
  RIGHT_SLOPES,
  SIGMOID_SLOPE,
  SLOPE_TERMS,
} from "./functions.ts";
import { dot, fitConstants, type Vector } from "./linear.ts";
import { type Form, type OutputActivation, SIGMOID, sloped, SOFTMAX } from "./delta_form.ts";
import { choiceOf, formsOf, givenTo, OVER_ALL, overRows } from "./output_forms.ts";
import { clippedDelta, limitOf } from "./loss_forms.ts";
import type { OutputChoice, Pass } from "./program.ts";
import type { Exactness } from "./readings.ts";
import { nearestConstant, smallConstantForms } from "./small_constants.ts";
import { fitTargets, type Target, targetsOf } from "./targets.ts";

/** Over equal rows every output is 1 / rows, so a slope of the output looks like a factor. */
export function withSlopeOverRows(network: Network, factor: number, rows: number): OutputChoice {
  const form = overRows(SIGMOID_SLOPE, { id: "softmax-diagonal" });
  const [target] = targetsOf(2, targetsIn(network));
  return choiceOf(form, target, factor / SIGMOID_SLOPE.of(NaN, 1 / rows));
}

/** δ with a softmax over rows and classes. */
export const outputOverAll = (network: Network, factor: number): OutputChoice =>
  choiceOf(OVER_ALL, targetsOf(2, targetsIn(network))[0], factor);

/** So many questions rule out most formulas. */
const SCREENED = 6;

export interface FoundOutput {
  readonly choice: OutputChoice;
  readonly error: number;
}

export const rightOutput = (network: Network): OutputChoice =>
  choiceOf(formsOf(network)[0], targetsOf(2, targetsIn(network))[0], 1);

/**
 * Which δ of the output layer fits `observed`, given z and labels of the passes. Tried are one departure, then targets
 * with two values, then any targets, then sums of slopes; before targets, a right one with an ε. Without a fit, `nearest` is
 * the best of them. `isShort`: one departure and the right form with other targets alone.
 */
export function findOutput(
  passes: readonly Pass[],
  observed: readonly Vector[],
  dataset: Dataset,
  exactness: Exactness,
  isShort = false,
): { found?: FoundOutput; nearest: FoundOutput } {
  const { network } = passes[0];
  const forms = formsOf(network);
  const targets = targetsOf(dataset.classes, targetsIn(network));
  let nearest: FoundOutput | undefined;
  const attempt = (form: Form, target: Target, isQuick = false): FoundOutput | undefined => {
    const fitTo = (count: number) =>
      fitConstants(observed.slice(0, count), [
        passes.slice(0, count).map((pass) => form.of(givenTo(form, pass), target.of(pass))),
      ]);
    // One question rules out nearly all, without a say in what is nearest.
    if (isQuick && fitTo(1).error > 10 * exactness.fit * Math.sqrt(SCREENED)) return undefined;
    const screen = fitTo(SCREENED);
    const { coefficients: [factor], error } = screen.error > 10 * exactness.fit
      ? screen
      : fitTo(passes.length);
    const found = { choice: choiceOf(form, target, factor), error };
    // A formula that is stranger must be clearly nearer.
    if (nearest === undefined || error < 0.9 * nearest.error) nearest = found;
    if (form.isExact && !(Math.abs(factor - 1) < 1e-3)) return undefined;
    return error <= exactness.fit && factor !== 0 ? found : undefined;
  };
  const [right, ...others] = forms;
  const [oneHot, ...otherTargets] = targets;
  const tries: [Form, Target][] = [
    [right, oneHot],
    ...otherTargets.map((target): [Form, Target] => [right, target]),
    ...others.map((form): [Form, Target] => [form, oneHot]),
  ];
  for (const [form, target] of tries) {
    const found = attempt(form, target);
    if (found) return { found, nearest: found };
  }
  const limit = limitOf(observed);
  const clipped = limit && attempt(clippedDelta(right, limit), oneHot);
  if (clipped) return { found: clipped, nearest: clipped };
  const constant = fitSmallConstant(passes, observed, exactness);
  if (constant) return { found: constant, nearest: constant };
  const weighted = fitClassWeights(passes, observed, right, oneHot, exactness);
  if (weighted) return { found: weighted, nearest: weighted };
  const fittable = isShort ? [] : others.filter(({ overBatch }) => !overBatch);
  for (const form of [right, ...fittable]) {
    const fitted = form.parts && fitTargets(passes, observed, form.parts, dataset, exactness);
    if (fitted === undefined) continue;
    const found = { choice: choiceOf(form, fitted.target, fitted.factor), error: fitted.error };
    return { found, nearest: found };
  }
  if (isShort) return { nearest: nearest! };
  for (const form of others) {
    for (const target of otherTargets) {
      const found = attempt(form, target, true);
      if (found) return { found, nearest: found };
    }
  }
  const summed = fitSlope(passes, observed, right, exactness) ??
    fitScaled(passes, observed, exactness);
  return summed ? { found: summed, nearest: summed } : { nearest: nearest! };
}

/** δ = (a − y) ∘ a sum of slopes. */
function fitSlope(
  passes: readonly Pass[],
  observed: readonly Vector[],
  right: Form,
  exactness: Exactness,
): FoundOutput | undefined {
  const { network } = passes[0];
  const target = targetsOf(2, targetsIn(network))[0];
  const isQuadratic = network.outputLoss === "sigmoid-quadratic";
  const own = isQuadratic ? SIGMOID : SOFTMAX;
  for (const terms of [...SLOPE_TERMS, [RIGHT_SLOPES.sigmoid, ...SLOPE_TERMS[1]]]) {
    const bases = terms.map((term) =>
      passes.map((pass) => sloped(own, term, []).of(givenTo(right, pass), target.of(pass)))
    );
    const { coefficients, error } = fitConstants(observed, bases);
    if (error > exactness.fit) continue;
    const slope = combined(terms, coefficients);
    const form = sloped(own, slope, [{ id: "wrong-slope", form: slope.formula }]);
    return { choice: choiceOf(form, target, 1), error };
  }
  return undefined;
}

/** The right δ, times a weight that the label has. */
function fitClassWeights(
  passes: readonly Pass[],
  observed: readonly Vector[],
  right: Form,
  target: Target,
  { fit }: Exactness,
): FoundOutput | undefined {
  const weights = new Map<number, number>();
  let worst = 0;
  for (const [label, questions] of Map.groupBy(passes.keys(), (q) => passes[q].label)) {
    // One question alone could have its factor from elsewhere.
    if (questions.length < 2) return undefined;
    const bases = questions.map((q) => right.of(givenTo(right, passes[q]), target.of(passes[q])));
    const { coefficients: [weight], error } = fitConstants(
      questions.map((q) => observed[q]),
      [bases],
    );
    if (!(error <= fit)) return undefined;
    weights.set(label, weight);
    worst = Math.max(worst, error);
  }
  if (weights.size < 2) return undefined;
  const choice = choiceOf(right, target, 1);
  const of = ({ label }: Pass) => weights.get(label) ?? NaN;
  const text = [...weights].sort(([a], [b]) => a - b).slice(0, 3)
    .map(([label, weight]) => `${numberText(weight)} for label ${label}`).join(", ");
  return {
    choice: {
      ...choice,
      departures: [{ id: "other-loss", form: "class-weights" }],
      formula: `w ${choice.formula}, w = ${text}${weights.size > 3 ? " …" : ""}`,
      of: (pass) => choice.of(pass).map((value) => of(pass) * value),
      raw: (pass) => choice.raw(pass).map((value) => of(pass) * value),
    },
    error: worst,
  };
}

/** The right δ but for an ε, in any of the places where programs have one. */
function fitSmallConstant(
  passes: readonly Pass[],
  observed: readonly Vector[],
  { fit }: Exactness,
): FoundOutput | undefined {
  const { network } = passes[0];
  const [target] = targetsOf(2, targetsIn(network));
  for (const formAt of smallConstantForms(network)) {
    const fitAt = (value: number) => {
      const form = formAt(value);
      return fitConstants(observed, [
        passes.map((pass) => form.of(givenTo(form, pass), target.of(pass))),
      ]);
    };
    const { value, error } = nearestConstant((value) => fitAt(value).error, fit);
    const { coefficients: [factor] } = fitAt(value);
    if (error <= fit && factor !== 0) {
      return { choice: choiceOf(formAt(value), target, factor), error };
    }
  }
  return undefined;
}

/** δ with an activation of c z + d: a temperature, or a shift of the output layer alone. */
function fitScaled(
  passes: readonly Pass[],
  observed: readonly Vector[],
  { fit }: Exactness,
): FoundOutput | undefined {
  const { network } = passes[0];
  const target = targetsOf(2, targetsIn(network))[0];
  const isQuadratic = network.outputLoss === "sigmoid-quadratic";
  const own = isQuadratic ? SIGMOID : SOFTMAX;
  const slopes = isQuadratic ? [SIGMOID_SLOPE, NO_SLOPE] : [NO_SLOPE, SIGMOID_SLOPE];
  const formAt = (activation: OutputActivation, slope: typeof NO_SLOPE, pair: Pair): Form => {
    const [c, d] = pair;
    const formula = activation.formula.replace("z", scaledText(pair));
    const departure = { id: "wrong-activation", form: formula };
    const scaled = {
      name: formula,
      formula,
      of: (z: Vector) => activation.of(z.map((v) => c * v + d)),
    };
    return sloped(scaled, slope, [departure]);
  };
  for (const activation of own === SIGMOID ? [SIGMOID, SOFTMAX] : [SOFTMAX, SIGMOID]) {
    for (const slope of slopes) {
      const basesAt = (pair: Pair, count: number) => {
        const form = formAt(activation, slope, pair);
        return passes.slice(0, count).map((pass) => form.of(givenTo(form, pass), target.of(pass)));
      };
      const leftAt = (count: number) => (pair: Pair): Vector | undefined => {
        const bases = basesAt(pair, count);
        const { coefficients: [factor], error } = fitConstants(observed.slice(0, count), [bases]);
        if (!Number.isFinite(error)) return undefined;
        return Float64Array.from(bases.flatMap((basis, q) => {
          const length = Math.sqrt(dot(observed[q], observed[q])) || 1;
          return [...basis].map((value, k) => (observed[q][k] - factor * value) / length);
        }));
      };
      const fixed = activation === SOFTMAX ? 1 : undefined;
      const starts = fixed === 1 ? PAIR_STARTS.filter(([, d]) => d === 0) : PAIR_STARTS;
      const count = Math.min(2 * SCREENED, passes.length);
      const screen = fitPair(leftAt(count), starts, fixed);
      if (screen === undefined || screen.error > 0.05 * Math.sqrt(count)) continue;
      const found = fitPair(leftAt(passes.length), [screen.pair], fixed);
      if (found === undefined || found.error > fit * Math.sqrt(passes.length)) continue;
      const { coefficients: [factor], error } = fitConstants(observed, [
        basesAt(found.pair, passes.length),
      ]);
      const form = formAt(activation, slope, found.pair);
      // With the factor that its derivative has, it is the gradient of its own loss.
      const [c] = found.pair;
      const choice = isNear(factor / c, 1)
        ? choiceOf(timesFactor(form, c), target, 1)
        : choiceOf(form, target, factor);
      return { choice, error };
    }
  }
  return undefined;
}

const timesFactor = (form: Form, factor: number): Form => ({
  ...form,
  formula: isNear(factor, 1) ? form.formula : `${numberText(factor)} ${form.formula}`,
  of: (z, y) => form.of(z, y).map((value) => factor * value),
});
