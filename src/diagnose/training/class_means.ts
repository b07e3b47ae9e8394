import type { Dataset } from "../../data/dataset.ts";
import type { FindingOf } from "../../format/finding.ts";

/** Enough examples for sharp means, and for the accuracy. */
const MOST_EXAMPLES = 4000;

/**
 * Classifies half of the examples by the class means of the other half. If that is no better than guessing, labels and
 * images do not belong together.
 */
export function classMeanAccuracy(
  { features, classes, pixels, labels, count }: Dataset,
): Omit<FindingOf<"labels-shuffled">, "id" | "layers"> {
  const half = Math.min(MOST_EXAMPLES, Math.floor(count / 2));
  const means = Array.from({ length: classes }, () => new Float64Array(features));
  const counts = new Uint32Array(classes);
  for (let n = 0; n < half; n++) {
    const mean = means[labels[n]];
    counts[labels[n]]++;
    for (let i = 0; i < features; i++) mean[i] += pixels[n * features + i];
  }
  means.forEach((mean, c) => {
    for (let i = 0; i < features; i++) mean[i] /= Math.max(1, counts[c]);
  });
  const seen = new Uint32Array(classes);
  let right = 0;
  for (let n = half; n < 2 * half; n++) {
    const distances = means.map((mean) => {
      let sum = 0;
      for (let i = 0; i < features; i++) sum += (pixels[n * features + i] - mean[i]) ** 2;
      return sum;
    });
    if (distances.indexOf(Math.min(...distances)) === labels[n]) right++;
    seen[labels[n]]++;
  }
  return { accuracy: right / half, examples: half, commonest: Math.max(...seen) / half };
}
