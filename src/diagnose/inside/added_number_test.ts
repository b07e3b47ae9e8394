import assert from "node:assert/strict";
import test from "node:test";
import { examined, randomRows } from "../../../tests/support/examined.ts";
import { networkOf } from "../../../tests/support/problems.ts";
import { staged } from "../../../tests/support/staged_network.ts";
import type { Stages } from "../../../tests/support/staged_passes.ts";
import { canonicalLayout } from "../../model/layout.ts";

const network = networkOf([20, 7, 5, 3]);
const problem = { network, dataset: randomRows(1, 20, 3), maxBatchSize: 10, threads: 1 };

type Term = (own: Float64Array, all: Float64Array, rows: number) => number;

/** A number of a layer's weights and of all parameters is added to each weight gradient, and `inBiases` to the others. */
async function told(term: Term, inBiases = false, stages: Stages = {}) {
  const before = staged(stages);
  const findings = await examined({
    ...before,
    async prepare(given) {
      const gradientOf = await before.prepare(given);
      return (parameters, batch, gradient) => {
        const loss = gradientOf(parameters, batch, gradient);
        const all = Float64Array.from(parameters);
        const { layers } = canonicalLayout(network);
        for (const { weightOffset, biasOffset, outputs } of layers) {
          const own = all.subarray(weightOffset, biasOffset);
          const number = term(own, all, batch.length);
          const end = inBiases ? biasOffset + outputs : biasOffset;
          for (let p = weightOffset; p < end; p++) gradient[p] += number;
        }
        return loss;
      };
    },
  }, problem);
  return findings.map((one) =>
    [
      one.id,
      "form" in one ? one.form : "",
      "value" in one ? one.value : "",
      one.layers.length > 1 ? "all" : one.layers[0],
    ].filter(Boolean).join(" ")
  );
}

const squares = (w: Float64Array) => w.reduce((sum, one) => sum + one * one, 0);
const sizes = (w: Float64Array) => w.reduce((sum, one) => sum + Math.abs(one), 0);

const ADDED: [string, Parameters<typeof told>, ...string[]][] = [
  ["λ Σw² of each layer", [(own) => 0.01 * squares(own)], "squares-of-layer 0.01 all"],
  ["a large penalty", [(own) => 3 * squares(own), true], "squares-of-layer 3 all"],
  ["λ Σθ²", [(_, all) => 0.05 * squares(all), true], "squares-with-biases 0.05 all"],
  ["λ Σ|w| / B", [(own, _, rows) => 0.02 * sizes(own) / rows], "sizes-of-layer 0.02 all"],
  ["λ ‖W‖", [(own) => 0.1 * Math.hypot(...own)], "length-of-layer 0.1 all"],
  ["one constant", [() => 1e-4], "one-number 0.0001 all"],
];

for (const [title, given, expected] of ADDED) {
  test(`${title}, added to every element, is told so, and nothing else`, async () => {
    assert.deepEqual(await told(...given), [`added-number ${expected}`]);
  });
}

test("behind an added number, a missing slope is found", async () => {
  const found = await told((own) => 0.01 * squares(own), false, { slope: { 1: () => 1 } });
  assert.deepEqual(found, [
    "missing-hidden-derivative 1",
    "added-number squares-of-layer 0.01 all",
  ]);
});
