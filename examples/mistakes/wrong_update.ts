interface Problem {
  network: { layerSizes: readonly number[] };
  dataset: { pixels: Uint8Array; labels: Uint8Array };
}

export default {
  name: "wrong_update",
  summary: "one layer of sigmoids; its own update climbs",
  precision: "float64",
  open({ network: { layerSizes: [I, O] }, dataset: { pixels, labels } }: Problem) {
    const [w, g] = [new Float64Array(O * I + O), new Float64Array(O * I + O)];
    const place = { inputs: I, outputs: O, weightOffset: 0, biasOffset: O * I };
    return {
      mode: "sync",
      layout: {
        length: w.length,
        layers: [{ ...place, outStride: I, inStride: 1, biasStride: 1 }],
      },
      parameters: w,
      gradient: g,
      lossAndGradient(batch: Uint32Array): number {
        let loss = 0;
        g.fill(0);
        for (const row of batch) {
          const x = Array.from(pixels.subarray(row * I, row * I + I), (byte) => byte / 255);
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
      },
      descend(rate: number) {
        for (let p = 0; p < w.length; p++) w[p] += rate * g[p]; // wrong: it climbs
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};
