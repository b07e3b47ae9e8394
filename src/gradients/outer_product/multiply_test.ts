import assert from "node:assert/strict";
import test from "node:test";
import { type Matrix, multiplyAdd, rowMajor, transpose } from "./multiply.ts";

const at = (m: Matrix, r: number, c: number) =>
  m.values[m.offset + r * m.rowStride + c * m.columnStride];

/** Small whole numbers, whose products and sums are exact in any order. */
function matrix(rows: number, columns: number, offset: number): Matrix {
  const values = Float64Array.from(
    { length: offset + rows * columns },
    (_, k) => (k * 7) % 11 - 5,
  );
  return rowMajor(values, columns, offset);
}

for (const [rows, inner, columns] of [[1, 1, 1], [4, 5, 2], [9, 3, 7], [3, 8, 3], [8, 1, 4]]) {
  for (const side of ["neither", "left", "right", "both"]) {
    test(`into += left · right, ${rows} × ${inner} × ${columns}, ${side} transposed`, () => {
      const flipLeft = side === "left" || side === "both";
      const flipRight = side === "right" || side === "both";
      const left = flipLeft ? transpose(matrix(inner, rows, 3)) : matrix(rows, inner, 3);
      const right = flipRight ? transpose(matrix(columns, inner, 1)) : matrix(inner, columns, 1);
      const into = matrix(rows, columns, 2);
      const before = { ...into, values: into.values.slice() };

      multiplyAdd(left, right, into, rows, inner, columns);

      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
          let expected = at(before, r, c);
          for (let k = 0; k < inner; k++) expected += at(left, r, k) * at(right, k, c);
          assert.equal(at(into, r, c), expected, `element ${r}, ${c}`);
        }
      }
      assert.deepEqual(into.values.subarray(0, 2), before.values.subarray(0, 2), "offset ignored");
    });
  }
}
