import { createHash } from "node:crypto";
import type { Dataset } from "./dataset.ts";
import { chunksOf } from "./rows.ts";
import { classCounts } from "./subset.ts";

export type DatasetDescription = ReturnType<typeof describeDataset>;

export function describeDataset(dataset: Dataset) {
  const { count, features, classes, labels } = dataset;
  const hash = createHash("sha256");
  let nonZero = 0;
  let sum = 0;
  for (const { pixels } of chunksOf(dataset)) {
    hash.update(pixels);
    for (let i = 0; i < pixels.length; i++) {
      if (pixels[i] !== 0) nonZero++;
      sum += pixels[i];
    }
  }
  const values = count * features;
  return {
    count,
    features,
    classes,
    classCounts: Array.from(classCounts(labels, classes)),
    /** Share of the pixels that are not zero: 0.19 = 19 %. */
    density: nonZero / values,
    /** Mean pixel, byte / 255. */
    meanPixel: sum / values / 255,
    /** SHA-256 of the pixels followed by the labels, without any header. */
    sha256: hash.update(labels).digest("hex"),
  };
}
