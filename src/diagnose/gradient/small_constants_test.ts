import assert from "node:assert/strict";
import test from "node:test";
import { examined } from "../../../tests/support/examined.ts";
import { smallDigits } from "../../../tests/support/small_digits.ts";
import { staged } from "../../../tests/support/staged_network.ts";
import { softmax, type Stages } from "../../../tests/support/staged_passes.ts";
import type {
  Precision,
  Problem,
  ShortFormGradient,
  ShortFormImplementation,
} from "../../gradients/contract.ts";
import { verdictOf } from "../verdict.ts";
import { wordsOf } from "../words/finding_words.ts";

const problem: Problem = {
  network: {
    layerSizes: [49, 12, 10],
    hiddenActivation: "sigmoid",
    outputLoss: "softmax-cross-entropy",
  },
  dataset: smallDigits(4, 200, 1, "train"),
  maxBatchSize: 10,
  threads: 1,
};

async function told(program: ShortFormImplementation, given = problem) {
  const findings = await examined(program, given);
  return {
    verdict: verdictOf(findings),
    forms: findings.map((one) => "form" in one ? `${one.id} ${one.form}` : one.id),
    values: findings.map((one) => "value" in one ? one.value : undefined),
    texts: findings.map((one) => Object.values(wordsOf(one)).join(" ")).join(" "),
  };
}

/** δ from the outputs a and the targets y. */
const withDelta = (
  of: (a: number[], y: readonly number[]) => number[],
  precision: Precision = "float64",
): ShortFormImplementation => {
  const stages: Stages = { outputVector: (z, y) => of(softmax(z), y) };
  return { ...staged(stages), precision };
};

/** The δ that follows from a loss −Σ y ln f(a), where `slope` is ∂ ln f / ∂ ln a. */
const ofLogarithm = (slope: (a: number) => number) =>
  withDelta((a, y) => {
    const c = a.map((one, k) => y[k] * slope(one));
    const sum = c.reduce((all, one) => all + one, 0);
    return a.map((one, k) => one * sum - c[k]);
  });

const kept = (low: number, high = 1 - low) => (a: number) => Math.min(high, Math.max(low, a));

const HARMLESS: readonly [string, ShortFormImplementation, string, number][] = [
  [
    "outputs that are clipped",
    withDelta((a, y) => a.map((one, k) => kept(1e-4)(one) - y[k])),
    "clipped-output",
    1e-4,
  ],
  [
    "outputs that are raised",
    withDelta((a, y) => a.map((one, k) => kept(3e-5, 1)(one) - y[k])),
    "raised-output",
    3e-5,
  ],
  [
    "an ε that is added to outputs",
    withDelta((a, y) => a.map((one, k) => one + 1e-5 - y[k])),
    "added-to-output",
    1e-5,
  ],
  ["an ε in the logarithm", ofLogarithm((a) => a / (a + 1e-5)), "added-in-logarithm", 1e-5],
  [
    "an output below which nothing is passed on",
    ofLogarithm((a) => Number(a >= 1e-4)),
    "raised-in-logarithm",
    1e-4,
  ],
  [
    "an ε in the sum of a softmax",
    staged({
      outputVector: (z, y) => {
        const powers = z.map((one) => Math.exp(one - Math.max(...z)));
        const sum = powers.reduce((all, one) => all + one, 1e-5);
        return powers.map((one, k) => one / sum - y[k]);
      },
    }),
    "added-to-sum",
    1e-5,
  ],
];

for (const [title, program, form, value] of HARMLESS) {
  test(`${title}: its ε is named, and it is not called wrong`, async () => {
    const { verdict, forms, values, texts } = await told(program);
    assert.deepEqual(
      { verdict, forms, values },
      {
        verdict: "right-for-another-convention",
        forms: [`small-constant ${form}`],
        values: [value],
      },
    );
    assert.match(texts, /with ε = (10|3 × 10)⁻[⁴⁵]\. That is harmless/);
  });
}

test("an ε is named in a float32 program, too", async () => {
  const program = withDelta((a, y) => a.map((one, k) => kept(1e-3)(one) - y[k]), "float32");
  const { verdict, forms, values } = await told(program);
  assert.deepEqual([verdict, values], ["right-for-another-convention", [1e-3]]);
  assert.match(forms.join(), /^small-constant (clipped|raised)-output$/);
});

test("an ε that training notices is wrong", async () => {
  const program = withDelta((a, y) => a.map((one, k) => kept(0.02)(one) - y[k]));
  const { verdict, forms, texts } = await told(program);
  assert.equal(verdict, "wrong");
  assert.match(forms.join(), /^small-constant (clipped|raised)-output$/);
  assert.match(texts, /so large that it changes what is learned/);
});

test("a right gradient whose loss has an ε is not called wrong", async () => {
  for (const limit of [(a: number) => a + 1e-5, (a: number) => a + 1e-8]) {
    const program = withLoss({}, (z, label) => -Math.log(limit(softmax(z)[label])));
    const { verdict, forms, texts } = await told(program);
    assert.deepEqual(
      [verdict, forms],
      ["right-for-another-convention", ["small-constant in-loss"]],
    );
    assert.match(texts, /^The oracle .* The gradient is right; only the returned loss/);
  }
});

test("a larger ε in the loss alone makes another loss of it, and training does not depend on it", async () => {
  for (const epsilon of [0.002, 0.005]) {
    const program = withLoss({}, (z, label) => -Math.log(softmax(z)[label] + epsilon));
    const { forms, texts } = await told(program);
    assert.deepEqual(forms, ["loss-mismatch"]);
    assert.match(
      texts,
      /^The gradient is right for one loss, but .* ε = 0\.00[25] keeps from −∞\./,
    );
    assert.doesNotMatch(texts, /changes what is learned/);
  }
});

test("a sigmoid with its cross-entropy is named, with Slope's losses, and is no mistake", async () => {
  const network = { ...problem.network, outputLoss: "sigmoid-quadratic" } as const;
  for (const epsilon of [0, 1e-8]) {
    const program = withLoss(
      { outputDelta: (a, _z, y) => a - y },
      (z, label) =>
        -z.map((one) => 1 / (1 + Math.exp(-one)))
          .reduce((sum, a, k) => sum + Math.log((k === label ? a : 1 - a) + epsilon), 0),
    );
    const { verdict, forms, texts } = await told(program, { ...problem, network });
    assert.deepEqual(
      [verdict, forms],
      ["right-for-another-convention", ["other-loss sigmoid-cross-entropy"]],
    );
    assert.match(
      texts,
      /For that loss it is right. Slope's losses are sigmoid-quadratic and softmax-cross-entropy./,
    );
    assert.doesNotMatch(texts, /missing/);
  }
});

/** These stages, and a returned loss of its own: the mean over the rows of a function of z and the label. */
function withLoss(
  stages: Stages,
  lossOf: (z: number[], label: number) => number,
): ShortFormImplementation {
  const { prepare, ...rest } = staged(stages);
  return {
    ...rest,
    prepare: (given) => {
      const compute = prepare(given) as ShortFormGradient;
      const { network: { layerSizes }, dataset } = given;
      return (parameters, batch, gradient) => {
        compute(parameters, batch, gradient);
        const losses = Array.from(
          batch,
          (row) =>
            lossOf(outputsOf(layerSizes, parameters, pixelsOf(dataset, row)), dataset.labels[row]),
        );
        return losses.reduce((sum, one) => sum + one, 0) / batch.length;
      };
    },
  };
}

const pixelsOf = ({ pixels, features }: Problem["dataset"], row: number): number[] =>
  Array.from(pixels.subarray(row * features, (row + 1) * features), (byte) => byte / 255);

/** z of the output layer of a network of sigmoids. */
function outputsOf(
  layerSizes: readonly number[],
  parameters: ArrayLike<number>,
  pixels: number[],
): number[] {
  let [a, z, at] = [pixels, pixels, 0];
  for (const outputs of layerSizes.slice(1)) {
    const inputs = a;
    z = Array.from({ length: outputs }, (_, o) =>
      inputs.reduce(
        (sum, one, i) => sum + parameters[at + o * inputs.length + i] * one,
        parameters[at + outputs * inputs.length + o],
      ));
    at += outputs * (inputs.length + 1);
    a = z.map((one) => 1 / (1 + Math.exp(-one)));
  }
  return z;
}
