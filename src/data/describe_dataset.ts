import type { Dataset } from "./dataset.ts";
import { sha256 } from "./idx.ts";
import { classCounts } from "./subset.ts";

export interface DatasetDescription {
  readonly count: number;
  readonly features: number;
  readonly classes: number;
  /** (classes) examples of each label. */
  readonly classCounts: number[];
  /** Share of the pixels that are not zero: 0.19 = 19 %. */
  readonly density: number;
  /** Mean pixel, byte / 255. */
  readonly meanPixel: number;
  /** SHA-256 of the pixels followed by the labels, without any header. */
  readonly sha256: string;
}

/** Describes a set of examples without training on it. */
export function describeDataset(set: Dataset): DatasetDescription {
  let nonZero = 0;
  let sum = 0;
  for (let i = 0; i < set.pixels.length; i++) {
    if (set.pixels[i] !== 0) nonZero++;
    sum += set.pixels[i];
  }
  return {
    count: set.count,
    features: set.features,
    classes: set.classes,
    classCounts: Array.from(classCounts(set.labels, set.classes)),
    density: nonZero / set.pixels.length,
    meanPixel: sum / set.pixels.length / 255,
    sha256: sha256(set.pixels, set.labels),
  };
}
