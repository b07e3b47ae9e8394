import type { Finding } from "../../format/finding.ts";
import type { Problem } from "../../gradients/contract.ts";
import { addDecay, targetsIn } from "../../model/convention.ts";
import { sigmoid } from "../../model/activation.ts";
import type { Network } from "../../model/network.ts";
import type { Form } from "../words/form_words.ts";
import { softmax } from "../inside/functions.ts";
import { isHarmless, nearestConstant } from "../inside/small_constants.ts";
import type { Case } from "./examined_kernel.ts";
import type { Scale } from "./scale_findings.ts";

/** A loss of one example, from z of the output layer and the targets. */
type Loss = (z: Float64Array, y: readonly number[]) => number;

const quadratic = (a: Float64Array, y: readonly number[]): number =>
  0.5 * a.reduce((sum, value, k) => sum + (value - y[k]) ** 2, 0);

const crossEntropy = (p: Float64Array, y: readonly number[]): number =>
  p.reduce((sum, value, k) => y[k] === 0 ? sum : sum - y[k] * Math.log(value), 0);

/** ln(1 + e^z), without overflow. */
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** The losses that programs return. */
const LOSSES = {
  "sigmoid-quadratic": (z, y) => quadratic(z.map(sigmoid), y),
  "softmax-cross-entropy": (z, y) => crossEntropy(softmax(z), y),
  "sigmoid-cross-entropy": (z, y) =>
    z.reduce((sum, one, k) => sum + y[k] * softplus(-one) + (1 - y[k]) * softplus(one), 0),
  "softmax-quadratic": (z, y) => quadratic(softmax(z), y),
} satisfies Partial<Record<Form, Loss>>;
type LossName = keyof typeof LOSSES;

/** The same with an ε in the logarithm, or with outputs that an ε keeps from 0 and 1. */
const LIMITS: readonly ((a: number, epsilon: number) => number)[] = [
  (a, epsilon) => a + epsilon,
  (a, epsilon) => Math.max(epsilon, a),
  (a, epsilon) => Math.max(epsilon, Math.min(1 - epsilon, a)),
];

/** A greater one would change the loss beyond recognition. */
const GREATEST_EPSILON = 0.01;

type LimitedLoss = (...given: [...Parameters<Loss>, (a: number) => number]) => number;

/** Losses with a logarithm, of outputs that `limit` has changed. */
const LIMITED: readonly (readonly [LossName, LimitedLoss])[] = [
  [
    "softmax-cross-entropy",
    (z, y, limit) =>
      softmax(z).reduce((sum, a, k) => y[k] === 0 ? sum : sum - y[k] * Math.log(limit(a)), 0),
  ],
  [
    "sigmoid-cross-entropy",
    (z, y, limit) =>
      z.reduce((sum, one, k) => {
        const [a, rest] = [sigmoid(one), sigmoid(-one)].map(limit);
        return sum - y[k] * Math.log(a) - (1 - y[k]) * Math.log(rest);
      }, 0),
  ],
];

/** The returned value is `factor` times the mean or the sum of a loss over the minibatch. */
export interface ReturnedLoss {
  readonly loss: LossName;
  readonly isAsked: boolean;
  readonly factor: number;
  readonly over: "mean" | "sum";
  /** The constant in its logarithm, if it has one. */
  readonly epsilon?: number;
  /** The largest relative difference from what the kernel returned. */
  readonly error: number;
}

/**
 * Which loss the kernel returns, if z of its output layer is `outputs` (cases, rows, classes); undefined where none fits.
 */
export function findReturnedLoss(
  problem: Problem,
  cases: readonly Case[],
  outputs: readonly (readonly Float64Array[])[],
  closeness: number,
): ReturnedLoss | undefined {
  const found = findDataLoss(problem, cases, outputs, closeness);
  const { network } = problem;
  if (found?.isAsked || network.convention?.weightDecay === undefined) return found;
  // The penalty of declared weight decay may be part of the returned loss.
  const without = cases.map((one) => ({
    ...one,
    loss: one.loss - addDecay(network, one.parameters, new Float64Array(one.parameters.length)),
  }));
  return findDataLoss(problem, without, outputs, closeness) ?? found;
}

function findDataLoss(
  { network, dataset }: Problem,
  cases: readonly Case[],
  outputs: readonly (readonly Float64Array[])[],
  closeness: number,
): ReturnedLoss | undefined {
  const asked = network.outputLoss;
  const [low, high] = targetsIn(network);
  const targets = Array.from(
    { length: dataset.classes },
    (_, hot) => Array.from({ length: dataset.classes }, (_, k) => k === hot ? high : low),
  );
  /** The loss is taken as a mean or a sum, whichever fits better. */
  const fitTo = (of: Loss): Pick<ReturnedLoss, "factor" | "over" | "error"> => {
    const sums = cases.map(({ batch }, n) =>
      outputs[n].reduce((sum, z, e) => sum + of(z, targets[dataset.labels[batch[e]]]), 0)
    );
    const [mean, sum] = (["mean", "sum"] as const).map((over) => {
      const values = sums.map((sum, n) => over === "mean" ? sum / cases[n].batch.length : sum);
      const factor = cases[0].loss / values[0];
      const errors = cases.map(({ loss }, n) => {
        const left = Math.abs(loss - factor * values[n]);
        return left === 0 ? 0 : left / Math.abs(values[n]);
      });
      return { factor, over, error: Math.max(...errors) };
    });
    // Minibatches of one length fit both.
    return mean.error <= closeness || !(sum.error < mean.error) ? mean : sum;
  };
  const found = (
    loss: LossName,
    fit: ReturnType<typeof fitTo>,
    epsilon?: number,
  ): ReturnedLoss | undefined =>
    // For another loss than the one asked for, an arbitrary factor would be a coincidence.
    fit.error <= closeness && (loss === asked || isUsual(fit.factor, dataset.classes))
      ? { loss, isAsked: loss === asked, ...fit, ...(epsilon !== undefined && { epsilon }) }
      : undefined;
  for (const loss of new Set([asked, ...Object.keys(LOSSES) as LossName[]])) {
    const plain = found(loss, fitTo(LOSSES[loss]));
    if (plain) return plain;
  }
  for (const [loss, of] of LIMITED) {
    for (const limit of LIMITS) {
      const withEpsilon = (epsilon: number) => fitTo((z, y) => of(z, y, (a) => limit(a, epsilon)));
      const { value } = nearestConstant((value) => withEpsilon(value).error, closeness);
      const limited = found(loss, withEpsilon(value), value);
      if (limited && value <= GREATEST_EPSILON) return limited;
    }
  }
  return undefined;
}

/** The loss itself, its double or half, or the mean over the outputs. */
const isUsual = (factor: number, classes: number): boolean =>
  [1, 2, 0.5, 1 / classes, 2 / classes].some((one) => isNear(factor, one));

const isNear = (a: number, b: number): boolean => Math.abs(a / b - 1) < 1e-3;

const ALSO_OF_LOSS: ReadonlySet<string> = new Set([
  "other-loss",
  "small-constant",
  "examples-skipped",
  "last-example-only",
  "target-coding",
  "labels-shifted",
  "rows-mixed-up",
  "rows-interact",
  "row-weights",
  "updates-within-batch",
  "wrong-activation",
  "activation-skipped",
]);

/** The returned value is not the loss of the gradient. */
export function lossFindings(
  { network }: Problem,
  found: readonly Finding[],
  scales: readonly Scale[],
  returned: ReturnedLoss | undefined,
  cases: readonly Case[],
): Finding[] {
  const ids = found.map(({ id }) => id);
  // Another finding says it: the loss has other outputs, targets or rows.
  if (ids.some((id) => ALSO_OF_LOSS.has(id))) return [];
  if (ids.includes("missing-output-derivative") && returned && !returned.isAsked) return [];
  if (!cases.some(({ loss }) => Number.isFinite(loss))) return [];
  const isFar = returned?.epsilon !== undefined &&
    !isHarmless({ id: "small-constant", value: returned.epsilon });
  if (returned?.isAsked && returned.over === "mean" && isNear(returned.factor, 1) && !isFar) {
    return returned.epsilon === undefined ? [] : [inLogarithm(network, returned, cases)];
  }
  const { factor, divisor } = scales[0] ?? { factor: 1, divisor: "examples" };
  const isUniform = scales.every((scale) => scale.factor === factor && scale.divisor === divisor);
  // Loss and gradient are too large by the same factor: one mistake, which the finding "scale" reports.
  if (
    returned?.isAsked && !isFar && isUniform && isNear(Math.abs(factor), returned.factor) &&
    divisor === (returned.over === "mean" ? "examples" : "nothing")
  ) return [];
  const [{ loss: firstValue }] = cases;
  return [{
    id: "loss-mismatch",
    layers: [network.layerSizes.length - 1],
    ...(returned && {
      returned: {
        loss: returned.loss,
        over: returned.over,
        factor: returned.factor,
        ...(isFar && { epsilon: returned.epsilon }),
      },
    }),
    ...(Number.isFinite(firstValue) && { firstValue }),
  }];
}

/** The returned loss has an ε, the gradient has none. */
function inLogarithm(
  { layerSizes }: Network,
  { epsilon, error }: ReturnedLoss,
  cases: readonly Case[],
): Finding {
  const lengths = cases.map(({ batch }) => batch.length);
  return {
    id: "small-constant",
    form: "in-loss",
    layers: [layerSizes.length - 1],
    value: epsilon,
    agreement: {
      minibatches: cases.length,
      fewestExamples: Math.min(...lengths),
      mostExamples: Math.max(...lengths),
      error,
    },
  };
}
