/**
 * A matrix as its rows: element (r, c) is matrix[r][c]. Rows are views into one flat array; indexing a view is
 * faster than computing an index into the whole.
 */
export type Matrix = readonly Float64Array[];

/** `rows` rows of `columns` values, one after the other from `offset` on; views, not copies. */
export function rowMajor(
  values: Float64Array,
  rows: number,
  columns: number,
  offset = 0,
): Matrix {
  return Array.from({ length: rows }, (_, r) => {
    const start = offset + r * columns;
    return values.subarray(start, start + columns);
  });
}

/** Writes matrixᵀ (columns, rows) to `into`. */
export function transpose(matrix: Matrix, into: Matrix, rows: number, columns: number): void {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) into[c][r] = matrix[r][c];
  }
}

/**
 * into (rows, columns) += left (rows, inner) · rightᵀ (inner, columns), with right stored as (columns, inner):
 * each element is the scalar product of two rows, summed in order.
 *
 * Register-blocked: eight local variables hold a tile of 2 rows × 4 columns. Six loads serve eight
 * multiplications, and eight independent sums hide the latency of an addition. The rest goes one by one.
 */
export function addScalarProducts(
  left: Matrix,
  right: Matrix,
  into: Matrix,
  rows: number,
  inner: number,
  columns: number,
): void {
  const fullRows = rows - rows % 2;
  const fullColumns = columns - columns % 4;
  for (let r = 0; r < fullRows; r += 2) {
    const a = left[r], b = left[r + 1];
    const intoA = into[r], intoB = into[r + 1];
    for (let c = 0; c < fullColumns; c += 4) {
      const w0 = right[c], w1 = right[c + 1], w2 = right[c + 2], w3 = right[c + 3];
      let a0 = 0, a1 = 0, a2 = 0, a3 = 0;
      let b0 = 0, b1 = 0, b2 = 0, b3 = 0;
      for (let k = 0; k < inner; k++) {
        const x = a[k], y = b[k];
        const v0 = w0[k], v1 = w1[k], v2 = w2[k], v3 = w3[k];
        a0 += x * v0;
        a1 += x * v1;
        a2 += x * v2;
        a3 += x * v3;
        b0 += y * v0;
        b1 += y * v1;
        b2 += y * v2;
        b3 += y * v3;
      }
      intoA[c] += a0;
      intoA[c + 1] += a1;
      intoA[c + 2] += a2;
      intoA[c + 3] += a3;
      intoB[c] += b0;
      intoB[c + 1] += b1;
      intoB[c + 2] += b2;
      intoB[c + 3] += b3;
    }
  }
  for (let r = 0; r < rows; r++) {
    const a = left[r];
    for (let c = r < fullRows ? fullColumns : 0; c < columns; c++) {
      const w = right[c];
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += a[k] * w[k];
      into[r][c] += sum;
    }
  }
}

/**
 * into (rows, columns) += left (rows, inner) · right (inner, columns): each row of `into` gains a multiple of
 * every row of `right`, in order.
 *
 * Blocked: each pass adds 2 rows of `right` to 4 rows of `into`, so ten loads and stores serve eight
 * multiplications. The rest goes row by row.
 */
export function addProduct(
  left: Matrix,
  right: Matrix,
  into: Matrix,
  rows: number,
  inner: number,
  columns: number,
): void {
  const fullRows = rows - rows % 4;
  const fullInner = inner - inner % 2;
  for (let r = 0; r < fullRows; r += 4) {
    const l0 = left[r], l1 = left[r + 1], l2 = left[r + 2], l3 = left[r + 3];
    const into0 = into[r], into1 = into[r + 1], into2 = into[r + 2], into3 = into[r + 3];
    for (let k = 0; k < fullInner; k += 2) {
      const a = right[k], b = right[k + 1];
      const a0 = l0[k], a1 = l1[k], a2 = l2[k], a3 = l3[k];
      const b0 = l0[k + 1], b1 = l1[k + 1], b2 = l2[k + 1], b3 = l3[k + 1];
      for (let c = 0; c < columns; c++) {
        const x = a[c], y = b[c];
        into0[c] += a0 * x + b0 * y;
        into1[c] += a1 * x + b1 * y;
        into2[c] += a2 * x + b2 * y;
        into3[c] += a3 * x + b3 * y;
      }
    }
  }
  for (let r = 0; r < rows; r++) {
    const row = into[r];
    for (let k = r < fullRows ? fullInner : 0; k < inner; k++) {
      const a = right[k];
      const factor = left[r][k];
      for (let c = 0; c < columns; c++) row[c] += factor * a[c];
    }
  }
}
