import assert from "node:assert/strict";
import test from "node:test";
import { examined, randomRows } from "../../../tests/support/examined.ts";
import { staged } from "../../../tests/support/staged_network.ts";
import { logistic, type Stages } from "../../../tests/support/staged_passes.ts";
import type { Problem } from "../../gradients/contract.ts";
import { float16 } from "../inside/roundings.ts";
import { wordsOf } from "../words/finding_words.ts";

const problem: Problem = {
  network: {
    layerSizes: [49, 12, 10],
    hiddenActivation: "sigmoid",
    outputLoss: "sigmoid-quadratic",
  },
  dataset: randomRows(1, 49, 10),
  maxBatchSize: 10,
  threads: 1,
};

async function told(stages: Stages) {
  const findings = await examined({ ...staged(stages), precision: "float32" }, problem);
  return {
    named: findings.map(({ id, layers }) => [id, ...layers].join(" ")),
    formulas: findings.map((one) => "found" in one ? one.found : undefined),
    texts: findings.map((one) => Object.values(wordsOf(one)).join(" ")).join(" "),
  };
}

/** The stage of a float32 program where numbers are rounded to float16, its finding and the formula found. */
const ROUNDED: readonly [string, Stages, string, RegExp][] = [
  ["pixels", { pixel: (byte) => float16(byte / 255) }, "rounding", /^x = float16\(/],
  [
    "activations",
    { activation: { 1: (z) => float16(logistic(z)) } },
    "rounding 1",
    /^a₁ = float16\(σ\(z₁\)\)/,
  ],
  [
    "z",
    { activation: { 1: (z) => logistic(float16(z)) } },
    "rounding 1",
    /^z₁ = float16\(W₁ x \+ b/,
  ],
  [
    "δ of the output",
    { outputDelta: (a, _z, y) => float16((a - y) * a * (1 - a)) },
    "rounding 2",
    /^δ₂ = float16\(/,
  ],
  ["weights of the backward pass", { weights: { 1: float16 } }, "rounding 1", /float16\(W₂\)ᵀ/],
  ["the gradient", { finish: float16 }, "rounding 1 2", /^g = float16\(g\)/],
];

for (const [title, stages, name, formula] of ROUNDED) {
  test(`half precision in a float32 program is found where it is: ${title}`, async () => {
    const { named, formulas, texts } = await told(stages);
    assert.deepEqual(named, [name]);
    assert.match(formulas[0] ?? "", formula);
    assert.match(texts, /half precision \(float16, 3 digits\)/);
  });
}

test("where no formula gives the rounding, the first stage that lacks digits is named", async () => {
  // Every operation of the activation is rounded.
  const halfSigmoid = (z: number) =>
    float16(1 / float16(1 + float16(Math.exp(float16(-float16(z))))));
  const { named, texts } = await told({ activation: { 1: halfSigmoid } });
  assert.deepEqual(named, ["rounding 1"]);
  assert.match(
    texts,
    /Digits are missing first in the activations of layer 1, about as many as in half precision/,
  );
});

test("a right float32 program lacks no digits", async () => {
  assert.deepEqual((await told({})).named, []);
});
