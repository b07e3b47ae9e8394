import { sigmoid } from "../../model/activation.ts";
import { dot, sumOf, type Vector } from "./linear.ts";

interface InsteadOfError {
  /** It counts only without a factor. */
  readonly isExact?: true;
  readonly form: string;
  readonly formula: string;
  of(error: Vector): Vector;
}

const forAll = (error: Vector, value: number) => error.map(() => value);

/** What programs pass back in place of each output's error, with the factors that they have for it first. */
export const INSTEAD_OF_ERROR: readonly InsteadOfError[] = [
  {
    form: "error-squared",
    formula: "½ (a − y)²",
    isExact: true,
    of: (error) => error.map((one) => one ** 2 / 2),
  },
  { form: "error-squared", formula: "(a − y)²", of: (error) => error.map((one) => one ** 2) },
  {
    form: "absolute-error",
    formula: "|a − y|",
    isExact: true,
    of: (error) => error.map(Math.abs),
  },
  ...[
    { formula: "e(1 − e)", slope: (e: number) => e * (1 - e) },
    { formula: "σ′(e)", slope: (e: number) => sigmoid(e) * (1 - sigmoid(e)) },
    { formula: "(1 − e²)", slope: (e: number) => 1 - e * e },
  ].map(({ formula, slope }): InsteadOfError => ({
    form: "slope-of-error",
    formula: `e ∘ ${formula}, e = a − y`,
    isExact: true,
    of: (error) => error.map((one) => one * slope(one)),
  })),
  {
    form: "cost-for-error",
    formula: "½ Σ (a − y)²",
    isExact: true,
    of: (error) => forAll(error, dot(error, error) / 2),
  },
  {
    form: "cost-for-error",
    formula: "mean of (a − y)²",
    isExact: true,
    of: (error) => forAll(error, dot(error, error) / error.length),
  },
  {
    form: "cost-for-error",
    formula: "Σ (a − y)²",
    of: (error) => forAll(error, dot(error, error)),
  },
  {
    form: "mean-error",
    formula: "mean of a − y",
    isExact: true,
    of: (error) => forAll(error, sumOf(error) / error.length),
  },
  { form: "mean-error", formula: "Σ (a − y)", of: (error) => forAll(error, sumOf(error)) },
];
