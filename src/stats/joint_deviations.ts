import { sumOf } from "./statistics.ts";

/** By how much a trial deviates from what its cell and its block lead to expect. */
export interface Deviation {
  readonly block: number | string;
  readonly value: number;
}

interface Joint {
  /** Correlation of two cells of one series in one block, 0 to 1. */
  readonly correlation: number;
  /** Factor of every cell's variance: the paces of the blocks were fitted to fewer independent cells than there are. */
  readonly variance: number;
  /** Factor of each cell's degrees of freedom when they are added up over its series. */
  readonly degrees: readonly number[];
}

/** Beyond this share of the variance, what fitting the paces hides is a guess. */
const MOST_HIDDEN = 0.9;

/**
 * How far cells of one series deviate together in a block, and what follows for variances that are pooled over them.
 *
 * With C cells in a block, of which each has κ others of its series, and the correlation ρ, the mean over a block has the
 * variance V (1 + κρ) / C. Fitting it hides that much of V, and lowers the correlation that is seen, r, to
 * (ρ − (1 + κρ) / C) / (1 − (1 + κρ) / C); solved for ρ, that is the estimate. Mean squares of K such cells have the
 * correlation ρ², so that their mean has the degrees of freedom of K / (1 + (K − 1) ρ²) of them (Satterthwaite,
 * Biometrics Bulletin 2, 1946, p. 110: the degrees follow from mean and variance of a sum of mean squares).
 */
export function jointDeviations(
  deviations: readonly (readonly Deviation[])[],
  series: readonly (number | string)[],
): Joint {
  const used = [...deviations.keys()].filter((i) => deviations[i].length > 0);
  const alike = Map.groupBy(used, (i) => series[i]);
  const cells = used.length;
  if (cells < 2) return { correlation: 0, variance: 1, degrees: deviations.map(() => 1) };
  const siblings = sumOf([...alike.values()], ({ length }) => length * (length - 1)) / cells;
  let [products, pairs, squares, count] = [0, 0, 0, 0];
  for (const ofSeries of alike.values()) {
    const blocks = Map.groupBy(ofSeries.flatMap((i) => deviations[i]), ({ block }) => block);
    for (const together of blocks.values()) {
      const sum = sumOf(together, ({ value }) => value);
      const own = sumOf(together, ({ value }) => value * value);
      // The sum over all ordered pairs of two cells.
      products += sum * sum - own;
      pairs += together.length * (together.length - 1);
      squares += own;
      count += together.length;
    }
  }
  const seen = pairs > 0 && squares > 0 ? (products / pairs) / (squares / count) : 0;
  const solved = (seen + (1 - seen) / cells) / (1 - siblings * (1 - seen) / cells);
  // A single series has no other from which it could deviate.
  const correlation = siblings > 0 && alike.size > 1 && Number.isFinite(solved)
    ? Math.min(1, Math.max(0, solved))
    : 0;
  const hidden = Math.min(MOST_HIDDEN, (1 + siblings * correlation) / cells);
  return {
    correlation,
    variance: (1 - 1 / cells) / (1 - hidden),
    degrees: deviations.map((_, i) => {
      const others = Math.max(0, (alike.get(series[i])?.length ?? 1) - 1);
      return 1 / (1 + others * correlation ** 2);
    }),
  };
}
