/** Vectors, and least squares with a handful of unknowns. */

export type Vector = Float64Array;

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

export const norm = (a: ArrayLike<number>): number => Math.sqrt(dot(a, a));

export const sumOf = (a: Vector): number => a.reduce((sum, value) => sum + value, 0);

/** Element by element. */
export const times = (a: Vector, b: Vector): Vector => a.map((value, i) => value * b[i]);

export const scaled = (a: Vector, factor: number): Vector => a.map((value) => value * factor);

/** observed ≈ Σ coefficient · basis */
export interface Fit {
  readonly coefficients: readonly number[];
  /** Root mean square over the questions of ‖observed − fitted‖ / ‖observed‖. */
  readonly error: number;
}

/**
 * Finds the constants with which the basis vectors give what was observed in all questions at once. Every question has
 * the same weight. `bases[i][q]` is basis vector i in question q.
 */
export function fitConstants(
  observed: readonly Vector[],
  bases: readonly (readonly ArrayLike<number>[])[],
): Fit {
  const n = bases.length;
  const matrix = Array.from({ length: n }, () => new Float64Array(n + 1));
  const weights = observed.map((one) => 1 / (dot(one, one) || 1));
  for (const [q, one] of observed.entries()) {
    for (let i = 0; i < n; i++) {
      for (let j = i; j < n; j++) {
        const product = weights[q] * dot(bases[i][q], bases[j][q]);
        matrix[i][j] += product;
        if (j > i) matrix[j][i] += product;
      }
      matrix[i][n] += weights[q] * dot(bases[i][q], one);
    }
  }
  const coefficients = solve(matrix);
  let error = 0;
  for (const [q, one] of observed.entries()) {
    let left = 0;
    for (let k = 0; k < one.length; k++) {
      let fitted = 0;
      for (let i = 0; i < n; i++) fitted += coefficients[i] * bases[i][q][k];
      left += (one[k] - fitted) ** 2;
    }
    error += weights[q] * left;
  }
  error = Math.sqrt(error / Math.max(1, observed.length));
  return { coefficients, error: Number.isFinite(error) ? error : Infinity };
}

/** Gaussian elimination of a symmetric (n, n + 1) system; an unknown that the data do not determine becomes 0. */
function solve(matrix: Float64Array[]): number[] {
  const n = matrix.length;
  const size = Math.max(...matrix.map((row, i) => Math.abs(row[i])));
  const order = matrix.map((_, i) => i);
  const used: number[] = [];
  const free = new Set(order);
  for (let step = 0; step < n; step++) {
    let pivot = -1;
    for (const i of free) {
      if (pivot < 0 || Math.abs(matrix[i][i]) > Math.abs(matrix[pivot][pivot])) pivot = i;
    }
    if (!(Math.abs(matrix[pivot][pivot]) > 1e-14 * size)) break;
    free.delete(pivot);
    used.push(pivot);
    for (let row = 0; row < n; row++) {
      if (row === pivot) continue;
      const factor = matrix[row][pivot] / matrix[pivot][pivot];
      for (let j = 0; j <= n; j++) matrix[row][j] -= factor * matrix[pivot][j];
    }
  }
  const solution = order.map(() => 0);
  for (const i of used) solution[i] = matrix[i][n] / matrix[i][i];
  return solution;
}

/** How far unit vectors point away from hypotheses, as the root mean square of the angle's sine. */
export function directionError(units: readonly Vector[], hypotheses: readonly Vector[]): number {
  let error = 0;
  for (const [q, unit] of units.entries()) {
    const hypothesis = hypotheses[q];
    const square = dot(hypothesis, hypothesis);
    if (!(square > 0) || !Number.isFinite(square)) return 1;
    const along = dot(unit, hypothesis) / square;
    let left = 0;
    for (let i = 0; i < unit.length; i++) left += (unit[i] - along * hypothesis[i]) ** 2;
    error += left;
  }
  return Math.sqrt(error / Math.max(1, units.length));
}

/** A matrix as size · left · rightᵀ with unit vectors, and what is left of it, relative to its norm. */
export interface RankOne {
  readonly left: Vector;
  readonly right: Vector;
  readonly size: number;
  readonly residual: number;
}

/** The nearest matrix of rank one to an (outputs, inputs) matrix: power iteration from its largest row. */
export function rankOne(matrix: Vector, outputs: number, inputs: number): RankOne {
  let largest = 0;
  let most = -1;
  for (let o = 0; o < outputs; o++) {
    const row = matrix.subarray(o * inputs, (o + 1) * inputs);
    const square = dot(row, row);
    if (square > most) [most, largest] = [square, o];
  }
  let right: Vector = matrix.slice(largest * inputs, (largest + 1) * inputs);
  const length = norm(right);
  const left = new Float64Array(outputs);
  if (!(length > 0)) return { left, right, size: 0, residual: 0 };
  right = scaled(right, 1 / length);
  let size = 0;
  for (let step = 0; step < 40; step++) {
    const before = size;
    for (let o = 0; o < outputs; o++) {
      left[o] = dot(matrix.subarray(o * inputs, (o + 1) * inputs), right);
    }
    const leftNorm = norm(left);
    for (let o = 0; o < outputs; o++) left[o] /= leftNorm;
    right.fill(0);
    for (let o = 0; o < outputs; o++) {
      const factor = left[o];
      if (factor === 0) continue;
      for (let i = 0; i < inputs; i++) right[i] += factor * matrix[o * inputs + i];
    }
    size = norm(right);
    for (let i = 0; i < inputs; i++) right[i] /= size;
    if (Math.abs(size - before) <= 1e-15 * size) break;
  }
  let [rest, whole] = [0, 0];
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      const value = matrix[o * inputs + i];
      whole += value ** 2;
      rest += (value - size * left[o] * right[i]) ** 2;
    }
  }
  return { left, right, size, residual: Math.sqrt(rest / whole) };
}
