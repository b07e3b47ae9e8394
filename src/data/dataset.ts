/** Labelled images in memory, as bytes. Never changed once made. */
export interface Dataset {
  readonly count: number;
  /** Pixels of one example (rows × columns). */
  readonly features: number;
  readonly classes: number;
  /** (count, features) bytes 0–255, row-major: example n starts at n · features. */
  readonly pixels: Uint8Array;
  /** (count) labels, each 0 to classes − 1. */
  readonly labels: Uint8Array;
  /** Raw files that begin with these examples, for programs in other processes. */
  readonly files?: { readonly pixels: string; readonly labels: string };
}

/** The first `count` examples, or all if there are fewer; shares memory with `dataset`. */
export function firstExamples(dataset: Dataset, count: number): Dataset {
  const { features, pixels, labels } = dataset;
  const examples = Math.min(count, dataset.count);
  return {
    ...dataset,
    count: examples,
    pixels: pixels.subarray(0, examples * features),
    labels: labels.subarray(0, examples),
  };
}
