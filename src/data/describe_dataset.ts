import type { Dataset } from "./dataset.ts";
import { sha256 } from "./formats/table.ts";
import { classCounts } from "./subset.ts";

export type DatasetDescription = ReturnType<typeof describeDataset>;

export function describeDataset({ count, features, classes, pixels, labels }: Dataset) {
  let nonZero = 0;
  let sum = 0;
  for (const byte of pixels) {
    if (byte !== 0) nonZero++;
    sum += byte;
  }
  return {
    count,
    features,
    classes,
    classCounts: Array.from(classCounts(labels, classes)),
    /** Share of the pixels that are not zero: 0.19 = 19 %. */
    density: nonZero / pixels.length,
    /** Mean pixel, byte / 255. */
    meanPixel: sum / pixels.length / 255,
    /** SHA-256 of the pixels followed by the labels, without any header. */
    sha256: sha256(pixels, labels),
  };
}
