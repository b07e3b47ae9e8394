import {
  type Form,
  less,
  otherLoss,
  type OutputActivation,
  sloped,
  SOFTMAX,
  special,
} from "./delta_form.ts";
import { NO_SLOPE, softmax } from "./functions.ts";
import { dot, type Vector } from "./linear.ts";

/** Jᵀ v of a softmax a: a ∘ (v − aᵀ v). */
function throughSoftmax(a: Vector, v: Vector): Vector {
  const mean = dot(a, v);
  return a.map((value, k) => value * (v[k] - mean));
}

const SOFTMAX_TWICE: OutputActivation = {
  name: "softmax-twice",
  formula: "softmax(softmax(z))",
  of: (z) => softmax(softmax(z)),
};
const TWICE = [{ id: "wrong-activation", form: "softmax-twice" }];
export const TWICE_SOFTMAX: readonly Form[] = [
  sloped(SOFTMAX_TWICE, NO_SLOPE, TWICE),
  special(
    TWICE,
    "p ∘ (a − y − pᵀ(a − y)), p = softmax(z)",
    SOFTMAX_TWICE,
    (z, y, a) => throughSoftmax(softmax(z), less(a, y)),
  ),
];

/** −Σ (y ln a + (1 − y) ln(1 − a)) of a softmax. */
export const BINARY = special(
  [otherLoss("softmax-binary-cross-entropy")],
  "a ∘ (v − aᵀv), v = (a − y) / (a(1 − a))",
  SOFTMAX,
  (_, y, a) => throughSoftmax(a, a.map((value, k) => (value - y[k]) / (value * (1 - value)))),
);

/** The class that is predicted, in place of its probability. */
export const HARD: OutputActivation = {
  name: "argmax",
  formula: "one-hot(argmax z)",
  of: (z) => {
    const most = Math.max(...z);
    return z.map((value) => Number(value === most));
  },
};
