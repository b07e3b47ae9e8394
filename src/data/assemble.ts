import { InputError } from "../base/errors.ts";
import { type Dataset, storedSet } from "./dataset.ts";
import { checksumOfRange } from "./file_checksum.ts";
import type { LoadedSet } from "./files/load_set.ts";
import { idxStart } from "./formats/idx.ts";
import { type LabelledTables, sha256 } from "./formats/table.ts";
import { holdOutTest } from "./test_from_train.ts";
import { type ImageShape, imageShape, transposeImages } from "./image_shape.ts";
import { EMNIST_CLASSES, FILE_ROLES, type FileRole, MNIST_FILES } from "./known_sets.ts";
import { oddLooks } from "./look.ts";
import { PixelFile } from "./pixel_file.ts";
import { readLabels } from "./read_labels.ts";
import type { DataNote } from "./schemas.ts";
import { classCounts } from "./subset.ts";
import { type Pixels, pixelsAsBytes } from "./to_bytes.ts";

export interface AssembledSet {
  readonly train: Dataset;
  readonly test: Dataset;
  readonly shape: ImageShape;
  /** SHA-256 of what is used, as IDX files of bytes. */
  readonly sha256: Readonly<Record<FileRole, string>>;
  readonly notes: readonly DataNote[];
}

const HINT = "name a folder whose files belong together";

/**
 * Makes data sets of files' numbers: bytes for pixels, classes from 0 for labels, a test set where there is none. What
 * was done is noted. Pixels of large files stay there. `cache`: a folder in which their checksums are remembered. Throws
 * InputError for files that do not belong together.
 */
export function assemble(loaded: LoadedSet, cache?: string): AssembledSet {
  const splits = [loaded.train, ...(loaded.test ? [loaded.test] : [])];
  const notes = [...loaded.notes];
  const shape = commonShape(splits);
  const turned = turnedShape(loaded, shape, notes);
  const features = turned.rows * turned.columns * (turned.channels ?? 1);
  const bytes = pixelsAsBytes(splits.map(({ images }) => images));
  notes.push(...bytes.notes);
  const halves = splits.map(({ images, labels }, i) => {
    const read = readLabels(labels);
    notes.push(...read.notes);
    const fitting = fittingLabels({ images, labels }, read.labels, splits);
    return {
      count: images.shape[0],
      labels: fitting,
      pixels: turned === shape ? bytes.pixels[i] : upright(bytes.pixels[i], shape),
    };
  });
  const startOf = (count: number) => idxStart([count, turned.rows, features / turned.rows]);
  const imagesSum = (set: Pick<Dataset, "count" | "stored" | "pixels">) =>
    set.stored
      ? checksumOfRange(
        { ...set.stored.place, bytes: set.count * features },
        startOf(set.count),
        cache,
      )
      : sha256(startOf(set.count), set.pixels);
  // A checksum of gigabytes takes seconds: it is taken once, and early only where it may decide.
  const [{ count, pixels: trainPixels }] = halves;
  const mayBeMnist = trainPixels instanceof Uint8Array &&
    count * features + 16 === MNIST_FILES.trainImages.bytes;
  const early = mayBeMnist ? imagesSum({ count, pixels: trainPixels }) : undefined;
  const hasMnistImages = early === MNIST_FILES.trainImages.sha256;
  const classes = numberClasses(loaded, halves.map(({ labels }) => labels), hasMnistImages, notes);
  const sets = halves.map(({ pixels, labels }, i): Dataset => {
    checkRange(labels, classes, splits[i].labels.path);
    const described = { count: labels.length, features, classes, labels };
    if (pixels instanceof Uint8Array) return { ...described, pixels };
    const { path, start } = pixels.stored;
    return storedSet(described, new PixelFile(path, start, features));
  });
  const [train, test] = sets.length === 2 ? sets : holdOutTest(sets[0], notes);
  if (!hasMnistImages) notes.push(...oddLooks(train, turned));
  notes.push(...unusualShape(turned, features, classes));
  const labelsSum = ({ labels }: Dataset) => sha256(idxStart([labels.length]), labels);
  return {
    train,
    test,
    shape: turned,
    sha256: {
      trainImages: sets.length === 2 && early !== undefined ? early : imagesSum(train),
      trainLabels: labelsSum(train),
      testImages: imagesSum(test),
      testLabels: labelsSum(test),
    },
    notes,
  };
}

function upright(pixels: Pixels, shape: ImageShape): Uint8Array {
  const held = pixels instanceof Uint8Array ? pixels : pixels.values as Uint8Array;
  transposeImages(held, shape);
  return held;
}

/** Whether all four are MNIST's own. */
export const isMnist = (sums: AssembledSet["sha256"]): boolean =>
  FILE_ROLES.every((role) => sums[role] === MNIST_FILES[role].sha256);

function commonShape([train, test]: readonly LabelledTables[]): ImageShape {
  const shape = imageShape(train.images.shape);
  if (test === undefined) return shape;
  const other = imageShape(test.images.shape);
  const isFlat = (table: LabelledTables) => table.images.shape.length === 2;
  const area = (s: ImageShape) => s.rows * s.columns * (s.channels ?? 1);
  const isSame = other.rows === shape.rows && other.columns === shape.columns;
  if (area(other) !== area(shape) || !(isSame || isFlat(train) || isFlat(test))) {
    throw new InputError(
      `Cannot use "${test.images.path}": its images have ${other.rows} × ${other.columns} pixels, ` +
        `expected ${shape.rows} × ${shape.columns} as in "${train.images.path}"`,
      HINT,
    );
  }
  return isFlat(train) ? other : shape;
}

/** EMNIST's files, IDX and CSV, hold columns where MNIST's hold lines. The shape given: nothing to turn. */
function turnedShape(loaded: LoadedSet, shape: ImageShape, notes: DataNote[]): ImageShape {
  const { images } = loaded.train;
  if (!/\bemnist\b/.test(loaded.set) || images.format === "npy" || shape.channels) return shape;
  notes.push({ kind: "transposed", set: loaded.set });
  return { rows: shape.columns, columns: shape.rows };
}

/** One label for each image. Throws InputError, which names the images that they would fit. */
function fittingLabels(
  { images, labels }: LabelledTables,
  values: Uint8Array,
  splits: readonly LabelledTables[],
): Uint8Array {
  const count = images.shape[0];
  if (values.length === count) return values;
  const isPart = images.notes.some((note) =>
    note.kind === "first-examples" && note.of === values.length
  );
  if (isPart) return values.subarray(0, count);
  const fitting = splits.find((other) => other.images.shape[0] === values.length);
  throw new InputError(
    `Cannot use "${labels.path}": it has ${values.length} labels, ` +
      `expected ${count}, one for each image of "${images.path}"`,
    fitting ? `its labels are as many as the images of "${fitting.images.path}"` : HINT,
  );
}

/**
 * The greatest training label + 1, at least 2; labels that begin with 1 are shifted in place. One damaged byte could
 * make 256 classes, so at least half the classes must occur.
 */
function numberClasses(
  { set, train }: LoadedSet,
  labels: readonly Uint8Array[],
  hasMnistImages: boolean,
  notes: DataNote[],
): number {
  if (hasMnistImages) return 10;
  const known = EMNIST_CLASSES[/emnist-\w+/.exec(set)?.[0] ?? ""] ?? 2;
  const greatest = labels[0].reduce((max, label) => Math.max(max, label), 0);
  const present = classCounts(labels[0], 256).filter((count) => count > 0).length;
  const startsAtOne = labels.every((values) => values.every((label) => label > 0)) &&
    (greatest === present || set.includes("letters")) && greatest > 1;
  const classes = Math.max(known, greatest + (startsAtOne ? 0 : 1));
  if (classes > Math.max(known, 2 * present)) {
    throw new InputError(
      `Cannot use "${train.labels.path}": label ${greatest} of example ${
        labels[0].indexOf(greatest)
      } is out of range for ${present} different labels, expected classes numbered from 0`,
      "check the labels; number the classes from 0 without large gaps",
    );
  }
  if (startsAtOne) {
    for (const values of labels) values.forEach((label, n) => values[n] = label - 1);
    notes.push({ kind: "labels-shifted", classes });
  }
  return classes;
}

function checkRange(labels: Uint8Array, classes: number, path: string): void {
  const outside = labels.findIndex((label) => label >= classes);
  if (outside >= 0) {
    throw new InputError(
      `Cannot use "${path}": label ${labels[outside]} of example ${outside} ` +
        `is out of range, expected 0 to ${classes - 1}`,
      HINT,
    );
  }
}

function unusualShape(
  { rows, columns, channels }: ImageShape,
  features: number,
  classes: number,
): DataNote[] {
  return [
    ...(channels ? [{ kind: "colours", channels } as const] : []),
    ...(features === 784 && classes === 10
      ? []
      : [{ kind: "other-shape", rows, columns, features, classes } as const]),
  ];
}
