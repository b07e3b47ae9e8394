import {
  type Form,
  less,
  otherLoss,
  type OutputActivation,
  SIGMOID,
  sloped,
  SOFTMAX,
  special,
} from "./delta_form.ts";
import { NO_SLOPE, softmax } from "./functions.ts";
import { dot, type Vector } from "./linear.ts";

const LOG_SOFTMAX: OutputActivation = {
  name: "log-softmax",
  formula: "ln softmax(z)",
  of: (z) => softmax(z).map(Math.log),
};

const labelOf = (y: Vector) => y.indexOf(Math.max(...y));

/** Σ max(0, zₖ − z of the label + 1). K. Crammer, Y. Singer, JMLR 2 (2001). */
const HINGE = special(
  [otherLoss("hinge")],
  "∂/∂z Σ max(0, z − z of the label + 1)",
  SOFTMAX,
  (z, y) => {
    const label = labelOf(y);
    const delta = z.map((value, k) => Number(k !== label && value - z[label] + 1 > 0));
    delta[label] = -delta.reduce((sum, one) => sum + one, 0);
    return delta;
  },
);

/** Weights of an example by p, the output of its label. Each is that of a loss of p. */
const WEIGHTS: readonly { formula: string; of(p: number): number }[] = [
  { formula: "(1 − p)", of: (p) => 1 - p },
  { formula: "(1 − p)²", of: (p) => (1 - p) ** 2 },
  { formula: "p", of: (p) => p },
  { formula: "−ln p", of: (p) => -Math.log(p) },
  {
    // T. Lin et al., "Focal loss for dense object detection" (2017), with γ = 2.
    formula: "((1 − p)² − 2 p (1 − p) ln p)",
    of: (p) => (1 - p) ** 2 - 2 * p * (1 - p) * Math.log(p),
  },
];

/** δ of losses and slips that people have in place of the cross-entropy of a softmax. */
export const OF_SOFTMAX: readonly Form[] = [
  sloped(LOG_SOFTMAX, NO_SLOPE, [{ id: "wrong-activation", form: "log-softmax" }]),
  HINGE,
  ...WEIGHTS.map(({ formula, of }) =>
    special(
      [otherLoss("weighted-examples")],
      `${formula} (a − y), p = a of the label`,
      SOFTMAX,
      (_, y, a) => {
        const weight = of(a[labelOf(y)]);
        return less(a, y).map((error) => weight * error);
      },
    )
  ),
];

/** The same in place of the quadratic loss of sigmoids. */
export const OF_SIGMOIDS: readonly Form[] = [
  special(
    [otherLoss("sigmoid-cross-entropy"), { id: "derivative-of-activation", form: "slope-at-a" }],
    "(a − y) / (a(1 − a)) ∘ σ′(a)",
    SIGMOID,
    (_, y, a) =>
      less(a, y).map((error, k) => {
        const twice = 1 / (1 + Math.exp(-a[k]));
        return error / (a[k] * (1 - a[k])) * twice * (1 - twice);
      }),
  ),
  special(
    [{ id: "wrong-slope", form: "error-length" }],
    "(a − y) / ‖a − y‖ ∘ a(1 − a)",
    SIGMOID,
    (_, y, a) => {
      const error = less(a, y);
      return error.map((one, k) => one / Math.sqrt(dot(error, error)) * a[k] * (1 - a[k]));
    },
  ),
];

/** The right δ, with every element kept between −`limit` and `limit`. */
export const clippedDelta = (right: Form, limit: number): Form => {
  const cut = (delta: Vector) => delta.map((one) => Math.max(-limit, Math.min(limit, one)));
  return {
    ...right,
    departures: [{ id: "clipped", form: "delta-of-output", value: limit }],
    formula: `max(−${limit}, min(${limit}, ${right.formula.replace(", a", ")), a")}`,
    of: (z, y) => cut(right.of(z, y)),
    isExact: true,
  };
};

/** The size at which elements of several δ end; undefined where none does. */
export function limitOf(observed: readonly Vector[]): number | undefined {
  const sizes = observed.map((delta) => delta.reduce((most, d) => Math.max(most, Math.abs(d)), 0));
  const limit = Math.max(...sizes);
  const near = sizes.filter((size) => Math.abs(size / limit - 1) < 1e-9);
  return near.length >= 3 ? Number(limit.toPrecision(6)) : undefined;
}
