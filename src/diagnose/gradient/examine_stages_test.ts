import assert from "node:assert/strict";
import test from "node:test";
import { namedStages, plantedStages, randomRows } from "../../../tests/support/planted_stages.ts";
import type { Network } from "../../model/network.ts";

const NETWORKS: Network[] = [
  {
    layerSizes: [20, 7, 5, 3],
    hiddenActivation: "sigmoid",
    outputLoss: "sigmoid-quadratic",
  },
  {
    layerSizes: [23, 6, 8, 4],
    hiddenActivation: "tanh",
    outputLoss: "softmax-cross-entropy",
  },
  {
    layerSizes: [20, 8, 8, 5],
    hiddenActivation: "relu",
    outputLoss: "softmax-cross-entropy",
  },
];

for (const network of NETWORKS) {
  const { layerSizes, hiddenActivation } = network;
  const dataset = randomRows(1, layerSizes[0], layerSizes[layerSizes.length - 1]);
  const problem = { network, dataset, maxBatchSize: 10, threads: 1 };
  for (const [stages, ...expected] of plantedStages(network)) {
    const keys = Object.entries(stages).map(([key, value]) =>
      `${key} ${typeof value === "function" ? value : JSON.stringify(value)}`
    );
    const title = `${layerSizes.join("-")} ${hiddenActivation} ${keys.join(", ")}`;
    test(`${title}: ${expected.join(" + ") || "nothing"}`, async () => {
      assert.deepEqual(await namedStages(stages, problem), expected);
    });
  }
}
