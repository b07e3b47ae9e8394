import type { Dataset } from "../../data/dataset.ts";
import type { FindingOf } from "../../format/finding.ts";

/** Enough examples for sharp means, and for the accuracy. */
export const MOST_EXAMPLES = 4000;

type Figures = Omit<FindingOf<"labels-shuffled">, "id" | "layers">;

/** These rows of a data set; shares memory with it. */
export function rowsOf(dataset: Dataset, from: number, to: number): Dataset {
  const { features, pixels, labels } = dataset;
  return {
    ...dataset,
    count: to - from,
    pixels: pixels.subarray(from * features, to * features),
    labels: labels.subarray(from, to),
  };
}

/**
 * Classifies examples by the class means of others. If that is no better than guessing, labels and images do not belong
 * together.
 */
export function classMeanAccuracy(learned: Dataset, tested: Dataset): Figures {
  const { features, classes } = learned;
  const means = Array.from({ length: classes }, () => new Float64Array(features));
  const counts = new Uint32Array(classes);
  for (let n = 0; n < learned.count; n++) {
    const mean = means[learned.labels[n]];
    counts[learned.labels[n]]++;
    for (let i = 0; i < features; i++) mean[i] += learned.pixels[n * features + i];
  }
  means.forEach((mean, c) => {
    for (let i = 0; i < features; i++) mean[i] /= Math.max(1, counts[c]);
  });
  const seen = new Uint32Array(classes);
  let right = 0;
  for (let n = 0; n < tested.count; n++) {
    const distances = means.map((mean) => {
      let sum = 0;
      for (let i = 0; i < features; i++) {
        const difference = tested.pixels[n * features + i] - mean[i];
        sum += difference * difference;
      }
      return sum;
    });
    if (distances.indexOf(Math.min(...distances)) === tested.labels[n]) right++;
    seen[tested.labels[n]]++;
  }
  const examples = tested.count;
  return { accuracy: right / examples, examples, commonest: Math.max(...seen) / examples };
}
