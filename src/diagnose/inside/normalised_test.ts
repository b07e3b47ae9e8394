import assert from "node:assert/strict";
import test from "node:test";
import { examined, randomRows } from "../../../tests/support/examined.ts";
import { networkOf } from "../../../tests/support/problems.ts";
import { staged } from "../../../tests/support/staged_network.ts";
import type { Stages } from "../../../tests/support/staged_passes.ts";
import { canonicalLayout } from "../../model/layout.ts";

const network = networkOf([20, 7, 5, 3]);
const problem = { network, dataset: randomRows(1, 20, 3), maxBatchSize: 10, threads: 1 };

/** Each array, or all of them, divided by what `sizeOf` says of it. */
async function told(sizeOf: (g: Float64Array) => number, isWhole: boolean, stages: Stages = {}) {
  const before = staged(stages);
  const findings = await examined({
    ...before,
    async prepare(given) {
      const gradientOf = await before.prepare(given);
      return (parameters, batch, target) => {
        const g = new Float64Array(target.length);
        const loss = gradientOf(parameters, batch, g);
        const cuts = isWhole ? [0, g.length] : [
          0,
          ...canonicalLayout(network).layers.flatMap(({ biasOffset, outputs }) => [
            biasOffset,
            biasOffset + outputs,
          ]),
        ];
        cuts.slice(1).forEach((end, n) => {
          const array = g.subarray(cuts[n], end);
          const size = sizeOf(array);
          array.forEach((one, p) => array[p] = one / size);
        });
        target.set(g);
        return loss;
      };
    },
  }, problem);
  return findings.map((one) =>
    [one.id, "form" in one ? one.form : "", ...one.layers].filter((text) => text).join(" ")
  );
}

const length = (g: Float64Array) => Math.hypot(...g);
const largest = (g: Float64Array) => Math.max(...g.map(Math.abs));
const sum = (g: Float64Array) => g.reduce((all, one) => all + Math.abs(one), 0);

const NORMALISED: [string, Parameters<typeof told>, ...string[]][] = [
  ["its length", [length, true], "whole-norm 1 2 3"],
  ["a fifth of its length", [(g) => length(g) / 5, true], "whole-norm 1 2 3"],
  ["its length and an ε", [(g) => length(g) + 1e-8, true], "whole-norm 1 2 3"],
  ["each array's length", [length, false], "array-norm 1 2 3"],
  ["each array's length and an ε", [(g) => length(g) + 1e-6, false], "array-norm 1 2 3"],
  ["each array's largest element", [largest, false], "array-largest 1 2 3"],
  ["the sum of all sizes", [sum, true], "whole-sum 1 2 3"],
];

for (const [title, given, form] of NORMALISED) {
  test(`a gradient divided by ${title} is told so, and nothing else`, async () => {
    assert.deepEqual(await told(...given), [`clipped normalised-${form}`]);
  });
}

test("behind a division by the length, a missing slope is found", async () => {
  assert.deepEqual(await told(length, true, { slope: { 1: () => 1 } }), [
    "missing-hidden-derivative 1",
    "clipped normalised-whole-norm 1 2 3",
  ]);
});

test("a limit of the length is no division by it", async () => {
  const limited = await told((g) => Math.max(1, length(g) / 0.05), true);
  assert.deepEqual(limited, ["clipped norm 1 2 3"]);
});
