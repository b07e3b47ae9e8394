import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding } from "../../src/format/finding.ts";
import { examined, randomRows } from "../support/examined.ts";
import { staged } from "../support/staged_network.ts";
import type { Stages } from "../support/staged_passes.ts";

/** Mistakes that nobody makes and no formula has, with the stage and layer where they are. */
const ODD: [Stages, stage: string, layer: number][] = [
  [
    { odd: ({ delta }) => void delta[0].forEach((one, i) => delta[0][i] = one * (i + 1)) },
    "backward",
    1,
  ],
  [{ odd: ({ delta }) => void delta[1].reverse() }, "backward", 2],
  [{ odd: ({ x }) => void (x[1] = x[1].map((a) => a ** 3 + 0.2)) }, "product", 2],
  [{ odd: ({ x }) => void (x[2] = x[2].map((a, i) => a * (i % 2))) }, "product", 3],
  [{ activation: { 1: (z) => Math.max(-0.5, Math.min(0.5, z)) } }, "product", 2],
  [{ outputDelta: (a, _, y) => Math.tanh(3 * (a - y)) }, "output", 3],
  [{ outputDelta: (a, z, y) => (a - y) * Math.exp(-z * z) }, "output", 3],
  [{ weights: { 2: (w) => Math.tanh(2 * w) } }, "backward", 2],
  [{ slope: { 1: (z) => Math.exp(-z * z) } }, "backward", 1],
  [{ pixel: (byte) => Math.log1p(byte) }, "pixels", 1],
];

const located = (findings: readonly Finding[], stage: string, layer: number): boolean =>
  findings.some((one) =>
    one.id === "unexplained" && "stages" in one
      ? one.stages.some((found) => found.stage === stage && found.layer === layer)
      : stage === "pixels" && one.id === "pixel-map"
  );

test("at least eight of ten odd mistakes are located at their stage", async () => {
  const network = {
    layerSizes: [20, 7, 5, 3],
    hiddenActivation: "sigmoid",
    outputLoss: "sigmoid-quadratic",
  } as const;
  const problem = { network, dataset: randomRows(1, 20, 3), maxBatchSize: 10, threads: 1 };
  const missed: string[] = [];
  for (const [stages, stage, layer] of ODD) {
    const findings = await examined(staged(stages), problem);
    if (!located(findings, stage, layer)) {
      missed.push(
        `${stage} ${layer}: ${
          JSON.stringify(findings.map((one) => [
            one.id,
            one.layers,
            "stages" in one ? one.stages.map((s) => s.stage + s.layer) : "",
          ]))
        }`,
      );
    }
  }
  assert.ok(ODD.length - missed.length >= 8, missed.join("\n"));
});
