import assert from "node:assert/strict";
import test from "node:test";
import { flopPerExample, flopPerUpdate, flopSkippingZeros } from "./flop.ts";
import { networkOf } from "../../tests/support/problems.ts";

test("FLOP of a 2-1 network, counted by hand", () => {
  const network = networkOf([2, 1]);
  // forward: w₁x₁ + w₂x₂ + b: 2 multiplications, 2 additions; σ: 1.
  // backward: a − y, 1 − a, two products, one division by B: 5; δx₁, δx₂ added to their sums: 4; δ: 1.
  assert.deepEqual(flopPerExample(network), { forward: 5, backward: 10, total: 15 });
  assert.equal(flopPerUpdate(network), 6);
});

test("FLOP of a 3-2-2 network, counted by hand", () => {
  const network = networkOf([3, 2, 2], "relu", "softmax-cross-entropy");
  // forward: 2·3·2 + 2 and 2·2·2 + 2.
  // backward: output (a − y, division by B)·2 = 4; layer 2: 8 + 2; wᵀδ: 2 inputs · (2 mul + 1 add) = 6;
  // relu: 2; layer 1: 12 + 2, and nothing for the pixels.
  assert.deepEqual(flopPerExample(network), { forward: 24, backward: 36, total: 60 });
  assert.equal(flopPerUpdate(network), 2 * (6 + 2 + 4 + 2));
});

test("a sigmoid slope takes 3 FLOP per neuron, a relu slope 1", () => {
  const network = networkOf([3, 2, 2], "sigmoid", "softmax-cross-entropy");
  assert.equal(flopPerExample(network).backward, 36 + 2 * 2);
});

test("the default network takes less than 6 FLOP per parameter", () => {
  const network = networkOf([784, 16, 16, 10]);
  const { total } = flopPerExample(network);
  assert.ok(total > 4 * 12_960 && total < 6 * 13_002, `${total} FLOP`);
});

test("zero pixels save FLOP in the first layer only", () => {
  const network = networkOf([3, 2, 2], "relu", "softmax-cross-entropy");
  assert.equal(flopSkippingZeros(network, 5, 15), 5 * 60);
  // One zero pixel: 2 neurons · (mul + add) forward, and the same backward.
  assert.equal(flopSkippingZeros(network, 5, 14), 5 * 60 - 8);
  // All pixels are 0: the first layer keeps its biases, activations, slopes and bias gradients.
  assert.equal(flopSkippingZeros(network, 1, 0), 60 - 12 - 12);
});
