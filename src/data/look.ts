import type { Dataset } from "./dataset.ts";
import type { ImageShape } from "./image_shape.ts";
import { headOf } from "./rows.ts";
import type { DataNote } from "./schemas.ts";
import { SYNTHETIC_SIDE, syntheticDigits } from "./synthetic.ts";

/** What can be told from this many images is told. */
const MOST_LOOKED_AT = 300;
const LEAST_LOOKED_AT = 200;
/** Smaller images have no border to speak of. */
const LEAST_SIDE = 8;
/** Printed digits to compare with, of all classes. */
const PRINTED = 50;

/** What the pixels themselves say is odd: an inverted, a transposed or a nearly black set. */
export function oddLooks(whole: Dataset, shape: ImageShape): DataNote[] {
  const notes: DataNote[] = [];
  const set = headOf(whole, MOST_LOOKED_AT);
  const { features, pixels: looked } = set;
  const greatest = looked.reduce((most, byte) => Math.max(most, byte), 0);
  if (greatest < 32) notes.push({ kind: "dim", greatest });
  const { border, middle } = brightness(looked, shape, features);
  const hasMiddle = Math.min(shape.rows, shape.columns) >= LEAST_SIDE;
  if (hasMiddle && border > 0.5 && border > middle + 0.1) {
    notes.push({ kind: "looks-inverted", border, middle });
  }
  const canBeDigits = set.classes === 10 && set.count >= LEAST_LOOKED_AT &&
    shape.rows === SYNTHETIC_SIDE && features === SYNTHETIC_SIDE ** 2;
  if (canBeDigits) {
    const [upright, transposed] = likeness(set);
    // MNIST has about 0.8 and 0.5, and the other way round once it is transposed.
    if (transposed > 0.65 && transposed > upright + 0.15) {
      notes.push({ kind: "looks-transposed", upright, transposed });
    }
  }
  return notes;
}

/** Mean pixel, byte / 255, of the outermost lines and of the inner quarter. */
function brightness(pixels: Uint8Array, { rows, columns }: ImageShape, features: number) {
  const [border, middle] = [{ sum: 0, count: 0 }, { sum: 0, count: 0 }];
  const isInner = (i: number, length: number) => i >= length / 4 && i < 3 * length / 4;
  for (let at = 0; at < pixels.length; at += features) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        const isEdge = r === 0 || c === 0 || r === rows - 1 || c === columns - 1;
        const part = isEdge ? border : isInner(r, rows) && isInner(c, columns) ? middle : undefined;
        if (part === undefined) continue;
        part.sum += pixels[at + r * columns + c];
        part.count++;
      }
    }
  }
  const mean = ({ sum, count }: typeof border) => sum / Math.max(1, count) / 255;
  return { border: mean(border), middle: mean(middle) };
}

/** Mean correlation of each class's mean image with that of the synthetic digits: as it is, and transposed. */
function likeness(set: Dataset): [upright: number, transposed: number] {
  const printed = classMeans(syntheticDigits(PRINTED, 1, "train"));
  const means = classMeans(set);
  const side = SYNTHETIC_SIDE;
  const turned = means.map((mean) =>
    mean.map((_, i) => mean[i % side * side + Math.floor(i / side)])
  );
  const average = (images: Float64Array[]) =>
    images.reduce((sum, mean, digit) => sum + correlation(mean, printed[digit]), 0) / images.length;
  return [average(means), average(turned)];
}

function classMeans({ count, features, classes, pixels, labels }: Dataset): Float64Array[] {
  const means = Array.from({ length: classes }, () => new Float64Array(features));
  for (let n = 0; n < count; n++) {
    const mean = means[labels[n]];
    for (let i = 0; i < features; i++) mean[i] += pixels[n * features + i];
  }
  return means;
}

/** Pearson's; 0 where one of the two is constant. */
function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [a[i] - meanA, b[i] - meanB];
    both += da * db;
    squaresA += da * da;
    squaresB += db * db;
  }
  const scale = Math.sqrt(squaresA * squaresB);
  return scale === 0 ? 0 : both / scale;
}
