import { InputError } from "../base/errors.ts";
import type { Dataset } from "./dataset.ts";
import type { LoadedFiles } from "./directory.ts";
import type { IdxImages, IdxLabels } from "./idx.ts";
import { FILE_ROLES, MNIST_FILES } from "./mnist.ts";
import { classCounts } from "./subset.ts";

const HINT = "name a folder whose four files belong together";

export function isMnist(files: LoadedFiles): boolean {
  return FILE_ROLES.every((role) => files[role].sha256 === MNIST_FILES[role].sha256);
}

/**
 * Joins images and labels. The training labels determine the number of classes; the test set must have the same
 * classes and image size. Throws InputError.
 */
export function pairUp(files: LoadedFiles): { train: Dataset; test: Dataset } {
  const classes = countClasses(files.trainImages, files.trainLabels);
  const train = pair(files.trainImages, files.trainLabels, classes);
  const test = pair(files.testImages, files.testLabels, classes);
  const [a, b] = [files.trainImages, files.testImages];
  if (a.rows !== b.rows || a.columns !== b.columns) {
    throw new InputError(
      `Cannot use "${b.path}": its images have ${b.rows} × ${b.columns} pixels, ` +
        `expected ${a.rows} × ${a.columns} as in "${a.path}"`,
      HINT,
    );
  }
  return { train, test };
}

/** One set of examples. Throws InputError if the numbers differ or a label is not below `classes`. */
export function pair(images: IdxImages, labels: IdxLabels, classes: number): Dataset {
  if (images.count !== labels.count) {
    throw new InputError(
      `Cannot use "${labels.path}": it has ${labels.count} labels, ` +
        `expected ${images.count}, one for each image of "${images.path}"`,
      HINT,
    );
  }
  const outside = labels.labels.findIndex((label) => label >= classes);
  if (outside >= 0) {
    throw new InputError(
      `Cannot use "${labels.path}": label ${labels.labels[outside]} of example ${outside} ` +
        `is out of range, expected 0 to ${classes - 1}`,
      HINT,
    );
  }
  return {
    count: images.count,
    features: images.rows * images.columns,
    classes,
    pixels: images.pixels,
    labels: labels.labels,
  };
}

/**
 * The greatest training label + 1, at least 2. MNIST's images always have ten classes. In other sets, one damaged byte
 * could make 256 classes, so at least half the classes must occur (EMNIST's letters start at 1 and skip one).
 */
function countClasses(images: IdxImages, labels: IdxLabels): number {
  if (images.sha256 === MNIST_FILES.trainImages.sha256) return 10;
  const greatest = labels.labels.reduce((max, label) => Math.max(max, label), 0);
  const classes = Math.max(2, greatest + 1);
  const present = classCounts(labels.labels, classes).filter((count) => count > 0).length;
  if (classes > 2 * present) {
    throw new InputError(
      `Cannot use "${labels.path}": label ${greatest} of example ${
        labels.labels.indexOf(greatest)
      } is out of range for ${present} different labels, expected classes numbered from 0`,
      "check the labels; number the classes from 0 without large gaps",
    );
  }
  return classes;
}
