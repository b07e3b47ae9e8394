import type { Dataset } from "../../data/dataset.ts";
import { targetsIn } from "../../model/convention.ts";
import type { Network } from "../../model/network.ts";
import {
  activationNamed,
  ACTIVATIONS,
  combined,
  type NeuronFunction,
  NO_SLOPE,
  RIGHT_SLOPES,
  SIGMOID_SLOPE,
  type Slope,
  SLOPE_TERMS,
  SLOPES,
  softmax,
} from "./functions.ts";
import { dot, fitConstants, sumOf, type Vector } from "./linear.ts";
import { applied, type Departure, type OutputChoice, type Pass } from "./program.ts";
import type { Exactness } from "./readings.ts";
import { fitTargets, type Target, targetsOf } from "./targets.ts";

/** δ of the output layer as S ∘ (A − y), or as something else. */
interface Form {
  readonly departures: readonly Departure[];
  /** With `y` for the target. */
  readonly formula: string;
  of(z: Vector, y: Vector): Vector;
  raw(z: Vector, y: Vector): Vector;
  /** A and S, if δ is S ∘ (A − y): then targets can be fitted. */
  readonly parts?: { a(z: Vector): Vector; slope: Slope };
  readonly overBatch?: boolean;
}

interface OutputActivation {
  readonly name: string;
  readonly formula: string;
  of(z: Vector): Vector;
}

const ofNeuron = (f: NeuronFunction): OutputActivation => ({
  name: f.name,
  formula: f.formula,
  of: (z) => applied(f, z),
});
const SOFTMAX: OutputActivation = { name: "softmax", formula: "softmax(z)", of: softmax };
const SIGMOID = ofNeuron(activationNamed("sigmoid"));

const less = (a: Vector, y: Vector): Vector => a.map((value, k) => value - y[k]);

function sloped(
  activation: OutputActivation,
  slope: Slope,
  departures: readonly Departure[],
): Form {
  const factor = slope.formula === "1" ? "" : ` ∘ ${slope.formula}`;
  return {
    departures,
    formula: `(a − y)${factor}, a = ${activation.formula}`,
    raw: (z, y) => less(activation.of(z), y),
    of: (z, y) => {
      const a = activation.of(z);
      return a.map((value, k) => (value - y[k]) * slope.of(z[k], value));
    },
    parts: { a: (z) => activation.of(z), slope },
  };
}

const special = (
  departures: readonly Departure[],
  formula: string,
  activation: OutputActivation,
  of: (z: Vector, y: Vector, a: Vector) => Vector,
): Form => ({
  departures,
  formula: `${formula}, a = ${activation.formula}`,
  raw: (z, y) => less(activation.of(z), y),
  of: (z, y) => of(z, y, activation.of(z)),
});

const otherLoss = (form: string): Departure => ({ id: "other-loss", form });

/** δ with a softmax over the rows of the minibatch. */
const overRows = (slope: Slope, ...more: Departure[]): Form => ({
  ...sloped({ name: "ones", formula: "softmax over the minibatch", of: (a) => a }, slope, [
    { id: "rows-interact", form: "softmax-over-batch" },
    ...more,
  ]),
  overBatch: true,
});

/** Over equal rows every output is 1 / rows, so a slope of the output looks like a factor. */
export function withSlopeOverRows(network: Network, factor: number, rows: number): OutputChoice {
  const form = overRows(SIGMOID_SLOPE, { id: "softmax-diagonal" });
  const [target] = targetsOf(2, targetsIn(network));
  return choiceOf(form, target, factor / SIGMOID_SLOPE.of(NaN, 1 / rows));
}

/** The cross-entropy of targets whose sum is not 1, and what is usual instead. */
const SUMMED: readonly Form[] = [
  {
    departures: [],
    formula: "(a Σy − y), a = softmax(z)",
    raw: (z, y) => summedError(z, y),
    of: (z, y) => summedError(z, y),
  },
  sloped(SOFTMAX, NO_SLOPE, [otherLoss("targets-not-summed")]),
];

function summedError(z: Vector, y: Vector): Vector {
  const sum = sumOf(y);
  return softmax(z).map((value, k) => value * sum - y[k]);
}

/** The forms of a network's loss, the right one first. */
function formsOf({ outputLoss, convention, layerSizes }: Network): Form[] {
  const isQuadratic = outputLoss === "sigmoid-quadratic";
  const [low, high] = targetsIn({ convention });
  const sum = high + (layerSizes[layerSizes.length - 1] - 1) * low;
  const isSummed = !isQuadratic && Math.abs(sum - 1) > 1e-9;
  const own = isQuadratic ? SIGMOID : SOFTMAX;
  const ownSlope = isQuadratic ? SIGMOID_SLOPE : NO_SLOPE;
  const slopes = SLOPES.filter((one) => one !== ownSlope).map((slope) =>
    sloped(own, slope, [slopeDeparture(slope, isQuadratic)])
  );
  const others = [
    ...ACTIVATIONS.map(ofNeuron),
    SOFTMAX,
  ].filter(({ name }) => name !== own.name);
  return [
    ...(isSummed ? SUMMED : [sloped(own, ownSlope, [])]),
    ...(isQuadratic
      ? [
        sloped(SOFTMAX, NO_SLOPE, [otherLoss("softmax-cross-entropy")]),
        sloped(SOFTMAX, SIGMOID_SLOPE, [otherLoss("softmax-with-sigmoid-slope")]),
      ]
      : [
        sloped(SIGMOID, NO_SLOPE, [otherLoss("sigmoid-cross-entropy")]),
        sloped(SIGMOID, SIGMOID_SLOPE, [otherLoss("sigmoid-quadratic")]),
      ]),
    special(
      [otherLoss("softmax-quadratic")],
      "a ∘ (a − y − aᵀ(a − y))",
      SOFTMAX,
      (_, y, a) => {
        const mean = dot(a, less(a, y));
        return a.map((value, k) => value * (value - y[k] - mean));
      },
    ),
    ...slopes,
    special(
      [{ id: "softmax-diagonal", form: "of-cross-entropy" }],
      "−y ∘ (1 − a)",
      SOFTMAX,
      (_, y, a) => a.map((value, k) => -y[k] * (1 - value)),
    ),
    special(
      [otherLoss("sigmoid-absolute")],
      "sign(a − y) ∘ a(1 − a)",
      SIGMOID,
      (_, y, a) => a.map((value, k) => Math.sign(value - y[k]) * value * (1 - value)),
    ),
    special(
      [otherLoss("label-alone")],
      "−y ∘ (1 − a)",
      own,
      (_, y, a) => a.map((value, k) => -y[k] * (1 - value)),
    ),
    special([otherLoss("minus-y-over-a")], "−y / a", own, (_, y, a) => a.map((v, k) => -y[k] / v)),
    special(
      [{ id: "wrong-slope", form: "error-squared" }],
      "(a − y)²",
      own,
      (_, y, a) => less(a, y).map((error) => error ** 2),
    ),
    special(
      [{ id: "wrong-slope", form: "error-cubed" }],
      "(a − y)³",
      own,
      (_, y, a) => less(a, y).map((error) => error ** 3),
    ),
    special(
      [{ id: "wrong-slope", form: "sign" }],
      "sign(a − y)",
      own,
      (_, y, a) => less(a, y).map(Math.sign),
    ),
    overRows(ownSlope),
    ...others.flatMap((activation) => {
      const departure: Departure = activation.name === "identity"
        ? { id: "activation-skipped" }
        : { id: "wrong-activation", form: activation.name };
      return [ownSlope, ...SLOPES.filter((one) => one !== ownSlope).slice(0, 4), NO_SLOPE]
        .map((slope) => sloped(activation, slope, [departure]));
    }),
  ];
}

function slopeDeparture(slope: Slope, isQuadratic: boolean): Departure {
  if (!isQuadratic) {
    return slope === SIGMOID_SLOPE
      ? { id: "softmax-diagonal" }
      : { id: "wrong-slope", form: slope.formula };
  }
  if (slope === NO_SLOPE) return { id: "missing-output-derivative" };
  if (slope.formula === "σ′(a)") return { id: "derivative-of-activation", form: "slope-at-a" };
  if (slope.formula === "z(1 − z)") {
    return { id: "derivative-of-activation", form: "a-formula-of-z" };
  }
  return { id: "wrong-slope", form: slope.formula };
}

function choiceOf(form: Form, target: Target, factor: number): OutputChoice {
  return {
    departures: [...form.departures, ...target.departures],
    formula: target.formula === "" ? form.formula : `${form.formula}, ${target.formula}`,
    factor,
    of: (pass) => form.of(givenTo(form, pass), target.of(pass)),
    raw: (pass) => form.raw(givenTo(form, pass), target.of(pass)),
    ...(form.overBatch && { overBatch: true }),
  };
}

/** z of the output layer; for a softmax over rows its a. */
const givenTo = ({ overBatch: isOver }: Form, { z, overBatch }: Pass): Vector =>
  isOver && overBatch ? overBatch : z[z.length - 1];

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
 * with two values, then any targets, then sums of slopes. Without a fit, `nearest` is the best of them.
 */
export function findOutput(
  passes: readonly Pass[],
  observed: readonly Vector[],
  dataset: Dataset,
  exactness: Exactness,
): { found?: FoundOutput; nearest: FoundOutput } {
  const { network } = passes[0];
  const forms = formsOf(network);
  const targets = targetsOf(dataset.classes, targetsIn(network));
  let nearest: FoundOutput | undefined;
  const attempt = (form: Form, target: Target): FoundOutput | undefined => {
    const fitTo = (count: number) =>
      fitConstants(observed.slice(0, count), [
        passes.slice(0, count).map((pass) => form.of(givenTo(form, pass), target.of(pass))),
      ]);
    const screen = fitTo(SCREENED);
    const { coefficients: [factor], error } = screen.error > 10 * exactness.fit
      ? screen
      : fitTo(passes.length);
    const found = { choice: choiceOf(form, target, factor), error };
    if (nearest === undefined || error < nearest.error) nearest = found;
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
  for (const form of [right, ...others.filter(({ overBatch }) => !overBatch)]) {
    const fitted = form.parts && fitTargets(passes, observed, form.parts, dataset, exactness);
    if (fitted === undefined) continue;
    const found = { choice: choiceOf(form, fitted.target, fitted.factor), error: fitted.error };
    return { found, nearest: found };
  }
  for (const form of others) {
    for (const target of otherTargets) {
      const found = attempt(form, target);
      if (found) return { found, nearest: found };
    }
  }
  const summed = fitSlope(passes, observed, right, exactness);
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
