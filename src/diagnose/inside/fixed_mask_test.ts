import assert from "node:assert/strict";
import test from "node:test";
import { examined, randomRows } from "../../../tests/support/examined.ts";
import { networkOf } from "../../../tests/support/problems.ts";
import { staged } from "../../../tests/support/staged_network.ts";
import type { Stages } from "../../../tests/support/staged_passes.ts";
import { canonicalLayout } from "../../model/layout.ts";
import type { Network } from "../../model/network.ts";

/** Activations of hidden layers times a mask, on both ways: the same as a factor of the weights that they go into. */
async function told(
  hiddenActivation: Network["hiddenActivation"],
  masks: Readonly<Record<number, readonly number[]>>,
  stages: Stages = {},
) {
  const network = { ...networkOf([20, 7, 5, 3]), hiddenActivation };
  const before = staged(stages);
  const masked = (values: ArrayLike<number>) => {
    const result = Float64Array.from(values);
    for (
      const [l, { inputs, weightOffset, biasOffset }] of canonicalLayout(network).layers.entries()
    ) {
      for (let p = weightOffset; p < biasOffset; p++) {
        result[p] *= masks[l]?.[(p - weightOffset) % inputs] ?? 1;
      }
    }
    return result;
  };
  const findings = await examined({
    ...before,
    async prepare(given) {
      const gradientOf = await before.prepare(given);
      return (parameters, batch, gradient) => {
        const loss = gradientOf(masked(parameters), batch, gradient);
        gradient.set(masked(gradient));
        return loss;
      };
    },
  }, { network, dataset: randomRows(1, 20, 3), maxBatchSize: 10, threads: 1 });
  return findings.map((one) => [
    one.id,
    ...one.layers,
    ..."value" in one && one.value !== undefined ? [Number(one.value.toFixed(4))] : [],
  ]);
}

const [half, fifth] = [[1, 0, 1, 0, 1, 0, 1], [1.25, 1.25, 0, 1.25, 1.25]];

for (const activation of ["sigmoid", "tanh", "relu"] as const) {
  test(`dropout with one mask in every call is told with its layer and share: ${activation}`, async () => {
    assert.deepEqual(await told(activation, { 1: half }), [["dropout", 1, 0.4286]]);
    assert.deepEqual(await told(activation, { 2: fifth }), [["dropout", 2, 0.2]]);
    assert.deepEqual(await told(activation, { 1: half.map((m) => 2 * m), 2: fifth }), [
      ["dropout", 1, 2, 0.5],
    ]);
  });
}

test("behind dropout, a missing slope is found", async () => {
  const found = await told("sigmoid", { 2: fifth }, { slope: { 1: () => 1 } });
  assert.deepEqual(found, [["dropout", 2, 0.2], ["missing-hidden-derivative", 1]]);
});
