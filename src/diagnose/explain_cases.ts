import type { Problem } from "../gradients/contract.ts";
import { type Mistake, mistakesFor } from "./mistakes.ts";
import { type Contributions, contributionsOf, type Formulas, rightFormulas } from "./formulas.ts";
import { distance, type Part, partsOf, projection, sizeOf } from "./parts.ts";
import type { Question } from "./examined_kernel.ts";

/** One question and what the kernel made of it. */
export interface Case extends Question {
  /** What it computed, canonical order; what it only kept from before is taken off. */
  readonly gradient: Float64Array;
  readonly loss: number;
  /** What the oracle computes. */
  readonly expected: Float64Array;
}

/** Rows of a minibatch that a program may leave out. */
export interface RowRule {
  /** "" where none is. */
  readonly leavesOut: string;
  keeps(n: number, rows: number, longest: number): boolean;
}

const ALL_ROWS: RowRule = { leavesOut: "", keeps: () => true };
const ROW_RULES: readonly RowRule[] = [
  { leavesOut: "the last example", keeps: (n, rows) => n < rows - 1 },
  { leavesOut: "the first example", keeps: (n) => n > 0 },
  {
    leavesOut: "every minibatch that is shorter than the others",
    keeps: (_, rows, longest) => rows === longest,
  },
  ...[2, 4, 8, 16].map((chunk): RowRule => ({
    leavesOut: `the examples behind the last whole block of ${chunk}`,
    keeps: (n, rows) => n < rows - rows % chunk,
  })),
];

/** What a sum over rows may be divided by. */
export type Divisor = "rows" | "rows kept" | "nothing" | "rows twice" | "longest";

interface Count {
  readonly rows: number;
  readonly kept: number;
  readonly longest: number;
}

const DIVISORS: Readonly<Record<Divisor, (count: Count) => number>> = {
  rows: ({ rows }) => rows,
  "rows kept": ({ kept }) => Math.max(1, kept),
  nothing: () => 1,
  "rows twice": ({ rows }) => rows ** 2,
  longest: ({ longest }) => longest,
};

/** How a part of the gradient differs from what the formulas give: by this factor, over this divisor. */
export interface Scale {
  readonly part: Part;
  readonly factor: number;
  readonly divisor: Divisor;
}

/** Mistakes that together give just the gradients that the kernel gave. */
export interface Explanation {
  readonly mistakes: readonly Mistake[];
  readonly rule: RowRule;
  readonly scales: readonly Scale[];
  /** The fewer and simpler, the better. */
  readonly cost: number;
  /** Greatest relative difference that is left, over all parts and questions. */
  readonly error: number;
}

/** Is a scale as it should be? */
export const isRight = ({ factor, divisor }: Scale): boolean =>
  Math.abs(factor - 1) < FACTOR_STEP && (divisor === "rows" || divisor === "rows kept");

/** Factors nearer than this are one. */
const FACTOR_STEP = 1e-3;

/** Questions by which mistakes are ruled out; all others only ask whether what is left is so. */
const SCREENED = 2;

/**
 * The simplest set of mistakes that reproduces all cases to within `closeness`, or undefined. Tried are none,
 * one and two mistaken formulas, in the first two of these cases with rows left out; each with any factor by
 * part, because a sum for a mean or a sign does not change the direction of a gradient.
 */
export function explainCases(
  problem: Problem,
  cases: readonly Case[],
  closeness: number,
  tryPairs: boolean,
): Explanation | undefined {
  const search = new Search(problem, cases, closeness);
  const mistakes = mistakesFor(problem.network);
  let best: Explanation | undefined;
  const consider = (set: readonly Mistake[], rules: readonly RowRule[]): void => {
    for (const found of search.explain(set, rules)) {
      if (best === undefined || found.cost < best.cost) best = found;
    }
  };
  consider([], [ALL_ROWS, ...ROW_RULES]);
  for (const one of mistakes) consider([one], [ALL_ROWS, ...ROW_RULES]);
  // Nothing that two mistakes explain is simpler than what one does.
  if (tryPairs && (best === undefined || best.cost > 2)) {
    for (const [i, one] of mistakes.entries()) {
      for (const other of mistakes.slice(i + 1)) {
        if (!isSamePlace(one, other)) consider([one, other], [ALL_ROWS]);
      }
    }
  }
  return best;
}

/** Two forms of one mistake at one place: the second would undo the first. */
const isSamePlace = (one: Mistake, other: Mistake): boolean =>
  one.id === other.id &&
  (one.layers.length === 0 || one.layers.some((layer) => other.layers.includes(layer)));

class Search {
  private readonly problem: Problem;
  private readonly cases: readonly Case[];
  private readonly closeness: number;
  private readonly parts: readonly Part[];
  private readonly longest: number;

  constructor(problem: Problem, cases: readonly Case[], closeness: number) {
    this.problem = problem;
    this.cases = cases;
    this.closeness = closeness;
    this.parts = partsOf(problem.network);
    this.longest = Math.max(...cases.map(({ batch }) => batch.length));
  }

  /** Those rules with which these mistakes explain all cases. */
  explain(mistakes: readonly Mistake[], rules: readonly RowRule[]): Explanation[] {
    const formulas = changed(rightFormulas(this.problem.network), mistakes);
    const computed: Contributions[] = [];
    const contributions = (n: number): Contributions =>
      computed[n] ??= contributionsOf(
        formulas,
        this.problem.network,
        this.cases[n].parameters,
        this.problem.dataset,
        this.cases[n].batch,
      );
    return rules.flatMap((rule) => {
      for (const count of [Math.min(SCREENED, this.cases.length), this.cases.length]) {
        const sums = this.cases.slice(0, count).map((_, n) => this.sum(contributions(n), rule));
        const scales = this.scales(sums);
        if (scales === undefined) return [];
        if (count === this.cases.length) return [this.explanation(mistakes, rule, scales, sums)];
      }
      return [];
    });
  }

  private sum({ gradients }: Contributions, rule: RowRule): Summed {
    const total = new Float64Array(gradients[0].length);
    let kept = 0;
    for (const [n, gradient] of gradients.entries()) {
      if (!rule.keeps(n, gradients.length, this.longest)) continue;
      kept++;
      for (let p = 0; p < total.length; p++) total[p] += gradient[p];
    }
    return { total, count: { rows: gradients.length, kept, longest: this.longest } };
  }

  /** Of every part the factor and divisor that fit all these sums; undefined when a part has none. */
  private scales(sums: readonly Summed[]): Scale[] | undefined {
    const scales: Scale[] = [];
    for (const part of this.parts) {
      const scale = this.scaleOf(part, sums);
      if (scale === undefined) return undefined;
      scales.push(scale);
    }
    return scales;
  }

  private scaleOf(part: Part, sums: readonly Summed[]): Scale | undefined {
    // Where the sum is greatest, measured by what is right there, the factor is known best.
    const signals = sums.map(({ total, count }, n) =>
      sizeOf(total, part) / count.rows / (sizeOf(this.cases[n].expected, part) || 1)
    );
    const clearest = signals.indexOf(Math.max(...signals));
    let fitting: Scale | undefined;
    for (const [divisor, of] of Object.entries(DIVISORS) as [Divisor, (count: Count) => number][]) {
      const { total, count } = sums[clearest];
      const factor = projection(this.cases[clearest].gradient, total, part) * of(count);
      const fits = sums.every((sum, n) => this.errorOf(part, sum, n, factor / of(sum.count)) <= 1);
      if (!fits) continue;
      const scale = { part, factor: snapped(factor), divisor };
      // Of several divisors that fit one that makes the factor 1 is what people write.
      if (fitting === undefined || (!isOne(fitting) && isOne(scale))) fitting = scale;
    }
    return fitting;
  }

  /** Of what may remain between the case's gradient and the sum times `factor`. */
  private errorOf(part: Part, { total }: Summed, n: number, factor: number): number {
    const { gradient, expected } = this.cases[n];
    const allowed = this.closeness *
      (Math.abs(factor) * sizeOf(total, part) + sizeOf(expected, part));
    return distance(gradient, total, part, factor) / Math.max(allowed, Number.MIN_VALUE);
  }

  private explanation(
    mistakes: readonly Mistake[],
    rule: RowRule,
    scales: readonly Scale[],
    sums: readonly Summed[],
  ): Explanation {
    const wrong = scales.filter((scale) => !isRight(scale));
    const kinds = new Set(
      wrong.map(({ factor, divisor }) => `${factor.toPrecision(3)} ${divisor}`),
    );
    const errors = scales.flatMap(({ part, factor, divisor }) =>
      sums.map((sum, n) => this.errorOf(part, sum, n, factor / DIVISORS[divisor](sum.count)))
    );
    return {
      mistakes,
      rule,
      scales,
      cost: mistakes.length + Number(rule !== ALL_ROWS) + kinds.size,
      error: Math.max(...errors) * this.closeness,
    };
  }
}

interface Summed {
  readonly total: Float64Array;
  readonly count: Count;
}

function changed(formulas: Formulas, mistakes: readonly Mistake[]): Formulas {
  mistakes.forEach((mistake) => mistake.change(formulas));
  return formulas;
}

const isOne = ({ factor }: Scale): boolean => Math.abs(Math.abs(factor) - 1) < FACTOR_STEP;

/** A factor that is a round number but for rounding is that number. */
function snapped(factor: number): number {
  const round = Math.round(factor * 2) / 2;
  return Math.abs(factor - round) < FACTOR_STEP * Math.max(1, Math.abs(round)) / 10
    ? round
    : factor;
}
