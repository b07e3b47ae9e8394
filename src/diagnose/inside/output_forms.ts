import { targetsIn } from "../../model/convention.ts";
import type { Network } from "../../model/network.ts";
import {
  type Form,
  less,
  ofNeuron,
  otherLoss,
  type OutputActivation,
  SIGMOID,
  sloped,
  SOFTMAX,
  special,
} from "./delta_form.ts";
import {
  activationNamed,
  ACTIVATIONS,
  asFactor,
  cutAt,
  CUTS,
  NO_SLOPE,
  SIGMOID_SLOPE,
  type Slope,
  SLOPES,
  softmax,
} from "./functions.ts";
import { INSTEAD_OF_ERROR } from "./instead_of_error.ts";
import { dot, sumOf, type Vector } from "./linear.ts";
import { OF_SIGMOIDS, OF_SOFTMAX } from "./loss_forms.ts";
import { ROUNDINGS } from "./roundings.ts";
import { BINARY, HARD, TWICE_SOFTMAX } from "./softmax_forms.ts";
import { applied, type Departure, type OutputChoice, type Pass } from "./program.ts";
import type { Target } from "./targets.ts";

/** δ with a softmax over the rows of the minibatch. */
export const overRows = (slope: Slope, ...more: Departure[]): Form => ({
  ...sloped({ name: "ones", formula: "softmax over the minibatch", of: (a) => a }, slope, [
    { id: "rows-interact", form: "softmax-over-batch" },
    ...more,
  ]),
  overBatch: true,
});

/** δ with a softmax over all rows and classes: the batch rule that gives its outputs names it. */
export const OVER_ALL: Form = {
  ...sloped({ name: "ones", formula: "softmax over rows and classes", of: (a) => a }, NO_SLOPE, []),
  overBatch: true,
};

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

/** Activations of hidden layers that programs give the output layer, too, before its own. */
const BEFORE = ["relu", "sigmoid", "tanh", "leaky-0.01", "softplus"].map(activationNamed);

/** An output layer with two activations, and δ with the slope of the first or without. */
function composed(own: OutputActivation, ownSlope: Slope): Form[] {
  const h = 1e-5;
  return BEFORE.filter(({ name }) => name !== own.name).flatMap((inner) => {
    const formula = own.formula.replace("z", inner.formula);
    const activation = {
      name: formula,
      formula,
      of: (z: Vector) => own.of(applied(inner, z)),
    };
    const departures = [{ id: "wrong-activation", form: formula }];
    const of = (z: number) => (inner.of(z + h) - inner.of(z - h)) / (2 * h);
    const both: Slope = {
      formula: ownSlope.formula === "1" ? "f′(z)" : `${ownSlope.formula} f′(z)`,
      of: (z, a) => ownSlope.of(z, a) * of(z),
    };
    return [ownSlope, both].map((slope) => sloped(activation, slope, departures));
  });
}

/** The forms of a network's loss, the right one first. */
export function formsOf({ outputLoss, convention, layerSizes }: Network): Form[] {
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
    ...[ownSlope, ...(isQuadratic ? [NO_SLOPE] : [SIGMOID_SLOPE])].flatMap((slope) =>
      INSTEAD_OF_ERROR.map(({ form, formula, isExact, of }): Form => ({
        ...special(
          [{ id: "wrong-slope", form }],
          slope.formula === "1" ? formula : `${formula} ∘ ${asFactor(slope.formula)}`,
          own,
          (z, y, a) => of(less(a, y)).map((value, k) => value * slope.of(z[k], a[k])),
        ),
        ...(isExact && { isExact }),
      }))
    ),
    special(
      [{ id: "wrong-slope", form: "zero-for-last-neuron" }],
      "(a − y) ∘ f′, 0 for the last neuron",
      own,
      (z, y, a) =>
        a.map((value, k) => k < a.length - 1 ? (value - y[k]) * ownSlope.of(z[k], value) : 0),
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
    ...CUTS.map((limit): Form => {
      const cut = cutAt(limit);
      const formula = own.formula.replace("z", cut.formula);
      const activation = { name: formula, formula, of: (z: Vector) => own.of(z.map(cut.of)) };
      return sloped(activation, ownSlope, [
        { id: "wrong-activation", form: formula, value: limit },
      ]);
    }),
    ...ROUNDINGS.flatMap(({ form, name, of }): Form[] => {
      const departures = [{ id: "rounding", form }];
      const right = sloped(own, ownSlope, []);
      const rounded = {
        name: form,
        formula: `${name}(${own.formula})`,
        of: (z: Vector) => own.of(z).map(of),
      };
      return [
        sloped(rounded, ownSlope, departures),
        {
          ...right,
          departures,
          formula: `${name}(${right.formula})`,
          of: (z, y) => right.of(z, y).map(of),
        },
      ];
    }),
    ...(isQuadratic ? OF_SIGMOIDS : [...TWICE_SOFTMAX, BINARY, ...OF_SOFTMAX]),
    sloped(HARD, NO_SLOPE, [{ id: "wrong-activation", form: "predicted-class" }]),
    ...(isQuadratic
      ? [special(
        [{ id: "wrong-activation", form: "predicted-class" }],
        "(p − y) ∘ a(1 − a), p = one-hot(argmax z)",
        SIGMOID,
        (z, y, a) => less(HARD.of(z), y).map((error, k) => error * a[k] * (1 - a[k])),
      )]
      : []),
    ...composed(own, ownSlope),
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

export function choiceOf(form: Form, target: Target, factor: number): OutputChoice {
  return {
    departures: [...form.departures, ...target.departures],
    formula: target.formula === "" ? form.formula : `${form.formula}, ${target.formula}`,
    factor,
    target: (pass) => target.of(pass),
    of: (pass) => form.of(givenTo(form, pass), pass.target ?? target.of(pass)),
    raw: (pass) => form.raw(givenTo(form, pass), pass.target ?? target.of(pass)),
    ...(form.overBatch && { overBatch: true }),
  };
}

/** z of the output layer; for a softmax over rows its a. */
export const givenTo = ({ overBatch: isOver }: Form, { z, overBatch }: Pass): Vector =>
  isOver && overBatch ? overBatch : z[z.length - 1];
