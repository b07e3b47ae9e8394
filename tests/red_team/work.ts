/**
 * The honest work that the cheats of this folder leave undone: the gradient of a network of sigmoid layers with
 * quadratic loss, canonical layout. Imports nothing, as a plug-in does.
 */
export interface Problem {
  network: { layerSizes: readonly number[] };
  dataset: { count: number; features: number; pixels: Uint8Array; labels: Uint8Array };
}

export type Numbers = Float32Array | Float64Array;

/** What a plug-in of the short form prepares. */
export type Compute = (parameters: Numbers, batch: Uint32Array, gradient: Numbers) => number;

/** Calls after which verification is over: it takes 15, and another one to find out whether a kernel is sync. */
export const VERIFIED = 40;

/** Mean loss over the rows `batch`; fills `gradient`. `round` is applied to every activation and product. */
export function work(
  { network: { layerSizes }, dataset }: Problem,
  parameters: Numbers,
  batch: Uint32Array,
  gradient: Numbers,
  round: (value: number) => number = (value) => value,
): number {
  const { features, pixels, labels } = dataset;
  const last = layerSizes.length - 1;
  gradient.fill(0);
  let loss = 0;
  for (const row of batch) {
    const activations = [
      Array.from({ length: features }, (_, i) => pixels[row * features + i] / 255),
    ];
    for (let l = 1, at = 0; l <= last; l++) {
      const [inputs, outputs] = [layerSizes[l - 1], layerSizes[l]];
      const a: number[] = [];
      for (let o = 0; o < outputs; o++) {
        let z = parameters[at + inputs * outputs + o];
        for (let i = 0; i < inputs; i++) {
          z += parameters[at + o * inputs + i] * activations[l - 1][i];
        }
        a.push(round(1 / (1 + Math.exp(-z))));
      }
      activations.push(a);
      at += (inputs + 1) * outputs;
    }
    let delta = activations[last].map((a, k) => {
      const error = a - (labels[row] === k ? 1 : 0);
      loss += 0.5 * error * error / batch.length;
      return error * a * (1 - a);
    });
    for (let l = last, end = gradient.length; l >= 1; l--) {
      const [inputs, outputs] = [layerSizes[l - 1], layerSizes[l]];
      const at = end - (inputs + 1) * outputs;
      const below = new Array<number>(inputs).fill(0);
      for (let o = 0; o < outputs; o++) {
        for (let i = 0; i < inputs; i++) {
          gradient[at + o * inputs + i] += round(delta[o] * activations[l - 1][i]) / batch.length;
          below[i] += parameters[at + o * inputs + i] * delta[o];
        }
        gradient[at + inputs * outputs + o] += delta[o] / batch.length;
      }
      delta = below.map((sum, i) => sum * activations[l - 1][i] * (1 - activations[l - 1][i]));
      end = at;
    }
  }
  return loss;
}

/** A kernel of the full form in the canonical layout around `compute`. */
export function kernel({ network: { layerSizes } }: Problem, compute: Compute) {
  let length = 0;
  const layers = layerSizes.slice(1).map((outputs, l) => {
    const inputs = layerSizes[l];
    const weightOffset = length;
    length += (inputs + 1) * outputs;
    return {
      inputs,
      outputs,
      weightOffset,
      outStride: inputs,
      inStride: 1,
      biasOffset: weightOffset + inputs * outputs,
      biasStride: 1,
    };
  });
  const parameters = new Float64Array(length);
  const gradient = new Float64Array(length);
  return {
    mode: "sync",
    layout: { length, layers },
    parameters,
    gradient,
    lossAndGradient: (batch: Uint32Array) => compute(parameters, batch, gradient),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
