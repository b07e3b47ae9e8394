/** Sweeps over the coordinates; far more than a handful of features needs. */
const SWEEPS = 500;

/**
 * Non-negative least squares, min ‖A c − b‖² with c ≥ 0, by coordinate descent: c_k is the best value with all others
 * fixed, or 0. Columns that depend on each other do no harm: any of the equally good solutions comes out, the same for
 * the same input. `rows` is A (points, features); a column of zeros gets 0.
 */
export function nonNegativeFit(
  rows: readonly (readonly number[])[],
  b: readonly number[],
): number[] {
  const features = rows[0]?.length ?? 0;
  // Columns of one length, so that the descent does not depend on their units.
  const lengths = Array.from(
    { length: features },
    (_, k) => Math.hypot(...rows.map((row) => row[k])),
  );
  const columns = lengths.map((length, k) => rows.map((row) => length > 0 ? row[k] / length : 0));
  const coefficients = new Array<number>(features).fill(0);
  const residual = [...b];
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let moved = 0;
    for (const [k, column] of columns.entries()) {
      if (lengths[k] === 0) continue;
      const slope = column.reduce((sum, a, i) => sum + a * residual[i], 0);
      const next = Math.max(0, coefficients[k] + slope);
      const step = next - coefficients[k];
      if (step === 0) continue;
      coefficients[k] = next;
      column.forEach((a, i) => residual[i] -= step * a);
      moved = Math.max(moved, Math.abs(step));
    }
    if (moved < 1e-10) break;
  }
  return coefficients.map((c, k) => lengths[k] > 0 ? c / lengths[k] : 0);
}
