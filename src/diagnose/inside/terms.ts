import type { Network } from "../../model/network.ts";
import { type Ask, calmed, type Exam } from "./exam.ts";
import { fitConstants, norm, type Vector } from "./linear.ts";
import { layersOf } from "./program.ts";
import type { Exactness } from "./readings.ts";

/** What is added to a gradient whatever the examples are: functions of each weight, or always the same numbers. */
export interface Terms {
  readonly decay?: readonly number[];
  readonly signDecay?: readonly number[];
  readonly absoluteDecay?: readonly number[];
  readonly squareDecay?: readonly number[];
  /** The same numbers at all parameters. */
  readonly table?: Vector;
}

/** So sure of the label that the error of a right output is nothing. */
const SURE = 45;

/** What a weight may add to its own gradient. */
export const TERMS = [
  ["decay", (w: number) => w],
  ["signDecay", Math.sign],
  ["absoluteDecay", Math.abs],
  ["squareDecay", (w: number) => w * w],
] as const;

/** One function, then sums of two. */
const CHOICES = [
  ...TERMS.map((term) => [term]),
  ...TERMS.flatMap((one, i) => TERMS.slice(i + 1).map((other) => [one, other])),
];

/**
 * Asks where the error is nothing: what is left of the gradient there is added whatever the examples are. Undefined
 * where nothing is left, or no function of each weight gives it.
 */
export async function findTerms(
  ask: Ask,
  network: Network,
  exam: Exam,
  settings: readonly Vector[],
  { fit }: Exactness,
): Promise<Terms | undefined> {
  const [row] = exam.plain;
  const label = exam.dataset.labels[row];
  const asked: { parameters: Vector; gradient: Vector }[] = [];
  for (const setting of settings.slice(0, 3)) {
    const parameters = calmed(network, setting, label, SURE);
    const { gradient } = await ask(parameters, [row]);
    if (!gradient.every(Number.isFinite)) return undefined;
    asked.push({ parameters, gradient });
  }
  const [first, ...others] = asked;
  if (first.gradient.every((g) => g === 0)) return undefined;
  const isTable = others.every(({ gradient }) =>
    norm(gradient.map((g, p) => g - first.gradient[p])) <= 1e-3 * fit * norm(gradient)
  );
  if (isTable) return { table: first.gradient };
  const layers = layersOf(network);
  const cut = (values: Vector, l: number) =>
    values.subarray(layers[l].weightOffset, layers[l].biasOffset);
  for (const terms of CHOICES) {
    const fits = layers.map((_, l) => {
      const observed = asked.map(({ gradient }) => cut(gradient, l));
      if (observed.every((one) => one.every((g) => g === 0))) {
        return { coefficients: terms.map(() => 0), error: 0 };
      }
      return fitConstants(
        observed,
        terms.map(([, of]) => asked.map(({ parameters }) => cut(parameters, l).map(of))),
      );
    });
    if (!fits.every(({ error }) => error <= fit)) continue;
    return Object.fromEntries(
      terms.map(([kind], k) => [
        kind,
        fits.map(({ coefficients }) => Number(coefficients[k].toPrecision(8))),
      ]),
    );
  }
  return undefined;
}
