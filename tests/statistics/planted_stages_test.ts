/** The mistakes of src/diagnose/gradient/examine_stages_test.ts once more, with other activations and the other loss. */
import assert from "node:assert/strict";
import test from "node:test";
import { stageCases } from "../support/planted_stages.ts";

const outputLoss = "softmax-cross-entropy";
const cases = [
  ...stageCases({ layerSizes: [23, 6, 8, 4], hiddenActivation: "tanh", outputLoss }),
  ...stageCases({ layerSizes: [20, 8, 8, 5], hiddenActivation: "relu", outputLoss }),
];

for (const { title, expected, named } of cases) {
  test(title, async () => assert.deepEqual(await named(), expected));
}
