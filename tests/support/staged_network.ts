/**
 * A network written stage by stage, each stage exchangeable, so that any mistakes can be planted together. It shares no
 * code with src/diagnose/, so that diagnose is not tested with its own formulas.
 */
import type { ShortFormImplementation } from "../../src/gradients/contract.ts";
import type { Network } from "../../src/model/network.ts";
import {
  backward,
  forward,
  type Layer,
  overRows,
  type RowPass,
  type Stages,
} from "./staged_passes.ts";

export function staged(stages: Stages): ShortFormImplementation {
  return {
    name: "staged",
    summary: "a network with exchangeable stages",
    precision: "float64",
    prepare({ network, dataset }) {
      const layers = layersOf(network);
      let velocity: Float64Array<ArrayBuffer> | undefined;
      return (given, batch, gradient) => {
        const parameters = Float64Array.from(given);
        const passes = Array.from(batch, (row) => {
          const source = stages.source?.(row, dataset.count) ?? row;
          const { features } = dataset;
          const bytes = [...dataset.pixels.subarray(source * features, (source + 1) * features)];
          return () => forward(stages, network, layers, parameters, bytes, dataset.labels[row]);
        });
        const rows: RowPass[] = [];
        const sum = new Float64Array(gradient.length);
        if (stages.reduce === "sequential") {
          for (const start of passes) {
            const one = start();
            backward(stages, network, layers, parameters, one);
            const own = new Float64Array(sum.length);
            addProducts(stages, layers, one, one.x, own);
            own.forEach((g, p) => {
              sum[p] += g;
              parameters[p] -= 0.5 * g;
            });
            rows.push(one);
          }
        } else {
          rows.push(...passes.map((start) => start()));
          if (stages.softmaxOverRows) overRows(rows);
          for (const one of rows) backward(stages, network, layers, parameters, one);
          const counted = stages.reduce === "last" ? rows.slice(-1) : rows;
          for (const one of counted) {
            const inputs = stages.reduce === "means" ? meanInputs(rows) : one.x;
            addProducts(stages, layers, one, inputs, sum);
          }
        }
        const divisors = { sum: 1, twice: rows.length ** 2, last: 1 };
        const divisor = divisors[stages.reduce as keyof typeof divisors] ?? rows.length;
        let result = sum.map((g) => g / divisor);
        finish(stages, layers, given, result);
        if (stages.momentum !== undefined) {
          const { momentum } = stages;
          velocity = result.map((g, p) => g + momentum * (velocity?.[p] ?? 0));
          result = velocity;
        }
        gradient.set(stored(stages, layers, result));
        return lossOf(network, rows);
      };
    },
  };
}

function layersOf({ layerSizes }: Network): Layer[] {
  let at = 0;
  return layerSizes.slice(1).map((outputs, l) => {
    const inputs = layerSizes[l];
    const layer = { inputs, outputs, w: at, b: at + inputs * outputs };
    at = layer.b + outputs;
    return layer;
  });
}

function meanInputs(rows: readonly RowPass[]): number[][] {
  return rows[0].x.map((input, l) =>
    input.map((_, i) => rows.reduce((sum, one) => sum + one.x[l][i], 0) / rows.length)
  );
}

function addProducts(
  stages: Stages,
  layers: readonly Layer[],
  pass: RowPass,
  x: readonly (readonly number[])[],
  sum: Float64Array,
): void {
  stages.odd?.(pass, layers);
  for (const [l, { inputs, outputs, w, b }] of layers.entries()) {
    const kind = stages.product?.[l + 1];
    const input = kind === "below" ? x[l - 1] : kind === "z" ? pass.z[l - 1] : x[l];
    const delta = pass.delta[l];
    const total = delta.reduce((all, one) => all + one, 0);
    const [ofW, ofB] = [stages.times?.[`w${l + 1}`] ?? 1, stages.times?.[`b${l + 1}`] ?? 1];
    for (let o = 0; o < outputs; o++) {
      let rowSum = 0;
      for (let i = 0; i < inputs; i++) {
        const product = delta[o] * (input[i] ?? 0);
        rowSum += product;
        sum[w + o * inputs + i] += ofW * product;
      }
      const choice = stages.bias?.[l + 1];
      const bias = choice === "sum"
        ? total
        : choice === "row-sum"
        ? rowSum
        : choice === "error"
        ? pass.error[l][o]
        : delta[o];
      sum[b + o] += ofB * bias;
    }
  }
}

function finish(
  { decay, signDecay, biasDecay, clip, clipNorm, finish: last }: Stages,
  layers: readonly Layer[],
  parameters: ArrayLike<number>,
  result: Float64Array,
): void {
  for (const { w, b, outputs } of layers) {
    for (let p = w; p < b; p++) {
      result[p] += (decay ?? 0) * parameters[p] + (signDecay ?? 0) * Math.sign(parameters[p]);
    }
    for (let p = b; p < b + outputs; p++) result[p] += (biasDecay ?? 0) * parameters[p];
  }
  if (clip) result.forEach((g, p) => result[p] = Math.min(clip, Math.max(-clip, g)));
  const length = Math.hypot(...result);
  if (clipNorm && length > clipNorm) result.forEach((g, p) => result[p] = g * clipNorm / length);
  if (last) result.forEach((g, p) => result[p] = last(g));
}

function stored(
  { layout }: Stages,
  layers: readonly Layer[],
  result: Float64Array,
): number[] {
  const parts = layers.map(({ inputs, outputs, w, b }) => {
    const weights = [...result.subarray(w, b)];
    const transposed = weights.map((_, at) =>
      weights[(at % outputs) * inputs + Math.floor(at / outputs)]
    );
    return {
      weights: layout === "transposed" ? transposed : weights,
      biases: [...result.subarray(b, b + outputs)],
    };
  });
  if (layout === "weights-then-biases") {
    return [...parts.flatMap(({ weights }) => weights), ...parts.flatMap(({ biases }) => biases)];
  }
  return parts.flatMap(({ weights, biases }) =>
    layout === "biases-first" ? [...biases, ...weights] : [...weights, ...biases]
  );
}

function lossOf({ outputLoss }: Network, rows: readonly RowPass[]): number {
  const losses = rows.map(({ a, y }) =>
    outputLoss === "softmax-cross-entropy"
      ? a.reduce((sum, value, k) => y[k] > 0 ? sum - y[k] * Math.log(value) : sum, 0)
      : a.reduce((sum, value, k) => sum + (value - y[k]) ** 2 / 2, 0)
  );
  return losses.reduce((sum, one) => sum + one, 0) / rows.length;
}
