import { messageOf, TooLarge } from "../base/errors.ts";
import { known } from "../base/known.ts";
import type { PixelFile } from "./pixel_file.ts";

/** Labelled images, as bytes. Never changed once made. */
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
  /**
   * The pixels lie in this file. Asking for `pixels` reads them all and keeps them; rows.ts has functions that read
   * only some. Absent: they are in memory.
   */
  readonly stored?: PixelFile;
}

/** A set whose pixels stay in a file until somebody asks for all of them. */
export function storedSet(
  { count, features, classes, labels, files }: Omit<Dataset, "pixels" | "stored">,
  stored: PixelFile,
): Dataset {
  let pixels: Uint8Array | undefined;
  return {
    count,
    features,
    classes,
    labels,
    ...known({ files }),
    stored,
    get pixels() {
      if (pixels === undefined) {
        const all = arrayOf(count * features);
        stored.read(0, all);
        pixels = all;
      }
      return pixels;
    },
  };
}

/** Runtimes make arrays of some gigabytes; which, differs. Throws TooLarge. */
function arrayOf(bytes: number): Uint8Array {
  try {
    return new Uint8Array(bytes);
  } catch (error) {
    throw new TooLarge(`Cannot hold ${bytes} bytes of pixels: ${messageOf(error)}`, {
      of: "array",
      needed: bytes,
    });
  }
}

/** The first `count` examples, or all if there are fewer; shares memory, or the file, with `dataset`. */
export function firstExamples(dataset: Dataset, count: number): Dataset {
  const { features, stored } = dataset;
  const examples = Math.min(count, dataset.count);
  const labels = dataset.labels.subarray(0, examples);
  if (stored) return storedSet({ ...restOf(dataset), count: examples, labels }, stored);
  return {
    ...dataset,
    count: examples,
    pixels: dataset.pixels.subarray(0, examples * features),
    labels,
  };
}

/** All but the pixels, which may be in a file: spreading the set would read them. */
const restOf = ({ count, features, classes, labels, files }: Dataset) => ({
  count,
  features,
  classes,
  labels,
  ...known({ files }),
});
