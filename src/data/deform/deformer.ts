import { FIELD_UNIT, FIELDS } from "./smooth_fields.ts";

/** What the images of a set have in common, and how they lie in memory that threads share. */
export interface Originals {
  /** Images that are deformed: example n is made from image n mod count. */
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** (count, rows + 2, columns + 2) pixels with a border of 0. */
  readonly framed: Uint8Array;
  /** (count, 4) first and last row, first and last column that has a pixel other than 0; first > last: none has. */
  readonly boxes: Uint16Array;
}

/** Greater sides would need more bits than the sums below have. */
export const MOST_SIDE = 256;

// Strengths: those of one field, of stretching and of turning or slanting are the greatest, drawn uniformly. Shifts and
// fields are in pixels of an image of 28 × 28.
const FIELD_PIXELS = 1.2;
const STRETCH = 0.12;
const SLANT = 0.17;
const SHIFT_PIXELS = 1;
const USUAL_SIDE = 28;

/** Positions have 8 bits behind the point. */
const ONE = 256;

export function frame(
  { count, rows, columns, pixels }: Pick<Originals, "count" | "rows" | "columns"> & {
    readonly pixels: Uint8Array;
  },
  share: (bytes: number) => ArrayBufferLike = (bytes) => new ArrayBuffer(bytes),
): Originals {
  const width = columns + 2;
  const ofImage = (rows + 2) * width;
  const framed = new Uint8Array(share(count * ofImage));
  const boxes = new Uint16Array(share(8 * count));
  for (let n = 0; n < count; n++) {
    const box = boxes.subarray(4 * n, 4 * n + 4);
    box.set([rows, 0, columns, 0]);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        const byte = pixels[(n * rows + r) * columns + c];
        if (byte === 0) continue;
        framed[n * ofImage + (r + 1) * width + c + 1] = byte;
        if (r < box[0]) box[0] = r;
        if (r > box[1]) box[1] = r;
        if (c < box[2]) box[2] = c;
        if (c > box[3]) box[3] = c;
      }
    }
  }
  return { count, rows, columns, framed, boxes };
}

/**
 * Writes example n to `into` (rows, columns), which must hold zeros. Examples below `count` are the originals. Every other
 * is image n mod count, whose pixels come from places that two smooth fields in each direction, a stretch, a turn, a slant
 * and a shift have moved; between pixels it is interpolated linearly. Example number and seed decide all of it, so any
 * range can be made alone. Integers throughout: every runtime makes the same bytes.
 */
export function createDeformer(
  originals: Originals,
  fields: Int16Array,
  seed: number,
): (n: number, into: Uint8Array) => void {
  const { count, rows, columns, framed, boxes } = originals;
  const width = columns + 2;
  const ofImage = (rows + 2) * width;
  const ofField = rows * columns;
  const scale = Math.max(rows, columns) / USUAL_SIDE;
  const strongest = Math.round(FIELD_PIXELS * scale * ONE * ONE / FIELD_UNIT);
  const stretch = Math.round(STRETCH * 2 ** 16);
  const slant = Math.round(SLANT * 2 ** 16);
  const shift = Math.round(SHIFT_PIXELS * scale * ONE);
  const keys = [mixed(seed | 0), mixed((seed / 2 ** 32 | 0) ^ 0x5bd1e995)];
  const [first, second] = [mixed(keys[0] ^ keys[1]), mixed(keys[1] + 0x27d4eb2f | 0)];

  return (n, into) => {
    const image = n % count;
    const at = image * ofImage;
    if (n < count) {
      for (let r = 0; r < rows; r++) {
        const from = at + (r + 1) * width + 1;
        for (let c = 0; c < columns; c++) into[r * columns + c] = framed[from + c];
      }
      return;
    }
    const [state, other] = [mixed(n ^ first), mixed((n + second) | 0)];
    const chosen = word(state, other, 1), forX = word(state, other, 2);
    const forY = word(state, other, 3), along = word(state, other, 4);
    const across = word(state, other, 5), moved = word(state, other, 6);
    const fieldA = (chosen & FIELDS - 1) * ofField;
    const fieldB = (chosen >>> 8 & FIELDS - 1) * ofField;
    const fieldC = (chosen >>> 16 & FIELDS - 1) * ofField;
    const fieldD = (chosen >>> 24 & FIELDS - 1) * ofField;
    const a = upper(forX, strongest), b = lower(forX, strongest);
    const c = upper(forY, strongest), d = lower(forY, strongest);
    // Moved by (xx · x + xy · y, yx · x + yy · y), x and y from the middle.
    const xx = upper(along, stretch), yy = lower(along, stretch);
    const xy = upper(across, slant), yx = lower(across, slant);
    const shiftX = upper(moved, shift), shiftY = lower(moved, shift);
    const top = boxes[4 * image] - 1, bottom = boxes[4 * image + 1];
    const left = boxes[4 * image + 2] - 1, right = boxes[4 * image + 3];

    let i = 0;
    for (let r = 0; r < rows; r++) {
      // Twice the distance from the middle is whole; slopes have 16 bits behind the point.
      const down = 2 * r - rows + 1;
      let byLineX = Math.imul(xy, down) - Math.imul(xx, columns - 1);
      let byLineY = Math.imul(yy, down) - Math.imul(yx, columns - 1);
      const startX = shiftX, startY = (r << 8) + shiftY;
      for (let column = 0; column < columns; column++, i++) {
        const x = (column << 8) + startX + (byLineX >> 9) +
          (Math.imul(a, fields[fieldA + i]) + Math.imul(b, fields[fieldB + i]) >> 8);
        const y = startY + (byLineY >> 9) +
          (Math.imul(c, fields[fieldC + i]) + Math.imul(d, fields[fieldD + i]) >> 8);
        byLineX += 2 * xx;
        byLineY += 2 * yx;
        const sourceX = x >> 8, sourceY = y >> 8;
        // Beyond the ink and a pixel around it everything is 0.
        if (sourceX < left || sourceX > right || sourceY < top || sourceY > bottom) continue;
        const p = at + (sourceY + 1) * width + sourceX + 1;
        const toRight = x & 255, toBottom = y & 255;
        const above = (framed[p] << 8) + (framed[p + 1] - framed[p]) * toRight;
        const below = (framed[p + width] << 8) +
          (framed[p + width + 1] - framed[p + width]) * toRight;
        into[i] = (above << 8) + (below - above) * toBottom + 32_768 >> 16;
      }
    }
  };
}

/** The i-th random word of an example. */
const word = (state: number, other: number, i: number): number =>
  mixed((state + Math.imul(i, 0x9e3779b9)) ^ other);

/** −most to most, from the upper or lower half of a word. */
const upper = (bits: number, most: number): number => Math.imul(bits >> 16, most) >> 15;
const lower = (bits: number, most: number): number => Math.imul(bits << 16 >> 16, most) >> 15;

/** The finaliser of MurmurHash3 (A. Appleby): each bit of the input changes half the bits of the output. */
function mixed(bits: number): number {
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
