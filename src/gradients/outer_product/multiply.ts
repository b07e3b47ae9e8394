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
 * Register-blocked: six local variables hold a tile of 3 rows × 2 columns. Five loads serve six multiplications, and six
 * independent sums hide the latency of an addition. With 2 × 4 there are eight sums and eight products, more than
 * registers, because V8 multiplies all before it adds: a sum that goes through memory takes twice as long.
 */
export function addScalarProducts(
  left: Matrix,
  right: Matrix,
  into: Matrix,
  rows: number,
  inner: number,
  columns: number,
): void {
  const fullRows = rows - rows % 3;
  const fullColumns = columns - columns % 2;
  for (let r = 0; r < fullRows; r += 3) {
    const a = left[r], b = left[r + 1], c = left[r + 2];
    for (let o = 0; o < fullColumns; o += 2) {
      const v = right[o], w = right[o + 1];
      let av = 0, aw = 0, bv = 0, bw = 0, cv = 0, cw = 0;
      for (let k = 0; k < inner; k++) {
        const x = a[k], y = b[k], z = c[k];
        const vk = v[k], wk = w[k];
        av += x * vk;
        aw += x * wk;
        bv += y * vk;
        bw += y * wk;
        cv += z * vk;
        cw += z * wk;
      }
      into[r][o] += av;
      into[r][o + 1] += aw;
      into[r + 1][o] += bv;
      into[r + 1][o + 1] += bw;
      into[r + 2][o] += cv;
      into[r + 2][o + 1] += cw;
    }
  }
  // The rest, four sums at a time where there are as many.
  for (let r = 0; r < rows; r++) {
    const a = left[r], sums = into[r];
    let o = r < fullRows ? fullColumns : 0;
    for (; o + 4 <= columns; o += 4) {
      const w0 = right[o], w1 = right[o + 1], w2 = right[o + 2], w3 = right[o + 3];
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
      for (let k = 0; k < inner; k++) {
        const x = a[k];
        s0 += x * w0[k];
        s1 += x * w1[k];
        s2 += x * w2[k];
        s3 += x * w3[k];
      }
      sums[o] += s0;
      sums[o + 1] += s1;
      sums[o + 2] += s2;
      sums[o + 3] += s3;
    }
    for (; o < columns; o++) {
      const w = right[o];
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += a[k] * w[k];
      sums[o] += sum;
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
