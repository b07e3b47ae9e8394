/** A format with fewer digits than the program says that it computes with. */
export interface Rounding {
  readonly form: string;
  /** As a function in a formula. */
  readonly name: string;
  readonly of: (value: number) => number;
  /** How exactly formulas can be read from numbers that were rounded at last. */
  readonly exactness: { readonly fit: number; readonly signal: number };
}

/** Nearest float16, ties to even: IEEE 754 binary16. */
export function float16(value: number): number {
  const size = Math.abs(value);
  if (!(size > 0) || size === Infinity) return value;
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const unit = 2 ** (exponent - 10);
  const steps = size / unit;
  const down = Math.floor(steps);
  const left = steps - down;
  const rounded = (left > 0.5 || left === 0.5 && down % 2 === 1 ? down + 1 : down) * unit;
  return Math.sign(value) * (rounded > 65504 ? Infinity : rounded);
}

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** Nearest bfloat16, ties to even: the upper half of a float32. */
export function bfloat16(value: number): number {
  float[0] = value;
  bits[0] = (bits[0] + 0x7fff + ((bits[0] >>> 16) & 1)) & 0xffff0000;
  return float[0];
}

const decimals = (places: number): Rounding => {
  const scale = 10 ** places;
  return {
    form: `decimals-${places}`,
    name: `round${places}`,
    of: (value) => Math.round(value * scale) / scale,
    exactness: { fit: 2e-2, signal: 0.2 },
  };
};

export const ROUNDINGS: readonly Rounding[] = [
  { form: "float16", name: "float16", of: float16, exactness: { fit: 2e-3, signal: 3e-2 } },
  { form: "bfloat16", name: "bfloat16", of: bfloat16, exactness: { fit: 1e-2, signal: 0.1 } },
  ...[2, 3, 4].map(decimals),
];

/** With fewer numbers, all could have few digits by chance. */
const ENOUGH = 60;

/** The format that all of these numbers have, and no wider one explains. */
export function roundingOf(vectors: readonly Float64Array[]): Rounding | undefined {
  const has = (g: number, { of }: Rounding) => Math.abs(of(g) - g) <= 1e-12 * Math.abs(g);
  let possible: readonly Rounding[] = ROUNDINGS;
  const seen = new Set<number>();
  for (const vector of vectors) {
    for (const g of vector) {
      if (g === 0) continue;
      if (seen.size < ENOUGH) seen.add(Math.abs(g));
      if (possible.every((one) => has(g, one))) continue;
      possible = possible.filter((one) => has(g, one));
      if (possible.length === 0) return undefined;
    }
  }
  if (seen.size < ENOUGH) return undefined;
  // bfloat16 has fewer bits than float16, and 2 decimal places are fewer than 4.
  return possible.find(({ form }) => form === "bfloat16") ?? possible[0];
}
