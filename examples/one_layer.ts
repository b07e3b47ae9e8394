/**
 * The smallest useful plug-in: one layer with sigmoid and quadratic loss, in float64. Run it with
 *
 *   deno task bench --plugin examples/one_layer.ts --layers 784,10
 *
 * With a = σ(w · x + b) and loss ½‖a − y‖², the delta of output c is (a_c − y_c) · a_c · (1 − a_c), and
 * the gradient of w[c][d] is delta_c · x_d, averaged over the minibatch.
 */
interface Problem {
  network: { layerSizes: readonly number[]; outputLoss: string };
  dataset: { features: number; classes: number; pixels: Uint8Array; labels: Uint8Array };
}

export default {
  name: "one_layer",
  summary: "a single layer, written for reading",
  precision: "float64",
  prepare({ network, dataset }: Problem) {
    if (network.layerSizes.length !== 2 || network.outputLoss !== "sigmoid-quadratic") {
      throw new Error(
        "Cannot open one_layer: it computes one layer with sigmoid-quadratic; use --layers 784,10",
      );
    }
    const { features: D, classes: C, pixels, labels } = dataset;
    return (parameters: Float64Array, batch: Uint32Array, gradient: Float64Array): number => {
      gradient.fill(0);
      let loss = 0;
      for (const n of batch) {
        for (let c = 0; c < C; c++) {
          let z = parameters[C * D + c];
          for (let d = 0; d < D; d++) z += parameters[c * D + d] * (pixels[n * D + d] / 255);
          const a = 1 / (1 + Math.exp(-z));
          const error = a - (labels[n] === c ? 1 : 0);
          const delta = error * a * (1 - a) / batch.length;
          loss += 0.5 * error * error / batch.length;
          gradient[C * D + c] += delta;
          for (let d = 0; d < D; d++) gradient[c * D + d] += delta * (pixels[n * D + d] / 255);
        }
      }
      return loss;
    };
  },
};
