import {
  activationNamed,
  asFactor,
  type NeuronFunction,
  type Slope,
  softmax,
} from "./functions.ts";
import type { Vector } from "./linear.ts";
import { applied, type Departure } from "./program.ts";

/** δ of the output layer as S ∘ (A − y), or as something else. */
export interface Form {
  readonly departures: readonly Departure[];
  /** With `y` for the target. */
  readonly formula: string;
  of(z: Vector, y: Vector): Vector;
  raw(z: Vector, y: Vector): Vector;
  /** A and S, if δ is S ∘ (A − y): then targets can be fitted. */
  readonly parts?: { a(z: Vector): Vector; slope: Slope };
  readonly overBatch?: boolean;
  /** It counts only without a factor: another form has any factor. */
  readonly isExact?: true;
}

export interface OutputActivation {
  readonly name: string;
  readonly formula: string;
  of(z: Vector): Vector;
}

export const ofNeuron = (f: NeuronFunction): OutputActivation => ({
  name: f.name,
  formula: f.formula,
  of: (z) => applied(f, z),
});
export const SOFTMAX: OutputActivation = { name: "softmax", formula: "softmax(z)", of: softmax };
export const SIGMOID = ofNeuron(activationNamed("sigmoid"));

export const less = (a: Vector, y: Vector): Vector => a.map((value, k) => value - y[k]);

export function sloped(
  activation: OutputActivation,
  slope: Slope,
  departures: readonly Departure[],
): Form {
  const factor = slope.formula === "1" ? "" : ` ∘ ${asFactor(slope.formula)}`;
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

export const special = (
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

export const otherLoss = (form: string): Departure => ({ id: "other-loss", form });
