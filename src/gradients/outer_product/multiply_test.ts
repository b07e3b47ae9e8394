import assert from "node:assert/strict";
import test from "node:test";
import { addProduct, addScalarProducts, type Matrix, rowMajor, transpose } from "./multiply.ts";

/** Small whole numbers, whose products and sums are exact in any order. */
function matrix(rows: number, columns: number, shift: number): Matrix {
  const values = Float64Array.from(
    { length: rows * columns },
    (_, k) => ((k + shift) * 7) % 11 - 5,
  );
  return rowMajor(values, rows, columns);
}

function transposed(m: Matrix, rows: number, columns: number): Matrix {
  const into = matrix(columns, rows, 0);
  transpose(m, into, rows, columns);
  return into;
}

const SHAPES = [[1, 1, 1], [2, 5, 4], [9, 3, 7], [3, 8, 3], [8, 1, 4], [4, 2, 10], [7, 7, 5]];

for (const [rows, inner, columns] of SHAPES) {
  const left = matrix(rows, inner, 3);
  const right = matrix(inner, columns, 1);

  /** Sums `left · right` beside what the function under test adds to its last argument. */
  const check = (add: (into: Matrix) => void) => {
    const before = matrix(rows, columns, 2);
    const into = matrix(rows, columns, 2);
    add(into);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        let expected = before[r][c];
        for (let k = 0; k < inner; k++) expected += left[r][k] * right[k][c];
        assert.equal(into[r][c], expected, `element ${r}, ${c}`);
      }
    }
  };

  test(`addProduct: into += left · right, ${rows} × ${inner} × ${columns}`, () => {
    check((into) => addProduct(left, right, into, rows, inner, columns));
  });

  test(`addScalarProducts: into += left · rightᵀ, ${rows} × ${inner} × ${columns}`, () => {
    const right2 = transposed(right, inner, columns);
    check((into) => addScalarProducts(left, right2, into, rows, inner, columns));
  });
}

test("rows beyond the given number are neither read nor written", () => {
  const into = matrix(5, 4, 0);
  const before = into.map((row) => row.slice());
  const nothing = rowMajor(new Float64Array(20).fill(NaN), 5, 4);
  for (const row of nothing.slice(0, 3)) row.fill(1);
  addProduct(nothing, nothing, into, 3, 3, 4);
  addScalarProducts(nothing, nothing, into, 3, 4, 3);
  assert.deepEqual(into.slice(3), before.slice(3));
  assert.ok(into.every((row) => row.every(Number.isFinite)));
});

test("rowMajor is a view of the memory from its offset on", () => {
  const values = new Float64Array(7);
  rowMajor(values, 2, 3, 1)[1][2] = 5;
  assert.deepEqual([...values], [0, 0, 0, 0, 0, 0, 5]);
});
