import type { Problem } from "../../src/gradients/contract.ts";
import type { Network } from "../../src/model/network.ts";
import { examined, randomRows } from "./examined.ts";
import { staged } from "./staged_network.ts";
import { logistic, softmax, type Stages } from "./staged_passes.ts";

/** "wrong-slope 1,2" for each finding, in order. */
async function namedStages(stages: Stages, problem: Problem): Promise<string[]> {
  const findings = await examined(staged(stages), problem);
  return findings.map(({ id, layers }) => [id, layers.join()].filter((part) => part).join(" "));
}

const less = (a: readonly number[], y: readonly number[]) => a.map((one, k) => one - y[k]);

const sigmoidSlope = (_z: number, a: number) => a * (1 - a);

/** Mistakes that people made in public, and the findings that they must give in a network of three layers. */
function plantedStages({ hiddenActivation, outputLoss }: Network): [Stages, ...string[]][] {
  const isQuadratic = outputLoss === "sigmoid-quadratic";
  // δ of a softmax's cross-entropy is its error, so only a second hidden layer shows the difference.
  const withoutSlope = isQuadratic ? "1,2" : "1";
  const all = <T>(value: T) => ({ 1: value, 2: value, 3: value });
  // Two departures in one function: read to three digits, it is another activation.
  const rounded = hiddenActivation === "tanh"
    ? ["rounding 1"]
    : ["wrong-activation 1", "rounding 1"];
  const roundedAtLast = ["missing-hidden-derivative 1", "rounding 1,2,3"];
  const hidden = <T>(value: T) => ({ 1: value, 2: value });
  return [
    [{}],
    [{ bias: all("sum" as const) }, "bias-reduction 1,2,3"],
    [{ bias: all("row-sum" as const) }, "bias-reduction 1,2,3"],
    [{ passesError: [1, 2] }, `error-for-delta ${withoutSlope}`],
    [
      { passesError: [1, 2], updated: hidden(0.1), reduce: "sum" },
      `error-for-delta ${withoutSlope}`,
      "updated-weights 1,2",
      "scale 1,2,3",
    ],
    [{ target: (label, k) => k === label ? 0.9 : 0.1 }, "target-coding"],
    [{ target: (label) => label }, "target-coding"],
    [{ pixel: (byte) => 0.98 * byte / 255 + 0.02 }, "pixel-map"],
    [{ pixel: (byte) => (byte / 255 - 0.1307) / 0.3081 }, "pixel-map"],
    [{ pixel: (byte) => (byte > 127 ? byte - 256 : byte) / 255 }, "pixel-map"],
    [{ source: (row, rows) => (row * 5 + 2) % rows }, "rows-mixed-up"],
    [{ order: (i, n) => n - 1 - i }, "pixel-order"],
    [{ activation: hidden((z: number) => z) }, "activation-skipped 1,2"],
    [{ activation: { 2: (z) => Math.sin(z) } }, "wrong-activation 2"],
    [{ activation: { 2: (z) => Math.tanh(1.7 * z - 0.4) } }, "wrong-activation 2"],
    [{ activation: { 1: (z) => Math.round(1e3 * Math.tanh(z)) / 1e3 } }, ...rounded],
    [{ finish: (g) => Math.round(1e4 * g) / 1e4, slope: { 1: () => 1 } }, ...roundedAtLast],
    [
      isQuadratic
        ? {
          outputDelta: (_a, z, y) =>
            (logistic(z + 0.8) - y) * logistic(z + 0.8) * logistic(-z - 0.8),
        }
        : { outputVector: (z, y) => less(softmax(z.map((one) => one / 3)), y) },
      "wrong-activation 3",
    ],
    [{ biasFactor: { 2: 0 } }, "bias-ignored 2"],
    [{ slope: hidden((_z: number, a: number) => a) }, "wrong-slope 1,2"],
    [{ slope: { 1: (z) => z > 0 ? 1 : 0.05 } }, "wrong-slope 1"],
    [{ slope: { 2: (_z, a) => 0.3 + a * a / 2 } }, "wrong-slope 2"],
    ...(hiddenActivation === "sigmoid"
      ? []
      : [[{ slope: hidden(sigmoidSlope) }, "wrong-slope 1,2"] as [Stages, string]]),
    [{ weights: { 1: Math.abs } }, "wrong-backward-weights 1"],
    [{ decay: -0.02 }, "weight-decay 1,2,3"],
    [{ signDecay: 0.01 }, "weight-decay 1,2,3"],
    [{ decay: 0.02, biasDecay: 0.02 }, "weight-decay 1,2,3", "weight-decay 1,2,3"],
    [{ layout: "biases-first" }, "gradient-layout 1,2,3"],
    [{ layout: "transposed" }, "gradient-layout 1,2,3"],
    [{ layout: "weights-then-biases" }, "gradient-layout 1,2,3"],
    [{ clip: 0.01 }, "clipped 1,2,3"],
    [{ clipNorm: 0.02 }, "clipped 1,2,3"],
    [{ momentum: 0.8 }, "momentum-inside"],
    [{ softmaxOverRows: true }, "rows-interact"],
    [{ reduce: "last" }, "last-example-only"],
    [{ reduce: "means" }, "rows-interact 1,2,3"],
    [{ reduce: "sequential" }, "updates-within-batch"],
    ...(isQuadratic ? [] : [[
      { outputDelta: (a, _z, y) => (a - y) * a * (1 - a) },
      "softmax-diagonal 3",
    ] as [Stages, string]]),
    // Several at once.
    [
      { pixel: (byte) => byte / 255 - 0.3, slope: { 1: () => 1 }, bias: { 3: "row-sum" } },
      "pixel-map",
      "missing-hidden-derivative 1",
      "bias-reduction 3",
    ],
    [{ passesError: [1], decay: 0.05 }, "error-for-delta 1", "weight-decay 1,2,3"],
    [
      { target: (label, k) => k === label ? 1 : -1, untransposed: [2], reduce: "sum" },
      "untransposed-backprop 2",
      "target-coding",
      "scale 1,2,3",
    ],
  ];
}

/** Every planted mistake in a network of this kind: its title, what must be found, and what is. */
export function stageCases(network: Network) {
  const { layerSizes, hiddenActivation } = network;
  const dataset = randomRows(1, layerSizes[0], layerSizes[layerSizes.length - 1]);
  const problem = { network, dataset, maxBatchSize: 10, threads: 1 };
  return plantedStages(network).map(([stages, ...expected]) => {
    const keys = Object.entries(stages).map(([key, value]) =>
      `${key} ${typeof value === "function" ? value : JSON.stringify(value)}`
    );
    const found = expected.join(" + ") || "nothing";
    return {
      title: `${layerSizes.join("-")} ${hiddenActivation} ${keys.join(", ")}: ${found}`,
      expected,
      named: () => namedStages(stages, problem),
    };
  });
}
