import type { FindingOf } from "../../format/finding.ts";
import type { Problem } from "../../gradients/contract.ts";
import { formulasWith, type Mistake, mistakesFor } from "./mistakes.ts";
import { contributionsOf } from "./formulas.ts";
import { distance, type Part, partsOf, projection, sizeOf } from "./parts.ts";
import type { Question } from "./examined_kernel.ts";

/** One question, the kernel's answer and the oracle's. */
export interface Case extends Question {
  /** Canonical order, without what the kernel kept from earlier calls. */
  readonly gradient: Float64Array;
  readonly loss: number;
  readonly expected: Float64Array;
}

/** Rows of a minibatch that a program leaves out. */
interface RowRule {
  /** Absent where it keeps all. */
  readonly skipped?: Pick<FindingOf<"examples-skipped">, "skipped" | "blockSize">;
  keeps(n: number, rows: number, longest: number): boolean;
}

const ALL_ROWS: RowRule = { keeps: () => true };
const ROW_RULES: readonly RowRule[] = [
  { skipped: { skipped: "last" }, keeps: (n, rows) => n < rows - 1 },
  { skipped: { skipped: "first" }, keeps: (n) => n > 0 },
  { skipped: { skipped: "shorter-minibatches" }, keeps: (_, rows, longest) => rows === longest },
  ...[2, 4, 8, 16].map((blockSize): RowRule => ({
    skipped: { skipped: "incomplete-blocks", blockSize },
    keeps: (n, rows) => n < rows - rows % blockSize,
  })),
];

/** What a program divides the sum over the minibatch by. */
type Divisor = FindingOf<"scale">["divisor"] | "examples-kept";

interface Count {
  readonly rows: number;
  readonly kept: number;
  readonly longest: number;
}

const DIVISORS: Readonly<Record<Divisor, (count: Count) => number>> = {
  examples: ({ rows }) => rows,
  "examples-kept": ({ kept }) => Math.max(1, kept),
  nothing: () => 1,
  "examples-squared": ({ rows }) => rows ** 2,
  "longest-minibatch": ({ longest }) => longest,
};

/** A part of the gradient is `factor` times the sum that the formulas give, divided by `divisor`. */
export interface Scale {
  readonly part: Part;
  readonly factor: number;
  readonly divisor: Divisor;
}

/** Mistakes that together give the kernel's gradients. */
export interface Explanation {
  readonly mistakes: readonly Mistake[];
  readonly rule: RowRule;
  readonly scales: readonly Scale[];
  /** Mistakes, rules and kinds of wrong factors; the smallest cost is the simplest explanation. */
  readonly cost: number;
  /** Largest relative difference that is left, over all parts and cases. */
  readonly error: number;
}

export const isRight = ({ factor, divisor }: Scale): boolean =>
  Math.abs(factor - 1) < FACTOR_STEP && (divisor === "examples" || divisor === "examples-kept");

/** Wrong scales of one kind are one fault. */
export const kindOf = ({ factor, divisor }: Scale) => `${factor.toPrecision(3)} ${divisor}`;

/** Factors that differ by less are equal. */
const FACTOR_STEP = 1e-3;

/** So many cases rule out most mistakes; the others only confirm the rest. */
const SCREENED = 2;

/**
 * Returns the simplest set of mistakes that reproduces all cases to within `closeness`, or undefined. We try zero, one
 * and two mistaken formulas, and with zero or one also rows left out. Each part may have any factor, because a sign or
 * a sum instead of a mean does not change the direction of a gradient.
 */
export function explainGradients(
  problem: Problem,
  cases: readonly Case[],
  closeness: number,
  tryPairs: boolean,
): Explanation | undefined {
  const explain = createSearch(problem, cases, closeness);
  const mistakes = mistakesFor(problem.network);
  let best: Explanation | undefined;
  const consider = (set: readonly Mistake[], rules: readonly RowRule[]): void => {
    for (const found of explain(set, rules)) {
      if (best === undefined || found.cost < best.cost) best = found;
    }
  };
  consider([], [ALL_ROWS, ...ROW_RULES]);
  for (const one of mistakes) consider([one], [ALL_ROWS, ...ROW_RULES]);
  // A pair costs at least 2, so it cannot be simpler.
  if (tryPairs && (best === undefined || best.cost > 2)) {
    for (const [i, one] of mistakes.entries()) {
      for (const other of mistakes.slice(i + 1)) {
        if (!isSamePlace(one, other)) consider([one, other], [ALL_ROWS]);
      }
    }
  }
  return best;
}

/** At one place, a second form of the same mistake would undo the first. */
const isSamePlace = (one: Mistake, other: Mistake): boolean =>
  one.id === other.id &&
  (one.layers.length === 0 || one.layers.some((layer) => other.layers.includes(layer)));

/** Which scales make a set of mistakes give the kernel's gradients in all cases. */
function createSearch({ network, dataset }: Problem, cases: readonly Case[], closeness: number) {
  const parts = partsOf(network);
  const longest = Math.max(...cases.map(({ batch }) => batch.length));

  const summed = (gradients: readonly Float64Array[], rule: RowRule): Summed => {
    const kept = gradients.filter((_, n) => rule.keeps(n, gradients.length, longest));
    const total = new Float64Array(gradients[0].length);
    for (const gradient of kept) for (let p = 0; p < total.length; p++) total[p] += gradient[p];
    return { total, count: { rows: gradients.length, kept: kept.length, longest } };
  };

  /** Distance of the case's gradient and `factor` times the sum, relative to what rounding allows. */
  const errorOf = (part: Part, { total }: Summed, n: number, factor: number): number => {
    const { gradient, expected } = cases[n];
    const allowed = closeness * (Math.abs(factor) * sizeOf(total, part) + sizeOf(expected, part));
    return distance(gradient, total, part, factor) / Math.max(allowed, Number.MIN_VALUE);
  };

  /** The factor and divisor that fit all these sums; undefined where none does. */
  const scaleOf = (part: Part, sums: readonly Summed[]): Scale | undefined => {
    // The factor is most exact where the sum is largest in relation to the right one.
    const signals = sums.map(({ total, count }, n) =>
      sizeOf(total, part) / count.rows / (sizeOf(cases[n].expected, part) || 1)
    );
    const clearest = signals.indexOf(Math.max(...signals));
    const { total, count } = sums[clearest];
    const ratio = projection(cases[clearest].gradient, total, part);
    let fitting: Scale | undefined;
    for (const [divisor, of] of Object.entries(DIVISORS) as [Divisor, (count: Count) => number][]) {
      const factor = ratio * of(count);
      const fits = sums.every((sum, n) => errorOf(part, sum, n, factor / of(sum.count)) <= 1);
      if (!fits) continue;
      const scale = { part, factor: snapped(factor), divisor };
      // If several divisors fit, people most likely wrote the one that needs no factor.
      if (fitting === undefined || (!isOne(fitting) && isOne(scale))) fitting = scale;
    }
    return fitting;
  };

  const explanation = (
    mistakes: readonly Mistake[],
    rule: RowRule,
    scales: readonly Scale[],
    sums: readonly Summed[],
  ): Explanation => {
    const kinds = new Set(scales.filter((scale) => !isRight(scale)).map(kindOf));
    const errors = scales.flatMap(({ part, factor, divisor }) =>
      sums.map((sum, n) => errorOf(part, sum, n, factor / DIVISORS[divisor](sum.count)))
    );
    const cost = mistakes.length + Number(rule !== ALL_ROWS) + kinds.size;
    return { mistakes, rule, scales, cost, error: Math.max(...errors) * closeness };
  };

  /** With each rule that makes these mistakes explain all cases. */
  return (mistakes: readonly Mistake[], rules: readonly RowRule[]): Explanation[] => {
    const formulas = formulasWith(mistakes, network);
    const computed: (readonly Float64Array[])[] = [];
    const gradientsOf = ({ parameters, batch }: Case, n: number) =>
      computed[n] ??= contributionsOf(formulas, network, parameters, dataset, batch).gradients;
    return rules.flatMap((rule) => {
      for (const count of [Math.min(SCREENED, cases.length), cases.length]) {
        const sums = cases.slice(0, count).map((one, n) => summed(gradientsOf(one, n), rule));
        const scales: Scale[] = [];
        for (const part of parts) {
          const scale = scaleOf(part, sums);
          if (scale === undefined) return [];
          scales.push(scale);
        }
        if (count === cases.length) return [explanation(mistakes, rule, scales, sums)];
      }
      return [];
    });
  };
}

interface Summed {
  readonly total: Float64Array;
  readonly count: Count;
}

const isOne = ({ factor }: Scale): boolean => Math.abs(Math.abs(factor) - 1) < FACTOR_STEP;

/** Removes rounding errors from a factor that is a multiple of ½. */
function snapped(factor: number): number {
  const round = Math.round(factor * 2) / 2;
  return Math.abs(factor - round) < FACTOR_STEP * Math.max(1, Math.abs(round)) / 10
    ? round
    : factor;
}
