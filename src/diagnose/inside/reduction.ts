import type { Network } from "../../model/network.ts";
import { type Part, partsOf } from "../gradient/parts.ts";
import { fitConstants, type Vector } from "./linear.ts";
import { deltaOfWeights, type Exactness, type Reading } from "./readings.ts";

/** Rows of a minibatch that a program leaves out, or counts twice. */
export interface RowRule {
  readonly skipped?: { readonly skipped: string; readonly blockSize?: number };
  /** Which row counts twice. */
  readonly doubled?: "first" | "last";
  keeps(n: number, rows: number, longest: number): boolean;
}

/** The rows that count, in order; one that counts twice stands there twice. */
export function rowsKept({ keeps, doubled }: RowRule, rows: number, longest: number): number[] {
  const kept = Array.from({ length: rows }, (_, n) => n).filter((n) => keeps(n, rows, longest));
  if (doubled === "first") return [0, ...kept];
  return doubled === "last" ? [...kept, rows - 1] : kept;
}

export const ALL_ROWS: RowRule = { keeps: () => true };

const ROW_RULES: readonly RowRule[] = [
  ALL_ROWS,
  { skipped: { skipped: "all-but-last" }, keeps: (n, rows) => n === rows - 1 },
  { skipped: { skipped: "all-but-first" }, keeps: (n) => n === 0 },
  { skipped: { skipped: "last" }, keeps: (n, rows) => n < rows - 1 },
  { skipped: { skipped: "first" }, keeps: (n) => n > 0 },
  { skipped: { skipped: "shorter-minibatches" }, keeps: (_, rows, longest) => rows === longest },
  ...[2, 4, 8, 16].map((blockSize): RowRule => ({
    skipped: { skipped: "incomplete-blocks", blockSize },
    keeps: (n, rows) => n < rows - rows % blockSize,
  })),
  { skipped: { skipped: "second-half" }, keeps: (n, rows) => n < Math.floor(rows / 2) },
  { skipped: { skipped: "second-half" }, keeps: (n, rows) => n < Math.ceil(rows / 2) },
  { skipped: { skipped: "first-half" }, keeps: (n, rows) => n >= Math.floor(rows / 2) },
  { skipped: { skipped: "every-second" }, keeps: (n) => n % 2 === 0 },
  { doubled: "last", keeps: () => true },
  { doubled: "first", keeps: () => true },
];

/** What the sum over a minibatch is divided by. */
export const DIVISORS = {
  examples: ({ rows }: Count) => rows,
  "examples-kept": ({ kept }: Count) => Math.max(1, kept),
  nothing: () => 1,
  "examples-squared": ({ rows }: Count) => rows ** 2,
  "longest-minibatch": ({ longest }: Count) => longest,
  "data-set": ({ all }: Count) => all,
} satisfies Record<string, (count: Count) => number>;

export type Divisor = keyof typeof DIVISORS;
const RELATIVE = ["examples", "examples-kept", "nothing", "examples-squared"] as const;

interface Count {
  readonly rows: number;
  readonly kept: number;
  readonly longest: number;
  readonly all: number;
}

/** The row whose activations a row's δ is multiplied with. */
export interface Selection {
  readonly form?: string;
  of(n: number, rows: number): number | undefined;
}

export const OWN_ROW: Selection = { of: (n) => n };

const SELECTIONS: readonly Selection[] = [
  { form: "last-example", of: (_, rows) => rows - 1 },
  { form: "first-example", of: () => 0 },
  { form: "previous-example", of: (n) => Math.max(0, n - 1) },
  { form: "next-example", of: (n, rows) => (n + 1) % rows },
  { form: "reversed-rows", of: (n, rows) => rows - 1 - n },
  { form: "product-of-means", of: () => undefined },
];

/** How the gradients of rows become the gradient of a minibatch. */
export interface Reduction {
  readonly rule: RowRule;
  /** For each part in order. */
  readonly parts: readonly PartReduction[];
  readonly error: number;
}

export interface PartReduction {
  readonly part: Part;
  /** gradient = factor · Σ of the rows' own gradients / divisor */
  readonly factor: number;
  readonly divisor: Divisor;
  /** The only row that counts in this part, where all count in others. */
  readonly only?: "first" | "last";
  /** Selection of weights. */
  readonly selection: Selection;
}

/** A minibatch with the program's own answers for each of its rows, at the same parameters. */
export interface Minibatch {
  readonly rows: number;
  readonly gradient: Vector;
  readonly singles: readonly Single[];
}

/** The answer for one row, and what its δ is multiplied with in each layer, as far as that is known. */
export interface Single extends Pick<Reading, "gradient" | "layers"> {
  readonly products: readonly (Vector | undefined)[];
}

/**
 * Finds out how rows are reduced from the program's own answers, whatever its formulas are. `singles` are answers for
 * minibatches of `copies` equal rows. Undefined where rows interact in another way.
 */
export function findReduction(
  network: Network,
  minibatches: readonly Minibatch[],
  longest: number,
  copies: number,
  exactness: Exactness,
): Reduction | undefined {
  const parts = partsOf(network);
  for (const rule of ROW_RULES) {
    const found: PartReduction[] = [];
    let worst = 0;
    for (const part of parts) {
      const best = reductionOf(part, rule, minibatches, longest, copies, exactness);
      if (best === undefined) break;
      found.push(best.reduction);
      worst = Math.max(worst, best.error);
    }
    // Where one row alone counts in all parts, a rule of rows says it.
    const isMixed = found.some(({ factor, only }) => factor !== 0 && only === undefined);
    const isAllZero = found.every(({ factor }) => factor === 0);
    if (found.length === parts.length && (isMixed || isAllZero)) {
      return { rule, parts: found, error: worst };
    }
  }
  return undefined;
}

function reductionOf(
  part: Part,
  rule: RowRule,
  minibatches: readonly Minibatch[],
  longest: number,
  copies: number,
  { fit }: Exactness,
): { reduction: PartReduction; error: number } | undefined {
  const observed = minibatches.map(({ gradient }) => gradient.slice(part.start, part.end));
  if (observed.every((one) => one.every((value) => value === 0))) {
    return { reduction: { part, factor: 0, divisor: "examples", selection: OWN_ROW }, error: 0 };
  }
  const kept = minibatches.map(({ rows }) => rowsKept(rule, rows, longest));
  const keptCopies = rowsKept(rule, copies, longest).length;
  if (keptCopies === 0) return undefined;
  const isWeights = part.kind === "weights";
  for (const selection of isWeights ? [OWN_ROW, ...SELECTIONS] : [OWN_ROW]) {
    let isKnown = true;
    const sums = minibatches.map(({ singles, rows }, q) => {
      const sum = new Float64Array(part.end - part.start);
      for (const n of kept[q]) {
        if (selection === OWN_ROW) {
          for (let p = 0; p < sum.length; p++) sum[p] += singles[n].gradient[part.start + p];
        } else isKnown &&= addMixed(sum, part.layer - 1, singles, n, selection.of(n, rows));
      }
      return sum;
    });
    if (!isKnown) continue;
    for (const divisor of RELATIVE) {
      const of = (rows: number, keptRows: number) =>
        DIVISORS[divisor]({ rows, kept: keptRows, longest, all: 1 });
      const bases = sums.map((sum, q) => {
        const factor = of(copies, keptCopies) /
          (keptCopies * of(minibatches[q].rows, kept[q].length));
        return sum.map((value) => value * factor);
      });
      const error = Math.max(...observed.map((one, q) => fitOne(one, bases[q])));
      if (error <= 10 * fit) {
        const factor = of(copies, keptCopies) / keptCopies;
        return { reduction: { part, factor, divisor, selection }, error };
      }
    }
  }
  for (const only of rule === ALL_ROWS ? ["last", "first"] as const : []) {
    const own = minibatches.map(({ singles }) =>
      singles[only === "last" ? singles.length - 1 : 0].gradient.slice(part.start, part.end)
    );
    for (const divisor of RELATIVE) {
      const of = (rows: number) => DIVISORS[divisor]({ rows, kept: 1, longest, all: 1 });
      const bases = own.map((one, q) =>
        one.map((value) => value * of(copies) / of(minibatches[q].rows))
      );
      const error = Math.max(...observed.map((one, q) => fitOne(one, bases[q])));
      if (error > 10 * fit) continue;
      return { reduction: { part, factor: of(copies), divisor, selection: OWN_ROW, only }, error };
    }
  }
  return undefined;
}

/** ‖observed − basis‖ / ‖observed‖ */
function fitOne(observed: Vector, basis: Vector): number {
  let [left, whole] = [0, 0];
  for (let p = 0; p < observed.length; p++) {
    left += (observed[p] - basis[p]) ** 2;
    whole += observed[p] ** 2;
  }
  return whole > 0 ? Math.sqrt(left / whole) : left > 0 ? Infinity : 0;
}

/** δ of row n times the input of another row, or of the mean over all. False where an input is unknown. */
function addMixed(
  sum: Vector,
  l: number,
  rows: readonly Single[],
  n: number,
  other: number | undefined,
): boolean {
  const own = rows[n].products[l];
  if (own === undefined) return false;
  const delta = deltaOfWeights(rows[n].layers[l], own);
  const sources = other === undefined ? rows : [rows[other]];
  for (const source of sources) {
    const input = source.products[l];
    if (input === undefined) return false;
    for (let o = 0; o < delta.length; o++) {
      for (let i = 0; i < input.length; i++) {
        sum[o * input.length + i] += delta[o] * input[i] / sources.length;
      }
    }
  }
  return true;
}

/**
 * The factor of each row, where a minibatch's gradient is a sum of its rows' own gradients with unequal factors; for the
 * shortest minibatch that shows it. Undefined where it is no such sum.
 */
export function findRowWeights(
  minibatches: readonly Minibatch[],
  { fit }: Exactness,
): readonly number[] | undefined {
  let found: readonly number[] | undefined;
  for (const { gradient, singles, rows } of minibatches) {
    // Many rows can give any gradient of a small network.
    if (rows > MOST_WEIGHED || 2 * rows > gradient.length) continue;
    const { coefficients, error } = fitConstants(
      [gradient],
      singles.map((one) => [one.gradient]),
    );
    if (error > 10 * fit) return undefined;
    const isUneven = coefficients.some((one) =>
      Math.abs(one - coefficients[0]) > 100 * fit * Math.abs(coefficients[0])
    );
    if (isUneven) found ??= coefficients;
  }
  return found;
}

const MOST_WEIGHED = 10;
