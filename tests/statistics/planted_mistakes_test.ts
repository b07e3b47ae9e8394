/** The mistakes of src/diagnose/gradient/examine_gradient_test.ts once more: on all 784 pixels, and on four layers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { syntheticDigits } from "../../src/data/synthetic.ts";
import { named, plantedMistakes } from "../support/planted_mistakes.ts";
import { smallDigits } from "../support/small_digits.ts";
import { SLOW } from "../support/slow.ts";

for (
  const [layerSizes, dataset] of [
    [[784, 16, 16, 10], syntheticDigits(200, 1, "train")],
    [[196, 14, 14, 12, 10], smallDigits(2, 200, 1, "train")],
  ] as const
) {
  const problem = {
    network: {
      layerSizes: [...layerSizes],
      hiddenActivation: "sigmoid" as const,
      outputLoss: "sigmoid-quadratic" as const,
    },
    dataset,
    maxBatchSize: 10,
    threads: 1,
  };
  for (const [switches, ...expected] of plantedMistakes(layerSizes.length - 1)) {
    const told = JSON.stringify(switches) + (switches.pixels ?? "");
    const title = `${layerSizes.join("-")} ${told}: ${expected.join(" + ") || "nothing"}`;
    test(title, SLOW, async () => {
      assert.deepEqual(await named(switches, problem), expected);
    });
  }
}
