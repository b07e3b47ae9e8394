import { randomFrom } from "../../base/random.ts";

/** Fields of a bank; a power of 2, so that six bits choose one. */
export const FIELDS = 64;
/** The root mean square of a field. */
export const FIELD_UNIT = 256;

/** Box filters in a row come close to a Gaussian (W. M. Wells, IEEE PAMI 8, 1986, p. 234). */
const BOXES = 3;
/** Filters of 9 pixels for 28: together a σ of 4.5, near the 4 of the source. */
const HALF_WIDTH_OF_SIDE = 1 / 7;

/**
 * A bank of smooth random fields (FIELDS, rows, columns) for a seed: uniform noise, smoothed, then scaled to a root mean
 * square of FIELD_UNIT. Two fields with random factors move the pixels of one image (P. Simard, D. Steinkraus, J. Platt,
 * "Best practices for convolutional neural networks", ICDAR 2003; the bank is that of G. Loosli, S. Canu, L. Bottou,
 * "Training invariant support vector machines using selective sampling", 2007).
 *
 * Only + − × / and square roots occur, which IEEE 754 rounds correctly: all runtimes make the same bank.
 */
export function smoothFields(rows: number, columns: number, seed: number): Int16Array {
  const half = Math.max(1, Math.round(Math.max(rows, columns) * HALF_WIDTH_OF_SIDE));
  // Borders are smoothed from noise beyond them: fields are as strong there as in the middle.
  const margin = BOXES * half;
  const [height, width] = [rows + 2 * margin, columns + 2 * margin];
  const bank = new Int16Array(FIELDS * rows * columns);
  for (let f = 0; f < FIELDS; f++) {
    const { uniform } = randomFrom(seed, `deform field ${f}`);
    let field = Float64Array.from({ length: height * width }, () => uniform() - 0.5);
    for (let box = 0; box < BOXES; box++) {
      field = smoothed(field, height, width, width, 1, half);
      field = smoothed(field, width, height, 1, width, half);
    }
    let squares = 0;
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        const value = field[(r + margin) * width + c + margin];
        squares += value * value;
      }
    }
    const scale = FIELD_UNIT / Math.sqrt(squares / (rows * columns));
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        const value = Math.round(field[(r + margin) * width + c + margin] * scale);
        bank[(f * rows + r) * columns + c] = Math.max(-32_767, Math.min(32_767, value));
      }
    }
  }
  return bank;
}

/** Sums over 2 · half + 1 neighbours in each of `lines`; what lies outside counts as 0. */
function smoothed(
  field: Float64Array,
  lines: number,
  length: number,
  apart: number,
  step: number,
  half: number,
): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(field.length);
  for (let line = 0; line < lines; line++) {
    const start = line * apart;
    let sum = 0;
    for (let i = -half; i < length; i++) {
      if (i + half < length) sum += field[start + (i + half) * step];
      if (i > half) sum -= field[start + (i - half - 1) * step];
      if (i >= 0) sums[start + i * step] = sum;
    }
  }
  return sums;
}
