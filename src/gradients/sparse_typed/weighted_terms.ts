/**
 * The terms of a layer's weighted sums: term t multiplies the weights at `offsets[t]` with `values[t]`. In the
 * first layer only non-zero pixels are terms.
 */
export interface Terms {
  /** Number of terms in use. */
  count: number;
  /** Where a term's weights lie, relative to the layer's weights. */
  readonly offsets: Int32Array;
  readonly values: Float64Array;
}

export function createTerms(most: number): Terms {
  return { count: 0, offsets: new Int32Array(most), values: new Float64Array(most) };
}

/**
 * Masks an index so that adding 7 cannot overflow, which V8 then need not check at every access. Saves a fifth
 * of the loops' time, measured in Deno 2.9.
 */
const PLACE = 0x3fffffff;

/** A layer with input-major weights: each input's weights to all outputs lie side by side. */
export interface InputMajorLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** (inputs, outputs) */
  readonly weights: Float64Array;
  /** (outputs) */
  readonly biases: Float64Array;
  /** (inputs, outputs) */
  readonly weightGradient: Float64Array;
  /** (outputs) */
  readonly biasGradient: Float64Array;
}

/**
 * z[o] = bias[o] + Σ_t value[t] · weights[t][o]. Four outputs per pass: four local sums hide the latency of an addition.
 * With eight, V8 loads all weights before it adds: 17 numbers for 15 registers, and a sum that goes through memory takes
 * half as long again.
 */
export function weightedSums(
  { outputs, weights, biases }: InputMajorLayer,
  { count, offsets, values }: Terms,
  z: Float64Array,
): void {
  let o = 0;
  for (; o + 4 <= outputs; o += 4) {
    let s0 = biases[o], s1 = biases[o + 1], s2 = biases[o + 2], s3 = biases[o + 3];
    for (let t = 0; t < count; t++) {
      const v = values[t], at = (offsets[t] + o) & PLACE;
      s0 += v * weights[at];
      s1 += v * weights[at + 1];
      s2 += v * weights[at + 2];
      s3 += v * weights[at + 3];
    }
    z[o] = s0, z[o + 1] = s1, z[o + 2] = s2, z[o + 3] = s3;
  }
  for (; o < outputs; o++) {
    let sum = biases[o];
    for (let t = 0; t < count; t++) sum += values[t] * weights[(offsets[t] + o) & PLACE];
    z[o] = sum;
  }
}

/** gradient[t][o] += value[t] · delta[o]; the biases' gradient += delta. */
export function addProducts(
  { outputs, weightGradient, biasGradient }: InputMajorLayer,
  terms: Terms,
  delta: Float64Array,
): void {
  addWeightProducts(weightGradient, outputs, terms, delta);
  addBiases(biasGradient, delta);
}

/** to[o] += delta[o] */
export function addBiases(to: Float64Array, delta: Float64Array): void {
  for (let o = 0; o < delta.length; o++) to[o] += delta[o];
}

/** to[t][o] += value[t] · delta[o], where `to` is (inputs, outputs): the gradient, or the weights. */
export function addWeightProducts(
  to: Float64Array,
  outputs: number,
  { count, offsets, values }: Terms,
  delta: Float64Array,
): void {
  let o = 0;
  for (; o + 8 <= outputs; o += 8) {
    const d0 = delta[o], d1 = delta[o + 1], d2 = delta[o + 2], d3 = delta[o + 3];
    const d4 = delta[o + 4], d5 = delta[o + 5], d6 = delta[o + 6], d7 = delta[o + 7];
    for (let t = 0; t < count; t++) {
      const v = values[t], at = (offsets[t] + o) & PLACE;
      to[at] += v * d0;
      to[at + 1] += v * d1;
      to[at + 2] += v * d2;
      to[at + 3] += v * d3;
      to[at + 4] += v * d4;
      to[at + 5] += v * d5;
      to[at + 6] += v * d6;
      to[at + 7] += v * d7;
    }
  }
  for (; o < outputs; o++) {
    const d = delta[o];
    for (let t = 0; t < count; t++) to[(offsets[t] + o) & PLACE] += values[t] * d;
  }
}

/** below[i] = Σ_o weights[i][o] · delta[o]. Four inputs per pass: four independent sums. */
export function throughWeights(
  { inputs, outputs, weights }: InputMajorLayer,
  delta: Float64Array,
  below: Float64Array,
): void {
  let i = 0;
  for (; i + 4 <= inputs; i += 4) {
    const row1 = outputs, row2 = 2 * outputs, row3 = 3 * outputs;
    const first = i * outputs;
    let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (let o = 0; o < outputs; o++) {
      const d = delta[o], at = (first + o) & PLACE;
      s0 += weights[at] * d;
      s1 += weights[at + row1] * d;
      s2 += weights[at + row2] * d;
      s3 += weights[at + row3] * d;
    }
    below[i] = s0, below[i + 1] = s1, below[i + 2] = s2, below[i + 3] = s3;
  }
  for (; i < inputs; i++) {
    let sum = 0;
    for (let o = 0; o < outputs; o++) sum += weights[i * outputs + o] * delta[o];
    below[i] = sum;
  }
}
