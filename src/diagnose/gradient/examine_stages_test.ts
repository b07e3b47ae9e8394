import assert from "node:assert/strict";
import test from "node:test";
import { stageCases } from "../../../tests/support/planted_stages.ts";

// tests/statistics/planted_stages_test.ts has the other activations.
const cases = stageCases({
  layerSizes: [20, 7, 5, 3],
  hiddenActivation: "sigmoid",
  outputLoss: "sigmoid-quadratic",
});

for (const { title, expected, named } of cases) {
  test(title, async () => assert.deepEqual(await named(), expected));
}
