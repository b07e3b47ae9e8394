import assert from "node:assert/strict";
import { test } from "node:test";
import { syntheticDigits } from "../data/synthetic.ts";
import { initialParameters } from "../model/initialise.ts";
import { HIDDEN_ACTIVATIONS, OUTPUT_LOSSES } from "../model/network.ts";
import { referenceGradient } from "../model/reference.ts";
import { createQuickOracle } from "./quick_oracle.ts";

for (const hiddenActivation of HIDDEN_ACTIVATIONS) {
  for (const outputLoss of OUTPUT_LOSSES) {
    test(`without zero pixels it is bit for bit the oracle: ${hiddenActivation}, ${outputLoss}`, () => {
      const dataset = syntheticDigits(40, 3, "train");
      for (const layerSizes of [[784, 10], [784, 16, 16, 10]]) {
        const convention = layerSizes.length === 2
          ? undefined
          : { targets: [0.1, 0.9], pixels: "1-x", weightDecay: 0.1 } as const;
        const network = { layerSizes, hiddenActivation, outputLoss, convention };
        const quick = createQuickOracle(network, dataset);
        const parameters = initialParameters(network, "uniform", 5);
        const expected = new Float64Array(parameters.length);
        const actual = new Float64Array(parameters.length).fill(NaN);
        for (
          const batch of [
            Uint32Array.of(7),
            Uint32Array.from({ length: 33 }, (_, n) => 39 - n),
          ]
        ) {
          const loss = referenceGradient(network, parameters, dataset, batch, expected);
          assert.equal(quick(parameters, batch, actual), loss);
          assert.deepEqual(actual, expected);
        }
      }
    });
  }
}
