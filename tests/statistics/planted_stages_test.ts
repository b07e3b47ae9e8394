/** The mistakes of src/diagnose/gradient/examine_stages_test.ts once more, with other activations, the other loss and other shapes. */
import assert from "node:assert/strict";
import test from "node:test";
import { stageCases } from "../support/planted_stages.ts";

const outputLoss = "softmax-cross-entropy";
const cases = [
  ...stageCases({ layerSizes: [23, 6, 8, 4], hiddenActivation: "tanh", outputLoss }),
  ...stageCases({ layerSizes: [20, 8, 8, 5], hiddenActivation: "relu", outputLoss }),
  ...stageCases({
    layerSizes: [784, 16, 16, 10],
    hiddenActivation: "tanh",
    outputLoss: "sigmoid-quadratic",
  }),
  ...stageCases({
    layerSizes: [20, 7, 5, 3],
    hiddenActivation: "relu",
    outputLoss: "sigmoid-quadratic",
  }),
];

for (const { title, expected, named } of cases) {
  test(title, async () => assert.deepEqual(await named(), expected));
}
