interface Problem {
  network: { layerSizes: readonly number[] };
  dataset: { count: number; pixels: Uint8Array; labels: Uint8Array };
}

export default {
  name: "rows_mixed_up",
  summary: "one layer of sigmoids; images were shuffled, labels were not",
  precision: "float64",
  prepare({ network: { layerSizes: [I, O] }, dataset: { count, pixels, labels } }: Problem) {
    return (w: Float64Array, batch: Uint32Array, g: Float64Array): number => {
      let loss = 0;
      g.fill(0);
      for (const row of batch) {
        const image = (7 * row + 3) % count; // wrong: not the row of the label
        const x = Array.from(pixels.subarray(image * I, image * I + I), (byte) => byte / 255);
        for (let o = 0; o < O; o++) {
          const z = x.reduce((sum, value, i) => sum + w[o * I + i] * value, w[O * I + o]);
          const a = 1 / (1 + Math.exp(-z));
          const error = a - Number(labels[row] === o);
          const delta = error * a * (1 - a) / batch.length;
          loss += error * error / 2 / batch.length;
          x.forEach((value, i) => g[o * I + i] += delta * value);
          g[O * I + o] += delta;
        }
      }
      return loss;
    };
  },
};
