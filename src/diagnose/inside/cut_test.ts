import assert from "node:assert/strict";
import test from "node:test";
import { examined } from "../../../tests/support/examined.ts";
import { smallDigits } from "../../../tests/support/small_digits.ts";
import type { ShortFormImplementation } from "../../gradients/contract.ts";
import { canonicalLayout } from "../../model/layout.ts";
import type { Network } from "../../model/network.ts";
import { wordsOf } from "../words/finding_words.ts";

const network: Network = {
  layerSizes: [49, 12, 12, 10],
  hiddenActivation: "sigmoid",
  outputLoss: "sigmoid-quadratic",
};

/** A network with one helper for all layers: σ of z that is cut off beyond ± limit. */
const cutting = (limit: number): ShortFormImplementation => ({
  name: "mine",
  summary: "a right network, but for one helper",
  precision: "float64",
  prepare({ network, dataset }) {
    const { layers } = canonicalLayout(network);
    return (p, batch, gradient) => {
      gradient.fill(0);
      let loss = 0;
      for (const row of batch) {
        const from = row * dataset.features;
        const a = [
          Array.from(dataset.pixels.subarray(from, from + dataset.features), (v) => v / 255),
        ];
        for (const { weightOffset, biasOffset, outputs } of layers) {
          const below = a[a.length - 1];
          a.push(Array.from({ length: outputs }, (_, o) => {
            const at = weightOffset + o * below.length;
            const z = below.reduce((sum, one, i) => sum + p[at + i] * one, p[biasOffset + o]);
            return 1 / (1 + Math.exp(-Math.max(-limit, Math.min(limit, z))));
          }));
        }
        const label = dataset.labels[row];
        const errors = a[layers.length].map((one, k) => one - Number(k === label));
        loss += errors.reduce((sum, one) => sum + one * one / 2, 0) / batch.length;
        let delta = errors.map((one, k) => {
          const output = a[layers.length][k];
          return one * output * (1 - output) / batch.length;
        });
        for (let l = layers.length - 1; l >= 0; l--) {
          const { weightOffset, biasOffset } = layers[l];
          delta.forEach((d, o) => {
            gradient[biasOffset + o] += d;
            a[l].forEach((one, i) => gradient[weightOffset + o * a[l].length + i] += d * one);
          });
          delta = a[l].map((one, i) =>
            one * (1 - one) *
            delta.reduce((sum, d, o) => sum + p[weightOffset + o * a[l].length + i] * d, 0)
          );
        }
      }
      return loss;
    };
  },
});

for (const limit of [2, 10]) {
  test(`one helper that cuts z off at ±${limit} is named in hidden and output layers`, async () => {
    const dataset = smallDigits(4, 200, 1, "train");
    const problem = { network, dataset, maxBatchSize: 10, threads: 1 };
    const findings = await examined(cutting(limit), problem);
    assert.deepEqual(findings.map(({ id, layers }) => [id, layers]), [
      ["wrong-activation", [1, 2, 3]],
    ]);
    const { meaning, fix } = wordsOf(findings[0]);
    assert.match(meaning, new RegExp(`max\\(−${limit}, min\\(${limit}, z\\)\\)`));
    assert.match(fix, /cut it off beyond ±40 only/);
  });
}
