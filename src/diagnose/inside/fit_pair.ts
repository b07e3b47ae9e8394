import { dot, type Vector } from "./linear.ts";

export type Pair = readonly [number, number];

/** What is left of the observations with two unknowns; undefined where these are impossible. */
type Residuals = (pair: Pair) => Vector | undefined;

const STEPS = 60;
/** How many of the starts that are tried are followed. */
const FOLLOWED = 3;

/**
 * The two numbers with the least sum of squares, from the best of `starts`: Levenberg's method (Quart. Appl. Math. 2,
 * 1944, p. 164) with numerical derivatives. `fixed` keeps the first or the second number. `error` is the root of the sum.
 */
export function fitPair(
  residuals: Residuals,
  starts: readonly Pair[],
  fixed?: 0 | 1,
): { pair: Pair; error: number } | undefined {
  const tried = starts.flatMap((pair) => {
    const left = residuals(pair);
    const error = left === undefined ? Infinity : Math.sqrt(dot(left, left));
    return Number.isFinite(error) ? [{ pair, error }] : [];
  }).sort((a, b) => a.error - b.error);
  let best: { pair: Pair; error: number } | undefined;
  for (const start of tried.slice(0, FOLLOWED)) {
    const end = follow(residuals, start, fixed);
    if (best === undefined || end.error < best.error) best = end;
    if (best.error < 1e-9) break;
  }
  return best;
}

function follow(
  residuals: Residuals,
  start: { pair: Pair; error: number },
  fixed: 0 | 1 | undefined,
): { pair: Pair; error: number } {
  let { pair, error } = start;
  let damping = 1e-3;
  for (let step = 0; step < STEPS && error > 1e-13; step++) {
    const here = residuals(pair)!;
    const slopes = [0, 1].map((i) => {
      const h = 1e-6 * Math.max(1, Math.abs(pair[i]));
      const there = residuals(i === 0 ? [pair[0] + h, pair[1]] : [pair[0], pair[1] + h]);
      return i === fixed || there === undefined
        ? here.map(() => 0)
        : there.map((v, k) => (v - here[k]) / h);
    });
    const [a, b, c] = [
      dot(slopes[0], slopes[0]),
      dot(slopes[0], slopes[1]),
      dot(slopes[1], slopes[1]),
    ];
    const [u, v] = [dot(slopes[0], here), dot(slopes[1], here)];
    let isBetter = false;
    for (let attempt = 0; attempt < 12 && !isBetter; attempt++) {
      const [da, dc] = [(a || 1) * (1 + damping), (c || 1) * (1 + damping)];
      const determinant = da * dc - b * b;
      const next: Pair = [
        pair[0] - (dc * u - b * v) / determinant,
        pair[1] - (da * v - b * u) / determinant,
      ];
      const left = residuals(next);
      const nextError = left === undefined ? Infinity : Math.sqrt(dot(left, left));
      isBetter = nextError < error;
      damping *= isBetter ? 0.2 : 6;
      if (isBetter) [pair, error] = [next, nextError];
    }
    if (!isBetter) break;
  }
  return { pair, error };
}
