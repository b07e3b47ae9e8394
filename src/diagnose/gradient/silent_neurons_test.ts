import assert from "node:assert/strict";
import test from "node:test";
import { examined, randomRows } from "../../../tests/support/examined.ts";
import { mistaken, type Switches } from "../../../tests/support/mistaken.ts";
import { networkOf } from "../../../tests/support/problems.ts";
import { canonicalLayout } from "../../model/layout.ts";
import type { HiddenActivation } from "../../model/network.ts";
import { titleOf } from "../words/finding_words.ts";

/** What is said of a program that adds a constant to z of these layers, counted from 1. */
async function told(
  layerSizes: number[],
  hiddenActivation: HiddenActivation,
  layers: readonly number[],
  offset: number,
  switches: Switches = {},
) {
  const network = networkOf(layerSizes, hiddenActivation);
  const program = mistaken(switches);
  const shifted: typeof program = {
    ...program,
    async prepare(problem) {
      const gradientOf = await program.prepare(problem);
      return (parameters, batch, gradient) => {
        const own = parameters.slice();
        for (const layer of layers) {
          const { biasOffset, outputs } = canonicalLayout(network).layers[layer - 1];
          for (let p = biasOffset; p < biasOffset + outputs; p++) own[p] += offset;
        }
        return gradientOf(own, batch, gradient);
      };
    },
  };
  const classes = layerSizes[layerSizes.length - 1];
  const dataset = randomRows(1, layerSizes[0], classes);
  const findings = await examined(shifted, { network, dataset, maxBatchSize: 10, threads: 1 });
  return findings.map((one) => titleOf(one) + ("offset" in one ? ` ${one.offset}` : ""));
}

test("dead neurons are told as such, and the rest is read where they answer", async () => {
  assert.deepEqual(await told([20, 7, 5, 3], "relu", [1], -50), ["silent-neurons, layer 1 -50"]);
  assert.deepEqual(await told([20, 7, 5, 3], "relu", [2], -30.5), [
    "silent-neurons, layers 1, 2 -30.5",
  ]);
  assert.deepEqual(await told([20, 7, 5, 3], "relu", [1], -50, { noHiddenSlope: [1] }), [
    "silent-neurons, layer 1 -50",
    "missing-hidden-derivative, layer 1",
  ]);
  assert.deepEqual(await told([20, 7, 5, 3], "sigmoid", [1], -50), [
    "silent-neurons, layer 1 -50",
  ]);
  assert.deepEqual(await told([20, 7, 5, 3], "tanh", [1], 60), ["silent-neurons, layer 1 60"]);
});

test("a constant in every layer, the output's too, is taken away", async () => {
  assert.deepEqual(await told([40, 12, 10], "relu", [1, 2], -50), ["silent-neurons, layer 1 -50"]);
});

test("a gradient that is not computed is no dead neuron", async () => {
  const switches = { times: { w1: 0, b1: 0 } };
  assert.deepEqual(await told([20, 7, 5, 3], "relu", [], 0, switches), [
    "scale, layer 1, factor 0",
  ]);
});
