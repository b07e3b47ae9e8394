import type { Dataset } from "../data/dataset.ts";

/** How often the nearest mean image of a class names the label of an example that had no part in the means. */
export interface CentroidAccuracy {
  readonly accuracy: number;
  readonly examples: number;
  /** Share of the commonest label among them: what guessing gets. */
  readonly commonest: number;
}

/** Means over so many examples are sharp enough; as many again are named by them. */
const MOST_EXAMPLES = 4000;

/**
 * Classifies half of the examples by the class means of the other half. A network learns what ties labels to
 * images; where not even the means are better than guessing, nothing does.
 */
export function centroidAccuracy({ features, classes, pixels, labels, count }: Dataset) {
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
  return {
    accuracy: right / half,
    examples: half,
    commonest: Math.max(...seen) / half,
  } satisfies CentroidAccuracy;
}
