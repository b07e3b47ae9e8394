/**
 * One step of stochastic gradient descent, parameters −= rate · gradient, elementwise over the flat
 * arrays (padding included). Computed in float64, rounded once when it is stored.
 *
 * One loop for each element type, so that each sees a single kind of array: a loop that has met both is
 * compiled for both and runs slower. `step` is a local number for the same reason: V8 keeps it unboxed, where it
 * converts a whole `rate` (3) again for every element.
 */
export function descend(
  parameters: Float32Array | Float64Array,
  gradient: Float32Array | Float64Array,
  rate: number,
): void {
  if (parameters.length !== gradient.length) {
    throw new RangeError(
      `Cannot descend: gradient has ${gradient.length} elements, expected ${parameters.length}`,
    );
  }
  if (parameters instanceof Float32Array && gradient instanceof Float32Array) {
    descendFloat32(parameters, gradient, rate);
  } else if (parameters instanceof Float64Array && gradient instanceof Float64Array) {
    descendFloat64(parameters, gradient, rate);
  } else {
    throw new TypeError("Cannot descend: parameters and gradient differ in precision");
  }
}

function descendFloat32(parameters: Float32Array, gradient: Float32Array, rate: number): void {
  const step = -rate;
  for (let i = 0; i < parameters.length; i++) parameters[i] += step * gradient[i];
}

function descendFloat64(parameters: Float64Array, gradient: Float64Array, rate: number): void {
  const step = -rate;
  for (let i = 0; i < parameters.length; i++) parameters[i] += step * gradient[i];
}
