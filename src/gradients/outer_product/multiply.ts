/** A matrix in a flat array: element (r, c) is at offset + r · rowStride + c · columnStride. */
export interface Matrix {
  readonly values: Float64Array;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** A row-major matrix with `columns` columns that starts at `offset`. */
export function rowMajor(values: Float64Array, columns: number, offset = 0): Matrix {
  return { values, offset, rowStride: columns, columnStride: 1 };
}

/** The same memory read with rows and columns exchanged; nothing is copied. */
export function transpose(matrix: Matrix): Matrix {
  const { values, offset, rowStride, columnStride } = matrix;
  return { values, offset, rowStride: columnStride, columnStride: rowStride };
}

/**
 * into (rows, columns) += left (rows, inner) · right (inner, columns).
 *
 * Register-blocked: a tile of 4 rows × 2 columns is summed in eight local variables, so that six loads serve eight
 * multiplications, and eight independent sums hide the latency of an addition. What does not fill a
 * tile is summed element by element. Sums run over `inner` in order, in float64.
 */
export function multiplyAdd(
  left: Matrix,
  right: Matrix,
  into: Matrix,
  rows: number,
  inner: number,
  columns: number,
): void {
  const fullRows = rows - rows % 4;
  const fullColumns = columns - columns % 2;
  for (let r = 0; r < fullRows; r += 4) {
    for (let c = 0; c < fullColumns; c += 2) addTile(left, right, into, r, c, inner);
    if (fullColumns < columns) addCells(left, right, into, r, r + 4, fullColumns, columns, inner);
  }
  addCells(left, right, into, fullRows, rows, 0, columns, inner);
}

/** into[r … r + 3][c, c + 1] += left[r … r + 3][·] · right[·][c, c + 1] */
function addTile(
  left: Matrix,
  right: Matrix,
  into: Matrix,
  r: number,
  c: number,
  inner: number,
): void {
  const a = left.values;
  const b = right.values;
  const aStep = left.columnStride;
  const bStep = right.rowStride;
  let a0 = left.offset + r * left.rowStride;
  let a1 = a0 + left.rowStride;
  let a2 = a1 + left.rowStride;
  let a3 = a2 + left.rowStride;
  let b0 = right.offset + c * right.columnStride;
  let b1 = b0 + right.columnStride;
  let s00 = 0, s01 = 0, s10 = 0, s11 = 0, s20 = 0, s21 = 0, s30 = 0, s31 = 0;
  for (let k = 0; k < inner; k++) {
    const x = b[b0];
    const y = b[b1];
    s00 += a[a0] * x;
    s01 += a[a0] * y;
    s10 += a[a1] * x;
    s11 += a[a1] * y;
    s20 += a[a2] * x;
    s21 += a[a2] * y;
    s30 += a[a3] * x;
    s31 += a[a3] * y;
    a0 += aStep;
    a1 += aStep;
    a2 += aStep;
    a3 += aStep;
    b0 += bStep;
    b1 += bStep;
  }
  const out = into.values;
  const down = into.rowStride;
  const at = into.offset + r * down + c * into.columnStride;
  const beside = at + into.columnStride;
  out[at] += s00;
  out[beside] += s01;
  out[at + down] += s10;
  out[beside + down] += s11;
  out[at + 2 * down] += s20;
  out[beside + 2 * down] += s21;
  out[at + 3 * down] += s30;
  out[beside + 3 * down] += s31;
}

/** The cells of rows [top, bottom) × columns [first, end), one at a time. */
function addCells(
  left: Matrix,
  right: Matrix,
  into: Matrix,
  top: number,
  bottom: number,
  first: number,
  end: number,
  inner: number,
): void {
  for (let r = top; r < bottom; r++) {
    for (let c = first; c < end; c++) {
      let a = left.offset + r * left.rowStride;
      let b = right.offset + c * right.columnStride;
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        sum += left.values[a] * right.values[b];
        a += left.columnStride;
        b += right.rowStride;
      }
      into.values[into.offset + r * into.rowStride + c * into.columnStride] += sum;
    }
  }
}
