import assert from "node:assert/strict";
import test from "node:test";
import { descend } from "./sgd.ts";

for (const ArrayType of [Float32Array, Float64Array]) {
  test(`descend subtracts rate · gradient from each parameter (${ArrayType.name})`, () => {
    const parameters = ArrayType.of(1, 2, -3);
    const gradient = ArrayType.of(0.5, 0, -0.25);
    descend(parameters, gradient, 2);
    assert.deepEqual([...parameters], [0, 2, -2.5]);
    assert.deepEqual([...gradient], [0.5, 0, -0.25]);
  });
}

for (const length of [0, 1, 3, 4, 5, 11]) {
  test(`descend reaches every one of ${length} elements`, () => {
    for (const ArrayType of [Float32Array, Float64Array]) {
      const parameters = new ArrayType(length);
      for (let i = 0; i < length; i++) parameters[i] = i;
      descend(parameters, new ArrayType(length).fill(0.5), 4);
      assert.deepEqual([...parameters], Array.from({ length }, (_, i) => i - 2));
    }
  });
}

test("descend rounds to float32 once, after the subtraction in float64", () => {
  const parameters = Float32Array.of(1);
  const gradient = Float32Array.of(0.1);
  descend(parameters, gradient, 0.3);
  assert.equal(parameters[0], Math.fround(1 - 0.3 * Math.fround(0.1)));
});

test("descend refuses arrays of different length or precision", () => {
  assert.throws(() => descend(new Float64Array(2), new Float64Array(3), 1), RangeError);
  assert.throws(() => descend(new Float64Array(2), new Float32Array(2), 1), TypeError);
});
