/**
 * A fully connected layer as views, one for each neuron: indexing a neuron's own view with i alone is
 * cheaper than indexing one flat array with start + i.
 */
export interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** [outputs] (inputs) of the kernel's parameters. */
  readonly weights: readonly Float32Array[];
  /** (outputs) of the kernel's parameters. */
  readonly biases: Float32Array;
  /** [outputs] (inputs) sums of the weight gradient over the minibatch. */
  readonly weightSums: readonly Float64Array[];
  /** (outputs) sums of the bias gradient over the minibatch. */
  readonly biasSums: Float64Array;
}

/** z (outputs) = w (outputs, inputs) · x (inputs) + b (outputs), for two examples x and y. */
export function forward(
  layer: DenseLayer,
  x: Float64Array,
  y: Float64Array,
  zx: Float64Array,
  zy: Float64Array,
): void {
  const { inputs, outputs, weights, biases } = layer;
  let o = 0;
  for (; o + 4 <= outputs; o += 4) {
    const w0 = weights[o], w1 = weights[o + 1], w2 = weights[o + 2], w3 = weights[o + 3];
    let x0 = biases[o], x1 = biases[o + 1], x2 = biases[o + 2], x3 = biases[o + 3];
    let y0 = x0, y1 = x1, y2 = x2, y3 = x3;
    for (let i = 0; i < inputs; i++) {
      const xi = x[i], yi = y[i];
      const v0 = w0[i], v1 = w1[i], v2 = w2[i], v3 = w3[i];
      x0 += xi * v0;
      x1 += xi * v1;
      x2 += xi * v2;
      x3 += xi * v3;
      y0 += yi * v0;
      y1 += yi * v1;
      y2 += yi * v2;
      y3 += yi * v3;
    }
    zx[o] = x0;
    zx[o + 1] = x1;
    zx[o + 2] = x2;
    zx[o + 3] = x3;
    zy[o] = y0;
    zy[o + 1] = y1;
    zy[o + 2] = y2;
    zy[o + 3] = y3;
  }
  for (; o < outputs; o++) { // what does not fill a block of four
    const w = weights[o];
    let sumX = biases[o], sumY = sumX;
    for (let i = 0; i < inputs; i++) {
      sumX += x[i] * w[i];
      sumY += y[i] * w[i];
    }
    zx[o] = sumX;
    zy[o] = sumY;
  }
}

/**
 * Sums of the gradient: weights (outputs, inputs) += δ (outputs) aᵀ (inputs), biases (outputs) += δ, for
 * two examples with deltas dx, dy and activations x, y.
 */
export function accumulate(
  layer: DenseLayer,
  dx: Float64Array,
  dy: Float64Array,
  x: Float64Array,
  y: Float64Array,
): void {
  const { inputs, outputs, weightSums, biasSums } = layer;
  let o = 0;
  for (; o + 4 <= outputs; o += 4) {
    const g0 = weightSums[o], g1 = weightSums[o + 1];
    const g2 = weightSums[o + 2], g3 = weightSums[o + 3];
    const dx0 = dx[o], dx1 = dx[o + 1], dx2 = dx[o + 2], dx3 = dx[o + 3];
    const dy0 = dy[o], dy1 = dy[o + 1], dy2 = dy[o + 2], dy3 = dy[o + 3];
    for (let i = 0; i < inputs; i++) {
      const xi = x[i], yi = y[i];
      g0[i] += xi * dx0 + yi * dy0;
      g1[i] += xi * dx1 + yi * dy1;
      g2[i] += xi * dx2 + yi * dy2;
      g3[i] += xi * dx3 + yi * dy3;
    }
  }
  for (; o < outputs; o++) {
    const g = weightSums[o];
    const dxo = dx[o], dyo = dy[o];
    for (let i = 0; i < inputs; i++) g[i] += x[i] * dxo + y[i] * dyo;
  }
  for (let k = 0; k < outputs; k++) biasSums[k] += dx[k] + dy[k];
}

/** δ below (inputs) = wᵀ (inputs, outputs) · δ (outputs), for two examples; the slopes come after. */
export function backward(
  layer: DenseLayer,
  dx: Float64Array,
  dy: Float64Array,
  belowX: Float64Array,
  belowY: Float64Array,
): void {
  const { inputs, outputs, weights } = layer;
  belowX.fill(0);
  belowY.fill(0);
  for (let o = 0; o < outputs; o++) {
    const w = weights[o];
    const dxo = dx[o], dyo = dy[o];
    for (let i = 0; i < inputs; i++) {
      belowX[i] += w[i] * dxo;
      belowY[i] += w[i] * dyo;
    }
  }
}
