import assert from "node:assert/strict";
import test from "node:test";
import {
  canonicalLayout,
  type Layout,
  parameterCount,
  readParameters,
  writeParameters,
} from "./layout.ts";
import { networkOf } from "../../tests/support/problems.ts";

const network = networkOf([3, 2, 1]);
const canonical = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

/** Layer 1 pixel-major and padded to 4 neurons; a hole between the layers. */
const padded: Layout = {
  length: 24,
  layers: [
    {
      inputs: 3,
      outputs: 2,
      weightOffset: 0,
      outStride: 1,
      inStride: 4,
      biasOffset: 12,
      biasStride: 1,
    },
    {
      inputs: 2,
      outputs: 1,
      weightOffset: 20,
      outStride: 2,
      inStride: 1,
      biasOffset: 23,
      biasStride: 1,
    },
  ],
};

test("parameters are counted: weights and biases of every layer", () => {
  assert.equal(parameterCount(network), 3 * 2 + 2 + 2 * 1 + 1);
  assert.equal(parameterCount({ ...network, layerSizes: [784, 16, 16, 10] }), 13_002);
});

test("the canonical layout is weights [out][in], then biases, layer by layer, without holes", () => {
  const layout = canonicalLayout(network);
  assert.equal(layout.length, 11);
  assert.deepEqual(layout.layers.map((l) => [l.weightOffset, l.biasOffset]), [[0, 6], [8, 10]]);
  const into = new Float64Array(11);
  writeParameters(canonical, network, layout, into);
  assert.deepEqual(into, canonical);
});

test("parameters go to their places in a pixel-major, padded layout and come back in order", () => {
  const into = new Float32Array(24).fill(-1);
  writeParameters(canonical, network, padded, into);
  assert.deepEqual(
    [...into],
    [1, 4, -1, -1, 2, 5, -1, -1, 3, 6, -1, -1, 7, 8, -1, -1, -1, -1, -1, -1, 9, 10, -1, 11],
  );
  assert.deepEqual(readParameters(into, padded, network), canonical);
});

test("lengths or layers that do not fit are a RangeError", () => {
  assert.throws(() => readParameters(new Float32Array(23), padded, network), RangeError);
  assert.throws(
    () => writeParameters(canonical.subarray(1), network, padded, new Float64Array(24)),
    RangeError,
  );
  assert.throws(
    () => readParameters(new Float64Array(11), { length: 11, layers: [] }, network),
    RangeError,
  );
});
