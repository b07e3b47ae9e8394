import assert from "node:assert/strict";
import test from "node:test";
import type { Dataset } from "../data/dataset.ts";
import { createEvaluator } from "./evaluate.ts";
import { initialParameters } from "./initialise.ts";
import { HIDDEN_ACTIVATIONS, type Network, OUTPUT_LOSSES } from "./network.ts";
import { referenceGradient } from "./reference.ts";
import { networkOf, randomDataset } from "../../tests/support/problems.ts";

for (const hiddenActivation of HIDDEN_ACTIVATIONS) {
  for (const outputLoss of OUTPUT_LOSSES) {
    for (const layerSizes of [[12, 3], [12, 7, 5, 3]]) {
      test(`evaluation has the oracle's loss: ${layerSizes.join("-")} ${hiddenActivation} ${outputLoss}`, () => {
        const convention = layerSizes.length === 2
          ? undefined
          : { targets: [0.1, 0.9], pixels: "1-x" } as const;
        const network: Network = { layerSizes, hiddenActivation, outputLoss, convention };
        const dataset = randomDataset(40, 12, 3);
        const parameters = initialParameters(network, "uniform", 1);
        const rows = Uint32Array.from({ length: 40 }, (_, n) => n);
        const scratch = new Float64Array(parameters.length);
        const expected = referenceGradient(network, parameters, dataset, rows, scratch);
        const evaluate = createEvaluator(network, dataset);
        const { loss, accuracy, isCorrect } = evaluate(parameters);
        assert.ok(Math.abs(loss / expected - 1) < 1e-12, `loss ${loss}, oracle ${expected}`);
        assert.ok(accuracy >= 0 && accuracy <= 1);
        const before = isCorrect.slice();
        assert.equal(before.reduce((sum, bit) => sum + bit, 0) / before.length, accuracy);
        const again = evaluate(parameters);
        assert.deepEqual(again, { loss, accuracy, isCorrect: before }, "a second call differs");
      });
    }
  }
}

/** One zero pixel, so the three outputs are their biases. */
function accuracyOf(biases: number[], label: number): number {
  const network = networkOf([1, 3]);
  const dataset: Dataset = {
    count: 1,
    features: 1,
    classes: 3,
    pixels: Uint8Array.of(0),
    labels: Uint8Array.of(label),
  };
  return createEvaluator(network, dataset)(Float64Array.of(1, 1, 1, ...biases)).accuracy;
}

test("the greatest output is the answer, also if the sigmoid is saturated", () => {
  assert.equal(accuracyOf([1, 3, 2], 1), 1);
  assert.equal(accuracyOf([1, 3, 2], 2), 0);
  assert.equal(accuracyOf([50, 60, -50], 1), 1);
});

test("of equal outputs the first is the answer", () => {
  assert.equal(accuracyOf([2, 2, 1], 0), 1);
  assert.equal(accuracyOf([2, 2, 1], 1), 0);
});

test("an example with a NaN among its outputs is never correct", () => {
  for (const label of [0, 1, 2]) {
    assert.equal(accuracyOf([NaN, NaN, NaN], label), 0);
    assert.equal(accuracyOf([5, NaN, 5], label), 0);
  }
});
