/**
 * Any network of sigmoid layers with quadratic loss, as lists of numbers: the form in which a gradient is usually
 * written first. Run it with
 *
 *   deno task diagnose examples/lists.ts
 */
type Matrix = number[][];

export function gradient(weights: Matrix[], biases: Matrix, images: Matrix, labels: number[]) {
  const weightGradients = weights.map((w) => w.map((row) => row.map(() => 0)));
  const biasGradients = biases.map((b) => b.map(() => 0));
  let loss = 0;
  images.forEach((image, n) => {
    const a = [image]; // activations, layer by layer
    weights.forEach((w, l) =>
      a.push(w.map((row, o) => {
        const z = row.reduce((sum, weight, i) => sum + weight * a[l][i], biases[l][o]);
        return 1 / (1 + Math.exp(-z));
      }))
    );
    let error = a[weights.length].map((out, c) => out - (labels[n] === c ? 1 : 0));
    loss += error.reduce((sum, e) => sum + e * e / 2, 0) / images.length;
    for (let l = weights.length - 1; l >= 0; l--) {
      const delta = error.map((e, o) => e * a[l + 1][o] * (1 - a[l + 1][o]));
      delta.forEach((d, o) => {
        biasGradients[l][o] += d / images.length;
        a[l].forEach((x, i) => weightGradients[l][o][i] += d * x / images.length);
      });
      if (l > 0) {
        error = a[l].map((_, i) => delta.reduce((sum, d, o) => sum + d * weights[l][o][i], 0));
      }
    }
  });
  return [weightGradients, biasGradients, loss] as const;
}
