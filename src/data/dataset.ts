/** Labelled images in memory, as bytes. Never changed once made. */
export interface Dataset {
  /** Number of examples. */
  readonly count: number;
  /** Pixels of one example (rows × columns). */
  readonly features: number;
  /** Number of classes; every label is less. */
  readonly classes: number;
  /** (count, features) bytes 0–255, row-major: example n starts at n · features. */
  readonly pixels: Uint8Array;
  /** (count) labels, each 0 to classes − 1. */
  readonly labels: Uint8Array;
}
