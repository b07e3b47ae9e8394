import type { Network } from "../../model/network.ts";
import { NO_SLOPE, SIGMOID_SLOPE } from "./functions.ts";
import { sumOf, type Vector } from "./linear.ts";
import { type Form, SIGMOID, sloped, SOFTMAX, special } from "./delta_form.ts";
import type { Departure } from "./program.ts";

/** What programs add, or limit by, lest a logarithm or a quotient is infinite: up to this it hinders no training. */
const HARMLESS = 1e-3;

/** A small constant that hinders no training. */
export const isHarmless = (
  { id, value = Infinity }: { readonly id: string; readonly value?: number | undefined },
): boolean => id === "small-constant" && value <= HARMLESS;

/** δ of the output layer with such a constant ε. */
type FormAt = (epsilon: number) => Form;

const constant = (form: string, value: number): Departure[] => [
  { id: "small-constant", form, value },
];

/** A function of one output a and ε in place of the output. */
interface Changed {
  readonly form: string;
  /** With `a` for the output. */
  readonly formula: string;
  readonly of: (a: number, epsilon: number) => number;
}

const CHANGED: readonly Changed[] = [
  { form: "raised-output", formula: "max(ε, a)", of: (a, epsilon) => Math.max(epsilon, a) },
  {
    form: "clipped-output",
    formula: "max(ε, min(1 − ε, a))",
    of: (a, epsilon) => Math.max(epsilon, Math.min(1 - epsilon, a)),
  },
  { form: "added-to-output", formula: "a + ε", of: (a, epsilon) => a + epsilon },
];

const RAISED_IN_LOGARITHM: Changed = {
  form: "raised-in-logarithm",
  formula: "[ε < a]",
  of: (a, epsilon) => Number(a >= epsilon),
};

const CLIPPED_IN_LOGARITHM: Changed = {
  form: "clipped-in-logarithm",
  formula: "[ε < a < 1 − ε]",
  of: (a, epsilon) => Number(a >= epsilon && a <= 1 - epsilon),
};

/** ∂ ln / ∂ ln a, where the loss is −Σ y ln of a changed output: 1 without ε. */
const LOGARITHMS: readonly Changed[] = [
  { form: "added-in-logarithm", formula: "a / (a + ε)", of: (a, epsilon) => a / (a + epsilon) },
  RAISED_IN_LOGARITHM,
  CLIPPED_IN_LOGARITHM,
];

/** A softmax whose sum has an ε, of powers as they are or relative to the greatest. */
const SUMS: readonly { readonly formula: string; readonly isRelative: boolean }[] = [
  { formula: "e^(z − max z) / (Σ e^(z − max z) + ε)", isRelative: true },
  { formula: "e^z / (Σ e^z + ε)", isRelative: false },
];

function softmaxWith(z: Vector, epsilon: number, isRelative: boolean): Vector {
  const most = isRelative ? Math.max(...z) : 0;
  const powers = z.map((value) => Math.exp(value - most));
  const sum = sumOf(powers) + epsilon;
  return powers.map((value) => value / sum);
}

const inLogarithm = ({ form, formula, of }: Changed): FormAt => (epsilon) =>
  special(constant(form, epsilon), `a Σc − c, c = y ∘ ${formula}`, SOFTMAX, (_, y, a) => {
    const c = a.map((value, k) => y[k] * of(value, epsilon));
    const sum = sumOf(c);
    return a.map((value, k) => value * sum - c[k]);
  });

/** The one that gives 0 for an example whose label has an output below ε, or above 1 − ε, too. */
export const limitedForm = (isAlsoAbove: boolean, epsilon: number): Form =>
  inLogarithm(isAlsoAbove ? CLIPPED_IN_LOGARITHM : RAISED_IN_LOGARITHM)(epsilon);

/** The right δ of a network's loss, but for a constant ε. */
export function smallConstantForms({ outputLoss }: Network): FormAt[] {
  const isQuadratic = outputLoss === "sigmoid-quadratic";
  const [own, slope] = isQuadratic ? [SIGMOID, SIGMOID_SLOPE] : [SOFTMAX, NO_SLOPE];
  const changed = CHANGED.map(({ form, formula, of }): FormAt => (epsilon) => {
    const activation = {
      name: form,
      formula: formula.replace(/\ba\b/, own.formula),
      of: (z: Vector) => own.of(z).map((a) => of(a, epsilon)),
    };
    return sloped(activation, slope, constant(form, epsilon));
  });
  if (isQuadratic) return changed;
  return [
    ...changed,
    ...LOGARITHMS.map(inLogarithm),
    ...SUMS.map(({ formula, isRelative }): FormAt => (epsilon) =>
      sloped(
        { name: formula, formula, of: (z) => softmaxWith(z, epsilon, isRelative) },
        NO_SLOPE,
        constant("added-to-sum", epsilon),
      )
    ),
  ];
}

/** Decimal powers between which constants are searched, and how finely at first. */
const [LEAST_POWER, GREATEST_POWER, STEP] = [-12, -1, 0.5];
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const SECTIONS = 40;
const WORTH_SEARCHING = 0.9;

/**
 * The constant with the least error: from a grid of powers, then by golden sections (J. Kiefer, Proc. AMS 4, 1953, p.
 * 502). The shortest one whose error is at most `enough` is taken: 10⁻⁵ for 1.0003 · 10⁻⁵.
 */
export function nearestConstant(
  errorAt: (value: number) => number,
  enough: number,
): { value: number; error: number } {
  const at = (power: number) => {
    const error = errorAt(10 ** power);
    return Number.isNaN(error) ? Infinity : error;
  };
  let power = GREATEST_POWER;
  let error = at(power);
  let without = error;
  for (let next = power - STEP; next >= LEAST_POWER; next -= STEP) {
    without = at(next);
    if (without < error) [power, error] = [next, without];
  }
  const whole = [Math.round(power), Math.floor(power), Math.ceil(power)]
    .find((one) => at(one) <= enough);
  if (whole !== undefined) return { value: Number(`1e${whole}`), error: at(whole) };
  // Hardly nearer than without a constant: there is none.
  if (error > WORTH_SEARCHING * without) return { value: 10 ** power, error };
  let [low, high] = [power - STEP, power + STEP];
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [ofLeft, ofRight] = [at(left), at(right)];
  for (let section = 0; section < SECTIONS; section++) {
    if (ofLeft < ofRight) {
      [high, right, ofRight] = [right, left, ofLeft];
      left = high - GOLDEN * (high - low);
      ofLeft = at(left);
    } else {
      [low, left, ofLeft] = [left, right, ofRight];
      right = low + GOLDEN * (high - low);
      ofRight = at(right);
    }
  }
  const exact = 10 ** ((low + high) / 2);
  for (const digits of [1, 2, 3]) {
    const value = Number(exact.toPrecision(digits));
    const ofShort = errorAt(value);
    if (ofShort <= enough) return { value, error: ofShort };
  }
  return { value: exact, error: errorAt(exact) };
}
