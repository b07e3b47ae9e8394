/** One vector for each of five examples. */
export type Five = readonly [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];

/**
 * A fully connected layer as one view per neuron: a view indexed with i is faster than a flat array indexed
 * with start + i.
 */
export interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** [outputs] (inputs) of the kernel's parameters. */
  readonly weights: readonly Float32Array[];
  /** (outputs) of the kernel's parameters. */
  readonly biases: Float32Array;
  /** [outputs] (inputs) of the kernel's gradient; written by finish. */
  readonly weightGradient: readonly Float32Array[];
  /** (outputs) of the kernel's gradient; written by finish. */
  readonly biasGradient: Float32Array;
  /** [outputs] (inputs) the weight gradient so far; zero between steps. */
  readonly weightSums: readonly Float64Array[];
  /** (outputs) the bias gradient so far; zero between steps. */
  readonly biasSums: Float64Array;
}

/**
 * x (features) = pixels / 255, for five rows of `batch` from `start` on. The rows lie far apart in memory;
 * reading them side by side waits for all five at once.
 */
export function readPixels(pixels: Uint8Array, batch: Uint32Array, start: number, x: Five): void {
  const [xa, xb, xc, xd, xe] = x;
  const features = xa.length;
  const a = batch[start] * features;
  const b = batch[start + 1] * features;
  const c = batch[start + 2] * features;
  const d = batch[start + 3] * features;
  const e = batch[start + 4] * features;
  for (let i = 0; i < features; i++) {
    xa[i] = pixels[a + i] * (1 / 255);
    xb[i] = pixels[b + i] * (1 / 255);
    xc[i] = pixels[c + i] * (1 / 255);
    xd[i] = pixels[d + i] * (1 / 255);
    xe[i] = pixels[e + i] * (1 / 255);
  }
}

/**
 * z (outputs) = w (outputs, inputs) · x (inputs) + b (outputs), for five examples a … e. Five sums hide the latency of an
 * addition. Two neurons per pass would use each loaded pixel twice, but V8 multiplies all before it adds: ten products
 * and ten sums do not fit 15 registers, and sums that go through memory take 1.7 times as long.
 */
export function forward(layer: DenseLayer, x: Five, z: Five): void {
  const { inputs, outputs, weights, biases } = layer;
  const [xa, xb, xc, xd, xe] = x;
  const [za, zb, zc, zd, ze] = z;
  for (let o = 0; o < outputs; o++) {
    const w = weights[o];
    let a = biases[o], b = a, c = a, d = a, e = a;
    for (let i = 0; i < inputs; i++) {
      const v = w[i];
      a += xa[i] * v;
      b += xb[i] * v;
      c += xc[i] * v;
      d += xd[i] * v;
      e += xe[i] * v;
    }
    za[o] = a;
    zb[o] = b;
    zc[o] = c;
    zd[o] = d;
    ze[o] = e;
  }
}

/** δ below (inputs) = wᵀ (inputs, outputs) · δ (outputs), for five examples, without the slopes. */
export function backward(layer: DenseLayer, delta: Five, below: Five): void {
  const { inputs, outputs, weights } = layer;
  const [da, db, dc, dd, de] = delta;
  const [belowA, belowB, belowC, belowD, belowE] = below;
  for (const vector of below) vector.fill(0);
  for (let o = 0; o < outputs; o++) {
    const w = weights[o];
    const a = da[o], b = db[o], c = dc[o], d = dd[o], e = de[o];
    for (let i = 0; i < inputs; i++) {
      const v = w[i];
      belowA[i] += a * v;
      belowB[i] += b * v;
      belowC[i] += c * v;
      belowD[i] += d * v;
      belowE[i] += e * v;
    }
  }
}

/**
 * Sums: weights (outputs, inputs) += Σ δ (outputs) xᵀ (inputs), biases (outputs) += Σ δ, over five examples.
 *
 * Four neurons per pass: each loaded input serves four sums, and each loaded sum gains five products before
 * it is stored.
 */
export function accumulate(layer: DenseLayer, delta: Five, x: Five): void {
  const { inputs, outputs, weightSums, biasSums } = layer;
  const [xa, xb, xc, xd, xe] = x;
  const [da, db, dc, dd, de] = delta;
  let o = 0;
  for (; o + 4 <= outputs; o += 4) {
    const s0 = weightSums[o], s1 = weightSums[o + 1];
    const s2 = weightSums[o + 2], s3 = weightSums[o + 3];
    const a0 = da[o], a1 = da[o + 1], a2 = da[o + 2], a3 = da[o + 3];
    const b0 = db[o], b1 = db[o + 1], b2 = db[o + 2], b3 = db[o + 3];
    const c0 = dc[o], c1 = dc[o + 1], c2 = dc[o + 2], c3 = dc[o + 3];
    const d0 = dd[o], d1 = dd[o + 1], d2 = dd[o + 2], d3 = dd[o + 3];
    const e0 = de[o], e1 = de[o + 1], e2 = de[o + 2], e3 = de[o + 3];
    for (let i = 0; i < inputs; i++) {
      const a = xa[i], b = xb[i], c = xc[i], d = xd[i], e = xe[i];
      s0[i] += a * a0 + b * b0 + c * c0 + d * d0 + e * e0;
      s1[i] += a * a1 + b * b1 + c * c1 + d * d1 + e * e1;
      s2[i] += a * a2 + b * b2 + c * c2 + d * d2 + e * e2;
      s3[i] += a * a3 + b * b3 + c * c3 + d * d3 + e * e3;
    }
  }
  for (; o < outputs; o++) { // what does not fill a block of four
    const s = weightSums[o];
    const a = da[o], b = db[o], c = dc[o], d = dd[o], e = de[o];
    for (let i = 0; i < inputs; i++) {
      s[i] += xa[i] * a + xb[i] * b + xc[i] * c + xd[i] * d + xe[i] * e;
    }
  }
  for (let k = 0; k < outputs; k++) biasSums[k] += da[k] + db[k] + dc[k] + dd[k] + de[k];
}

/**
 * `accumulate` for the last five examples of a minibatch: rounds the finished sums into the gradient and
 * clears them for the next step. A separate pass over the sums would cost a tenth of the step.
 */
export function finish(layer: DenseLayer, delta: Five, x: Five): void {
  const { inputs, outputs, weightGradient, biasGradient, weightSums, biasSums } = layer;
  const [xa, xb, xc, xd, xe] = x;
  const [da, db, dc, dd, de] = delta;
  let o = 0;
  for (; o + 4 <= outputs; o += 4) {
    const s0 = weightSums[o], s1 = weightSums[o + 1];
    const s2 = weightSums[o + 2], s3 = weightSums[o + 3];
    const g0 = weightGradient[o], g1 = weightGradient[o + 1];
    const g2 = weightGradient[o + 2], g3 = weightGradient[o + 3];
    const a0 = da[o], a1 = da[o + 1], a2 = da[o + 2], a3 = da[o + 3];
    const b0 = db[o], b1 = db[o + 1], b2 = db[o + 2], b3 = db[o + 3];
    const c0 = dc[o], c1 = dc[o + 1], c2 = dc[o + 2], c3 = dc[o + 3];
    const d0 = dd[o], d1 = dd[o + 1], d2 = dd[o + 2], d3 = dd[o + 3];
    const e0 = de[o], e1 = de[o + 1], e2 = de[o + 2], e3 = de[o + 3];
    for (let i = 0; i < inputs; i++) {
      const a = xa[i], b = xb[i], c = xc[i], d = xd[i], e = xe[i];
      g0[i] = s0[i] + (a * a0 + b * b0 + c * c0 + d * d0 + e * e0);
      g1[i] = s1[i] + (a * a1 + b * b1 + c * c1 + d * d1 + e * e1);
      g2[i] = s2[i] + (a * a2 + b * b2 + c * c2 + d * d2 + e * e2);
      g3[i] = s3[i] + (a * a3 + b * b3 + c * c3 + d * d3 + e * e3);
      s0[i] = 0;
      s1[i] = 0;
      s2[i] = 0;
      s3[i] = 0;
    }
  }
  for (; o < outputs; o++) {
    const s = weightSums[o], g = weightGradient[o];
    const a = da[o], b = db[o], c = dc[o], d = dd[o], e = de[o];
    for (let i = 0; i < inputs; i++) {
      g[i] = s[i] + (xa[i] * a + xb[i] * b + xc[i] * c + xd[i] * d + xe[i] * e);
      s[i] = 0;
    }
  }
  for (let k = 0; k < outputs; k++) {
    biasGradient[k] = biasSums[k] + (da[k] + db[k] + dc[k] + dd[k] + de[k]);
    biasSums[k] = 0;
  }
}
