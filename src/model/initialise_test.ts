import assert from "node:assert/strict";
import test from "node:test";
import { initialParameters } from "./initialise.ts";
import { canonicalLayout } from "./layout.ts";
import { INITIALISATIONS } from "./network.ts";
import { networkOf } from "../../tests/support/problems.ts";

const network = networkOf([784, 16, 16, 10]);

for (const initialisation of INITIALISATIONS) {
  test(`${initialisation}: one seed gives one start, exact in float32; another seed another`, () => {
    const start = initialParameters(network, initialisation, 1);
    assert.deepEqual(initialParameters(network, initialisation, 1), start);
    assert.deepEqual(Float64Array.from(Float32Array.from(start)), start);
    assert.notDeepEqual(initialParameters(network, initialisation, 2), start);
  });
}

test("uniform fills (−1, 1): mean 0, variance 1/3", () => {
  const start = initialParameters(network, "uniform", 5);
  assert.ok(start.every((value) => value > -1 && value < 1));
  // Standard errors at 13,002 draws: 0.005 for the mean, 0.0026 for the variance; four of them.
  assert.ok(Math.abs(mean(start)) < 0.02);
  assert.ok(Math.abs(variance(start) - 1 / 3) < 0.011);
});

test("scaled-normal has weights of variance 1/fan-in in every layer", () => {
  const start = initialParameters(network, "scaled-normal", 5);
  for (const { inputs, outputs, weightOffset } of canonicalLayout(network).layers) {
    const weights = start.subarray(weightOffset, weightOffset + inputs * outputs);
    const scaled = variance(weights) * inputs;
    const standardError = Math.sqrt(2 / weights.length);
    assert.ok(Math.abs(scaled - 1) < 4 * standardError, `variance · fan-in = ${scaled}`);
  }
});

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: Float64Array): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
