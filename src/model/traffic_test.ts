import assert from "node:assert/strict";
import { test } from "node:test";
import { trafficPerEpoch } from "./traffic.ts";
import { networkOf } from "../../tests/support/problems.ts";

const network = networkOf([6, 2, 2]);
const PARAMETERS = 6 * 2 + 2 + 2 * 2 + 2;

test("an epoch reads pixels and labels once, and moves the parameters five times a step", () => {
  const traffic = trafficPerEpoch({ network, examples: 25, batchSize: 10, precision: "float32" });
  assert.deepEqual(traffic, {
    examples: 25 * (6 + 1),
    parameters: 3 * 5 * 4 * PARAMETERS, // steps of 10, 10 and 5
    heldBytes: 2 * 4 * PARAMETERS,
  });
});

test("a non-zero pixel is a value and an index; float64 takes twice the bytes", () => {
  const traffic = trafficPerEpoch({
    network,
    examples: 20,
    batchSize: 20,
    precision: "float64",
    nonZeroPixels: 30,
  });
  assert.equal(traffic.examples, 3 * 30 + 20);
  assert.equal(traffic.parameters, 5 * 8 * PARAMETERS);
});
