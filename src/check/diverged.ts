/** Larger parameters mean that training diverges; their products may overflow float32. */
const LARGEST = 1e4;

/** Whether a gradient at these parameters can be compared: not after training has diverged. */
export const isComparable = (parameters: ArrayLike<number>): boolean =>
  Array.prototype.every.call(parameters, (value: number) => Math.abs(value) < LARGEST);
