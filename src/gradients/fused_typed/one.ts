import type { DenseLayer } from "./five.ts";

/** x (features) = pixels / 255, for one row of the data set */
export function readPixels(pixels: Uint8Array, row: number, x: Float64Array): void {
  const start = row * x.length;
  for (let i = 0; i < x.length; i++) x[i] = pixels[start + i] * (1 / 255);
}

/**
 * z (outputs) = w (outputs, inputs) · x (inputs) + b (outputs), for one example. Four neurons per pass: a
 * single sum would wait for each of its additions.
 */
export function forward(layer: DenseLayer, x: Float64Array, z: Float64Array): void {
  const { inputs, outputs, weights, biases } = layer;
  let o = 0;
  for (; o + 4 <= outputs; o += 4) {
    const w0 = weights[o], w1 = weights[o + 1], w2 = weights[o + 2], w3 = weights[o + 3];
    let z0 = biases[o], z1 = biases[o + 1], z2 = biases[o + 2], z3 = biases[o + 3];
    for (let i = 0; i < inputs; i++) {
      const xi = x[i];
      z0 += xi * w0[i];
      z1 += xi * w1[i];
      z2 += xi * w2[i];
      z3 += xi * w3[i];
    }
    z[o] = z0;
    z[o + 1] = z1;
    z[o + 2] = z2;
    z[o + 3] = z3;
  }
  for (; o < outputs; o++) { // what does not fill a block of four
    const w = weights[o];
    let sum = biases[o];
    for (let i = 0; i < inputs; i++) sum += x[i] * w[i];
    z[o] = sum;
  }
}

/** δ below (inputs) = wᵀ (inputs, outputs) · δ (outputs), for one example, without the slopes. */
export function backward(layer: DenseLayer, delta: Float64Array, below: Float64Array): void {
  const { inputs, outputs, weights } = layer;
  below.fill(0);
  for (let o = 0; o < outputs; o++) {
    const w = weights[o];
    const d = delta[o];
    for (let i = 0; i < inputs; i++) below[i] += d * w[i];
  }
}

/** Sums: weights (outputs, inputs) += δ (outputs) xᵀ (inputs), biases (outputs) += δ. */
export function accumulate(layer: DenseLayer, delta: Float64Array, x: Float64Array): void {
  const { inputs, outputs, weightSums, biasSums } = layer;
  for (let o = 0; o < outputs; o++) {
    const s = weightSums[o];
    const d = delta[o];
    for (let i = 0; i < inputs; i++) s[i] += d * x[i];
    biasSums[o] += d;
  }
}

/** `accumulate` for the last example of a minibatch: see `finish` for five. */
export function finish(layer: DenseLayer, delta: Float64Array, x: Float64Array): void {
  const { inputs, outputs, weightGradient, biasGradient, weightSums, biasSums } = layer;
  for (let o = 0; o < outputs; o++) {
    const s = weightSums[o], g = weightGradient[o];
    const d = delta[o];
    for (let i = 0; i < inputs; i++) {
      g[i] = s[i] + d * x[i];
      s[i] = 0;
    }
    biasGradient[o] = biasSums[o] + d;
    biasSums[o] = 0;
  }
}
