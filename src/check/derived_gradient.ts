/** The gradient that an update shows, everything in canonical order. */
export const derivedGradient = (
  before: Float64Array,
  after: Float64Array,
  rate: number,
): Float64Array => before.map((value, p) => (value - after[p]) / rate);
