import assert from "node:assert/strict";
import test from "node:test";
import { examined } from "../../../tests/support/examined.ts";
import { smallDigits } from "../../../tests/support/small_digits.ts";
import type { Precision, Problem, ShortFormImplementation } from "../../gradients/contract.ts";
import { referenceGradient } from "../../model/reference.ts";
import { verdictOf } from "../verdict.ts";
import { wordsOf } from "../words/finding_words.ts";

const network = {
  layerSizes: [49, 12, 10],
  hiddenActivation: "sigmoid",
  outputLoss: "softmax-cross-entropy",
} as const;
const problem: Problem = {
  network,
  dataset: smallDigits(4, 200, 1, "train"),
  maxBatchSize: 10,
  threads: 1,
};

type Compute = (
  parameters: Float64Array,
  batch: Uint32Array,
  gradient: Float64Array,
  problem: Problem,
) => number;

const program = (compute: Compute, precision: Precision = "float64"): ShortFormImplementation => ({
  name: "mine",
  summary: "a right gradient, but for little",
  precision,
  prepare: (problem) => (parameters, batch, gradient) =>
    compute(parameters as Float64Array, batch, gradient as Float64Array, problem),
});

const right: Compute = (parameters, batch, gradient, { network, dataset }) =>
  referenceGradient(network, parameters, dataset, batch, gradient);

/** A softmax whose probabilities are kept from 0 and 1, as Keras does. */
const clipped = (limit: number): Compute => (parameters, batch, gradient, { dataset }) => {
  gradient.fill(0);
  let loss = 0;
  for (const row of batch) {
    const x = Array.from(dataset.pixels.subarray(row * 49, (row + 1) * 49), (byte) => byte / 255);
    const layer = (from: number, inputs: number[], outputs: number) =>
      Array.from({ length: outputs }, (_, o) =>
        inputs.reduce(
          (sum, a, i) => sum + parameters[from + o * inputs.length + i] * a,
          parameters[from + outputs * inputs.length + o],
        ));
    const a = layer(0, x, 12).map((z) => 1 / (1 + Math.exp(-z)));
    const z = layer(600, a, 10);
    const most = Math.max(...z);
    const powers = z.map((one) => Math.exp(one - most));
    const sum = powers.reduce((one, other) => one + other, 0);
    const p = powers.map((one) => Math.min(1 - limit, Math.max(limit, one / sum)));
    const label = dataset.labels[row];
    loss -= Math.log(p[label]) / batch.length;
    const delta = p.map((one, k) => (one - Number(k === label)) / batch.length);
    const below = a.map((one, i) =>
      one * (1 - one) * delta.reduce((sum, d, k) => sum + parameters[600 + k * 12 + i] * d, 0)
    );
    delta.forEach((d, k) => {
      a.forEach((one, i) => gradient[600 + k * 12 + i] += d * one);
      gradient[720 + k] += d;
    });
    below.forEach((d, o) => {
      x.forEach((one, i) => gradient[o * 49 + i] += d * one);
      gradient[588 + o] += d;
    });
  }
  return loss;
};

async function told(compute: Compute, precision?: Precision, given = problem) {
  const findings = await examined(program(compute, precision), given);
  const texts = findings.map((one) => Object.values(wordsOf(one)).join(" ")).join(" ");
  return {
    verdict: verdictOf(findings),
    forms: findings.map((one) => one.id === "rounding" && "form" in one ? one.form : one.id),
    texts,
  };
}

test("a softmax that is clipped far below the rounding of training is not called wrong", async () => {
  assert.deepEqual((await told(clipped(1e-12))).verdict, "right");
  const { verdict, forms, texts } = await told(clipped(1e-7));
  assert.deepEqual([verdict, forms], ["right-for-another-convention", ["little"]]);
  assert.match(texts, /off by a relative .* × 10⁻⁷: rounding, or a small constant/);
  assert.doesNotMatch(texts, /float32|whole minibatches are not reproduced/);
});

test("labels that are where they belong are not called shifted because of a clip", async () => {
  for (const limit of [1e-3]) {
    const { forms } = await told(clipped(limit));
    assert.ok(!forms.includes("labels-shifted"), forms.join());
  }
});

test("central differences are not called float32", async () => {
  const network = { ...problem.network, layerSizes: [49, 3, 10] };
  const differences: Compute = (parameters, batch, gradient, problem) => {
    const unused = new Float64Array(gradient.length);
    const lossAt = (p: number, value: number) => {
      const kept = parameters[p];
      parameters[p] = value;
      const loss = right(parameters, batch, unused, problem);
      parameters[p] = kept;
      return loss;
    };
    parameters.forEach((value, p) =>
      gradient[p] = (lossAt(p, value + 1e-3) - lossAt(p, value - 1e-3)) / 2e-3
    );
    return right(parameters, batch, unused, problem);
  };
  const { verdict, forms } = await told(differences, "float64", { ...problem, network });
  assert.deepEqual([verdict, forms], ["right-for-another-convention", ["little"]]);
});

test("float32 numbers are told only where float64 is declared", async () => {
  const rounded = (unit: number): Compute => (parameters, batch, gradient, problem) => {
    const loss = right(parameters, batch, gradient, problem);
    gradient.forEach((g, p) => gradient[p] = Math.fround(g * (1 + unit * (p % 2))));
    return loss;
  };
  const { verdict, forms, texts } = await told(rounded(0));
  assert.deepEqual([verdict, forms], ["wrong", ["single"]]);
  assert.match(texts, /declares float64 and computes in float32/);
  assert.deepEqual((await told(rounded(0), "float32")).forms, []);
  const inexact = await told(rounded(1e-3), "float32");
  assert.doesNotMatch(inexact.texts, /declares float64/);
});
