/**
 * The gradient of a network of sigmoid layers with quadratic loss. It is right: change it, and ask
 *
 *   slope diagnose my_gradient.ts    what is wrong, and why does it not learn?
 *   slope bench --quick              how fast is it, beside others?
 */
type Matrix = number[][];

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/**
 * weights[l][out][in] and biases[l][out] of layer l, images[n][pixel] from 0 to 1, labels[n] from 0.
 * Returns the gradient of the mean loss over the minibatch, in the shapes of weights and biases, and that loss.
 */
export function gradient(weights: Matrix[], biases: Matrix, images: Matrix, labels: number[]) {
  const weightGradients = weights.map((w) => w.map((row) => row.map(() => 0)));
  const biasGradients = biases.map((b) => b.map(() => 0));
  let loss = 0;
  for (const [n, image] of images.entries()) {
    // Forward: the activations of every layer, the image first.
    const activations = [image];
    for (const [l, w] of weights.entries()) {
      const a = activations[l];
      activations.push(
        w.map((row, o) => sigmoid(row.reduce((z, weight, i) => z + weight * a[i], biases[l][o]))),
      );
    }
    let error = activations[weights.length].map((a, o) => a - (labels[n] === o ? 1 : 0));
    loss += error.reduce((sum, e) => sum + e * e / 2, 0) / images.length;
    // Backward: the delta of every layer, the last first.
    for (let l = weights.length - 1; l >= 0; l--) {
      const [below, above] = [activations[l], activations[l + 1]];
      const delta = error.map((e, o) => e * above[o] * (1 - above[o]));
      for (const [o, d] of delta.entries()) {
        biasGradients[l][o] += d / images.length;
        const row = weightGradients[l][o];
        for (const [i, a] of below.entries()) row[i] += d * a / images.length;
      }
      if (l > 0) {
        error = below.map((_, i) => delta.reduce((e, d, o) => e + d * weights[l][o][i], 0));
      }
    }
  }
  return [weightGradients, biasGradients, loss] as const;
}
