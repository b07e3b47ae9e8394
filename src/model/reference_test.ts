import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { randomFrom } from "../base/random.ts";
import type { Dataset } from "../data/dataset.ts";
import { initialParameters } from "./initialise.ts";
import { canonicalLayout, parameterCount } from "./layout.ts";
import { HIDDEN_ACTIVATIONS, type Network, OUTPUT_LOSSES } from "./network.ts";
import { referenceGradient } from "./reference.ts";
import { networkOf } from "../../tests/support/problems.ts";

/** One case of tests/golden/gradients.json, which PyTorch's autograd computed in float64. */
interface GoldenCase extends Network {
  readonly name: string;
  readonly pixels: number[][];
  readonly labels: number[];
  readonly weights: number[][][];
  readonly biases: number[][];
  readonly loss: number;
  readonly weightGradients: number[][][];
  readonly biasGradients: number[][];
}

const golden: { cases: GoldenCase[] } = JSON.parse(
  readFileSync(new URL("../../tests/golden/gradients.json", import.meta.url), "utf8"),
);

/** Nested lists, layer by layer, in the canonical order. */
function flatten(weights: number[][][], biases: number[][]): Float64Array {
  return Float64Array.from(weights.flatMap((w, l) => [...w.flat(), ...biases[l]]));
}

function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i] - expected[i]) ** 2;
    size += expected[i] ** 2;
  }
  return Math.sqrt(difference / size);
}

for (const golden_case of golden.cases) {
  test(`the oracle agrees with PyTorch to 1e-12: ${golden_case.name}`, () => {
    const dataset: Dataset = {
      count: golden_case.labels.length,
      features: golden_case.layerSizes[0],
      classes: golden_case.layerSizes[golden_case.layerSizes.length - 1],
      pixels: Uint8Array.from(golden_case.pixels.flat()),
      labels: Uint8Array.from(golden_case.labels),
    };
    const parameters = flatten(golden_case.weights, golden_case.biases);
    const expected = flatten(golden_case.weightGradients, golden_case.biasGradients);
    const gradient = new Float64Array(parameters.length).fill(NaN);
    const batch = Uint32Array.from(golden_case.labels.keys());

    const loss = referenceGradient(golden_case, parameters, dataset, batch, gradient);

    assert.ok(Math.abs(loss / golden_case.loss - 1) <= 1e-12, `loss ${loss}`);
    for (const [l, layer] of canonicalLayout(golden_case).layers.entries()) {
      const { weightOffset, biasOffset, outputs } = layer;
      for (const [start, end] of [[weightOffset, biasOffset], [biasOffset, biasOffset + outputs]]) {
        const error = relativeError(gradient.subarray(start, end), expected.subarray(start, end));
        assert.ok(error <= 1e-12, `layer ${l + 1}: relative error ${error}`);
      }
    }
  });
}

const CONVENTION = { targets: [0.01, 0.99], pixels: "x*0.99+0.01", weightDecay: 0.02 } as const;

for (const hiddenActivation of HIDDEN_ACTIVATIONS) {
  for (const outputLoss of OUTPUT_LOSSES) {
    for (const convention of [undefined, CONVENTION]) {
      const told = `${hiddenActivation}, ${outputLoss}${convention ? ", with a convention" : ""}`;
      test(`the oracle agrees with central differences: ${told}`, () => {
        const network: Network = {
          layerSizes: [6, 5, 4, 3],
          hiddenActivation,
          outputLoss,
          convention,
        };
        const random = randomFrom(7, "pixels");
        const dataset: Dataset = {
          count: 5,
          features: 6,
          classes: 3,
          pixels: Uint8Array.from({ length: 30 }, () => random.integer(256)),
          labels: Uint8Array.from({ length: 5 }, () => random.integer(3)),
        };
        const batch = Uint32Array.of(4, 1, 2);
        const parameters = initialParameters(network, "scaled-normal", 3);
        const gradient = new Float64Array(parameterCount(network));
        referenceGradient(network, parameters, dataset, batch, gradient);

        // (L(p + h) − L(p − h)) / 2h: truncation about h², rounding about 2⁻⁵³ / h; h = 2⁻¹⁷ balances them.
        const step = 2 ** -17;
        const scratch = new Float64Array(gradient.length);
        const lossAt = (index: number, shift: number): number => {
          const moved = parameters.slice();
          moved[index] += shift;
          return referenceGradient(network, moved, dataset, batch, scratch);
        };
        const differences = gradient.map((_, i) =>
          (lossAt(i, step) - lossAt(i, -step)) / (2 * step)
        );
        const error = relativeError(differences, gradient);
        assert.ok(error < 1e-8, `relative error ${error}`);
      });
    }
  }
}

test("the oracle overwrites the gradient and leaves parameters, batch and data alone", () => {
  const network = networkOf([4, 3]);
  const dataset: Dataset = {
    count: 2,
    features: 4,
    classes: 3,
    pixels: Uint8Array.of(0, 5, 200, 0, 9, 0, 0, 255),
    labels: Uint8Array.of(2, 0),
  };
  const parameters = initialParameters(network, "uniform", 1);
  const batch = Uint32Array.of(1, 0);
  const before = structuredClone({ parameters, batch, dataset });
  const first = new Float64Array(15);
  const second = new Float64Array(15).fill(1e9);
  referenceGradient(network, parameters, dataset, batch, first);
  referenceGradient(network, parameters, dataset, batch, second);
  assert.deepEqual(second, first);
  assert.deepEqual({ parameters, batch, dataset }, before);
});
