/** The mistakes of src/diagnose/gradient/examine_gradient_test.ts once more, on networks that read all 784 pixels. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { webgpu } from "../../src/gradients/webgpu/webgpu.ts";
import { availabilityOf } from "../../src/gradients/availability.ts";
import { syntheticDigits } from "../../src/data/synthetic.ts";
import { accusations, named, plantedMistakes } from "../support/planted_mistakes.ts";
import { SLOW } from "../support/slow.ts";

const dataset = syntheticDigits(200, 1, "train");

for (const layerSizes of [[784, 16, 16, 10], [784, 14, 14, 12, 10]]) {
  const problem = {
    network: {
      layerSizes,
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

const device = await availabilityOf(webgpu);

test("webgpu is accused of nothing in 50 seeds", {
  ...SLOW,
  ...(!device.available && { skip: device.reason }),
}, async () => assert.deepEqual(await accusations(webgpu, 50), []));
