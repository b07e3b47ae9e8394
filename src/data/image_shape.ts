import { product } from "./formats/idx.ts";

export interface ImageShape {
  readonly rows: number;
  readonly columns: number;
  /** Numbers of each pixel; absent: grey. */
  readonly channels?: number;
  /** The channels of a pixel lie side by side, not in planes. */
  readonly isInterleaved?: boolean;
}

const CHANNELS = [2, 3, 4];

/**
 * Rows and columns of images in an array of (count, …): (rows, columns), with one or more channels before or after
 * them, or flat: a square where that is possible.
 */
export function imageShape(shape: readonly number[]): ImageShape {
  const inner = shape.slice(1).filter((length) => length > 1);
  if (shape.length <= 2) return square(product(inner));
  if (inner.length === 3) {
    const [a, b, c] = inner;
    if (CHANNELS.includes(c)) return { rows: a, columns: b, channels: c, isInterleaved: true };
    if (CHANNELS.includes(a)) return { rows: b, columns: c, channels: a };
  }
  // Lengths of 1 may be rows or columns of tiny images.
  if (shape.length === 3) return { rows: shape[1], columns: shape[2] };
  return { rows: product(inner.slice(0, -1)), columns: inner.at(-1) ?? 1 };
}

function square(pixels: number): ImageShape {
  const side = Math.round(Math.sqrt(pixels));
  if (side * side === pixels) return { rows: side, columns: side };
  const ofColour = Math.round(Math.sqrt(pixels / 3));
  return 3 * ofColour * ofColour === pixels
    ? { rows: ofColour, columns: ofColour, channels: 3 }
    : { rows: 1, columns: pixels };
}

/** Turns every image of (rows, columns) around its diagonal, in place: lines become columns. */
export function transposeImages(pixels: Uint8Array, { rows, columns }: ImageShape): void {
  const features = rows * columns;
  const turned = new Uint8Array(features);
  for (let at = 0; at < pixels.length; at += features) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) turned[c * rows + r] = pixels[at + r * columns + c];
    }
    pixels.set(turned, at);
  }
}
