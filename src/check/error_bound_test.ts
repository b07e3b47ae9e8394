import assert from "node:assert/strict";
import test from "node:test";
import type { Dataset } from "../data/dataset.ts";
import type { SyncKernel } from "../gradients/contract.ts";
import { initialParameters } from "../model/initialise.ts";
import { canonicalLayout } from "../model/layout.ts";
import {
  HIDDEN_ACTIVATIONS,
  INITIALISATIONS,
  type Network,
  OUTPUT_LOSSES,
} from "../model/network.ts";
import { errorBound, ROUNDING, sumError } from "./error_bound.ts";
import { verify } from "./verify_kernel.ts";
import { NETWORK, problemOf } from "../../tests/support/canonical_kernel.ts";

const f = Math.fround;

/** The least accurate honest kernel: every operation rounded to float32, long sums one term at a time. */
function allFloat32(network: Network, dataset: Dataset): SyncKernel {
  const layout = canonicalLayout(network);
  const parameters = new Float32Array(layout.length);
  const gradient = new Float32Array(layout.length);
  const last = layout.layers.length - 1;
  const sigmoid = (z: number) => f(1 / f(1 + f(Math.exp(-z))));
  const activate = (z: number) =>
    network.hiddenActivation === "sigmoid"
      ? sigmoid(z)
      : network.hiddenActivation === "tanh"
      ? f(Math.tanh(z))
      : Math.max(z, 0);
  const slope = (a: number) =>
    network.hiddenActivation === "sigmoid"
      ? f(a * f(1 - a))
      : network.hiddenActivation === "tanh"
      ? f(1 - f(a * a))
      : +(a > 0);

  const lossAndGradient = (batch: Uint32Array): number => {
    gradient.fill(0);
    let lossSum = 0;
    for (const row of batch) {
      const start = row * dataset.features;
      const pixels = dataset.pixels.subarray(start, start + dataset.features);
      const a = [Float32Array.from(pixels, (byte) => f(byte * f(1 / 255)))];
      for (const [l, { inputs, outputs, weightOffset, biasOffset }] of layout.layers.entries()) {
        a.push(
          new Float32Array(outputs).map((_, o) => {
            let z = parameters[biasOffset + o];
            for (let i = 0; i < inputs; i++) {
              z = f(z + f(parameters[weightOffset + o * inputs + i] * a[l][i]));
            }
            return l === last ? z : activate(z);
          }),
        );
      }
      const label = dataset.labels[row];
      let delta: Float32Array;
      if (network.outputLoss === "sigmoid-quadratic") {
        const out = a[last + 1].map(sigmoid);
        out.forEach((y, k) => lossSum = f(lossSum + f(f(y - +(k === label)) ** 2) / 2));
        delta = out.map((y, k) => f(f(y - +(k === label)) * f(y * f(1 - y))));
      } else {
        const greatest = Math.max(...a[last + 1]);
        const e = a[last + 1].map((z) => f(Math.exp(f(z - greatest))));
        const sum = e.reduce((total, value) => f(total + value), 0);
        lossSum = f(lossSum + f(f(f(Math.log(sum)) + greatest) - a[last + 1][label]));
        delta = e.map((value, k) => f(f(value / sum) - +(k === label)));
      }
      for (let l = last; l >= 0; l--) {
        const { inputs, outputs, weightOffset, biasOffset } = layout.layers[l];
        const below = new Float32Array(inputs);
        for (let o = 0; o < outputs; o++) {
          gradient[biasOffset + o] = f(gradient[biasOffset + o] + f(delta[o] / batch.length));
          for (let i = 0; i < inputs; i++) {
            const at = weightOffset + o * inputs + i;
            below[i] = f(below[i] + f(parameters[at] * delta[o]));
            gradient[at] = f(gradient[at] + f(f(delta[o] / batch.length) * a[l][i]));
          }
        }
        delta = below.map((sum, i) => f(sum * slope(a[l][i])));
      }
    }
    return lossSum / batch.length;
  };
  return {
    mode: "sync",
    layout,
    parameters,
    gradient,
    lossAndGradient,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

for (const hiddenActivation of HIDDEN_ACTIVATIONS) {
  for (const outputLoss of OUTPUT_LOSSES) {
    test(`float32 in every operation stays within the bound: ${hiddenActivation}, ${outputLoss}`, async () => {
      const layerSizes = [784, 16, 16, 10];
      const problem = problemOf({ layerSizes, hiddenActivation, outputLoss });
      const kernel = allFloat32(problem.network, problem.dataset);
      for (const initialisation of INITIALISATIONS) {
        for (let seed = 1; seed <= 4; seed++) {
          const initial = initialParameters(problem.network, initialisation, seed);
          const result = await verify(kernel, "float32", problem, initial, { seed });
          assert.equal(result.verdict, "lower-precision", JSON.stringify(result));
        }
      }
    });
  }
}

test("the bound grows with n for short sums and with √n for long ones", () => {
  assert.equal(sumError(4, 1), 4 + 2);
  assert.equal(sumError(10_000, 1), 6 * 100 + 2);
});

test("the bound is proportional to the unit roundoff, but for terms of second order", () => {
  const { network, dataset } = problemOf();
  const parameters = initialParameters(network, "scaled-normal", 1);
  const rows = Uint32Array.of(0, 1, 2);
  const [low, high] = [ROUNDING.float32, ROUNDING.float64].map((rounding) =>
    errorBound(network, parameters, dataset, rows, 3, rounding)
  );
  assert.ok(Math.abs(low.loss / high.loss / 2 ** 29 - 1) < 1e-4);
  low.gradient.forEach((bound, p) => {
    // A weight at a pixel that is 0 in every row has no error but underflow.
    if (bound > ROUNDING.float32.tiny) {
      assert.ok(Math.abs(bound / high.gradient[p] / 2 ** 29 - 1) < 1e-4);
    }
  });
});

test("where every output is saturated, a kernel may keep σ at its floor, but not more", () => {
  const network: Network = { ...NETWORK, outputLoss: "sigmoid-quadratic" };
  const { dataset } = problemOf(network);
  const parameters = new Float64Array(canonicalLayout(network).length);
  const top = canonicalLayout(network).layers.at(-1)!;
  // z is the bias: right and far from 0 for the label of the first row.
  parameters.fill(-200, top.biasOffset, top.biasOffset + top.outputs);
  parameters[top.biasOffset + dataset.labels[0]] = 200;
  const bound = errorBound(network, parameters, dataset, Uint32Array.of(0), 1, ROUNDING.float32);
  const floor = 1 / (1 + Math.exp(30));
  const loss = top.outputs * floor ** 2 / 2;
  assert.ok(bound.loss > loss, `${bound.loss}`);
  assert.ok(bound.gradient[top.biasOffset] > floor ** 2, `${bound.gradient[top.biasOffset]}`);
  // No error that would matter: these are far below the roundoff of the parameters.
  assert.ok(bound.loss < 1e-11 && Math.max(...bound.gradient) < 1e-11);
});

test("at the kink of relu the bound lets a kernel choose either slope", () => {
  const network: Network = { ...NETWORK, hiddenActivation: "relu" };
  const { dataset } = problemOf(network);
  const rows = Uint32Array.of(0);
  const parameters = initialParameters(network, "scaled-normal", 1);
  const { layers: [first] } = canonicalLayout(network);
  const biasBound = (): number =>
    errorBound(network, parameters, dataset, rows, 1, ROUNDING.float64).gradient[first.biasOffset];
  parameters[first.biasOffset] = 1;
  const away = biasBound();
  parameters.fill(0, first.weightOffset, first.weightOffset + first.inputs);
  parameters[first.biasOffset] = 0; // z of neuron 0 is 0
  assert.ok(away < 1e-12, `${away}`);
  assert.ok(biasBound() > 1e-4, `${biasBound()}`);
});
