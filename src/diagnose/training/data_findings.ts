import type { Dataset } from "../../data/dataset.ts";
import type { FixedFinding } from "../../format/finding.ts";
import { wilsonInterval } from "../../stats/statistics.ts";
import { classMeanAccuracy, MOST_EXAMPLES, rowsOf } from "./class_means.ts";

/** Fewer pairs of examples than these say nothing about labels. */
const isNoBetter = ({ accuracy, examples, commonest }: {
  accuracy: number;
  examples: number;
  commonest: number;
}): boolean => wilsonInterval(accuracy, examples)[0] <= commonest;

/** Labels that do not belong to their images: in the training set, or else in the test set. */
export function shuffledLabels(dataset: Dataset, test: Dataset): FixedFinding[] {
  const half = Math.min(MOST_EXAMPLES, Math.floor(dataset.count / 2));
  if (half === 0) return [];
  const learned = rowsOf(dataset, 0, half);
  const train = classMeanAccuracy(learned, rowsOf(dataset, half, 2 * half));
  if (isNoBetter(train)) return [{ id: "labels-shuffled", layers: [], ...train }];
  const tested = rowsOf(test, 0, Math.min(MOST_EXAMPLES, test.count));
  const figures = classMeanAccuracy(learned, tested);
  return isNoBetter(figures)
    ? [{
      id: "test-labels-shuffled",
      layers: [],
      ...figures,
      trainAccuracy: train.accuracy,
    }]
    : [];
}

/**
 * Inputs that never vary: all of them, or some where the program comes to NaN and a right gradient does not, because
 * it divides by their deviation.
 */
export function constantInputs(
  { count, features, pixels }: Dataset,
  isNumberless: boolean,
): FixedFinding[] {
  let constant = 0;
  for (let i = 0; i < features; i++) {
    let n = 1;
    while (n < count && pixels[n * features + i] === pixels[i]) n++;
    if (n >= count) constant++;
  }
  const isFault = constant === features || constant > 0 && isNumberless;
  return isFault ? [{ id: "constant-inputs", layers: [], constant, inputs: features }] : [];
}

/** A larger share of minibatches of one class is no coincidence. */
const MANY_OF_ONE_CLASS = 0.5;

/** Whether minibatches of neighbours would have one class. Slope shuffles; a loop of one's own may not. */
export function sortedData({ labels, count }: Dataset, batchSize: number): FixedFinding[] {
  const batches = Math.floor(count / batchSize);
  if (batchSize < 2 || batches < 2) return [];
  let ofOneClass = 0;
  for (let from = 0; from + batchSize <= count; from += batchSize) {
    const batch = labels.subarray(from, from + batchSize);
    if (batch.every((label) => label === batch[0])) ofOneClass++;
  }
  const share = ofOneClass / batches;
  return share > MANY_OF_ONE_CLASS ? [{ id: "data-sorted", layers: [], batchSize, share }] : [];
}
