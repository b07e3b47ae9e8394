import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dataset } from "./dataset.ts";
import { describeDataset } from "./describe_dataset.ts";
import { syntheticDigits } from "./synthetic.ts";

test("the digits of a seed are the same bytes in every runtime", () => {
  assert.equal(
    describeDataset(syntheticDigits(200, 1, "train")).sha256,
    "34e8911567a894dd4f48bdda24671c98620d478ae50763a37ea374e5cfaad31e",
  );
});

test("seeds and streams differ, and a smaller set is a prefix of a larger one", () => {
  const digits = syntheticDigits(50, 1, "train");
  const more = syntheticDigits(80, 1, "train");
  assert.deepEqual(more.pixels.subarray(0, digits.pixels.length), digits.pixels);
  assert.deepEqual(more.labels.subarray(0, 50), digits.labels);
  assert.notDeepEqual(syntheticDigits(50, 2, "train").pixels, digits.pixels);
  assert.notDeepEqual(syntheticDigits(50, 1, "test").pixels, digits.pixels);
});

test("about as many pixels are not zero as in MNIST, and all ten digits are about as frequent", () => {
  const { density, classCounts, meanPixel } = describeDataset(syntheticDigits(3000, 4, "train"));
  assert.ok(density > 0.18 && density < 0.205, `density ${density}`);
  assert.ok(meanPixel > 0.09 && meanPixel < 0.15, `mean pixel ${meanPixel}`);
  assert.equal(classCounts.length, 10);
  for (const count of classCounts) assert.ok(count > 230 && count < 370, `${classCounts}`);
});

test("no two digits are alike", () => {
  const { pixels } = syntheticDigits(500, 1, "train");
  const seen = new Set<string>();
  for (let n = 0; n < 500; n++) seen.add(pixels.subarray(n * 784, (n + 1) * 784).join());
  assert.equal(seen.size, 500);
});

test("a linear classifier learns much of them but cannot separate them", () => {
  const train = syntheticDigits(12_000, 1, "train");
  const { weights, mistakes } = perceptron(train, 4);
  const accuracy = linearAccuracy(weights, syntheticDigits(2000, 1, "test"));
  assert.ok(mistakes / train.count > 0.05, `${mistakes} mistakes in the last epoch`);
  assert.ok(accuracy > 0.75 && accuracy < 0.95, `test accuracy ${accuracy}`);
});

/** The multiclass perceptron (Rosenblatt's rule on the greatest output); ends when data is separable. */
function perceptron(set: Dataset, epochs: number): { weights: Float64Array; mistakes: number } {
  const weights = new Float64Array(set.classes * set.features);
  let mistakes = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    mistakes = 0;
    for (let n = 0; n < set.count; n++) {
      const answer = greatest(weights, set, n);
      if (answer === set.labels[n]) continue;
      mistakes++;
      const row = n * set.features;
      for (let d = 0; d < set.features; d++) {
        weights[set.labels[n] * set.features + d] += set.pixels[row + d];
        weights[answer * set.features + d] -= set.pixels[row + d];
      }
    }
  }
  return { weights, mistakes };
}

function linearAccuracy(weights: Float64Array, set: Dataset): number {
  let right = 0;
  for (let n = 0; n < set.count; n++) if (greatest(weights, set, n) === set.labels[n]) right++;
  return right / set.count;
}

function greatest(weights: Float64Array, set: Dataset, n: number): number {
  let best = 0;
  let bestSum = -Infinity;
  for (let k = 0; k < set.classes; k++) {
    let sum = 0;
    for (let d = 0; d < set.features; d++) {
      sum += weights[k * set.features + d] * set.pixels[n * set.features + d];
    }
    if (sum > bestSum) {
      bestSum = sum;
      best = k;
    }
  }
  return best;
}
