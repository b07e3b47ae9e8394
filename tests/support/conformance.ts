import assert from "node:assert/strict";
import { verify } from "../../src/check/verify_kernel.ts";
import { mean } from "../../src/stats/statistics.ts";
import { initialParameters } from "../../src/model/initialise.ts";
import {
  canonicalLayout,
  type Layout,
  readParameters,
  writeParameters,
} from "../../src/model/layout.ts";
import {
  HIDDEN_ACTIVATIONS,
  INITIALISATIONS,
  type Network,
  OUTPUT_LOSSES,
} from "../../src/model/network.ts";
import { referenceGradient } from "../../src/model/reference.ts";
import type { GradientImplementation, Kernel, Problem } from "../../src/gradients/contract.ts";
import { arrayBytesMade } from "./array_bytes.ts";
import { networkOf, problemOf } from "./problems.ts";

/** A requirement on every implementation: `check` throws if it is not met. */
interface ConformanceCheck {
  readonly title: string;
  check(implementation: GradientImplementation): Promise<void>;
}

const NETWORK = networkOf([9, 7, 5, 3]);

/** One layer; widths that no block of 2, 4 or 8 divides; widths of 1; a multiple of every block. */
const SHAPES = [[4, 3], [9, 7, 5, 3], [6, 1, 2], [13, 4, 8, 8, 10], [784, 16, 16, 10]];

/** Steps of images with few pixels, usual ones and such without a pixel of 0; one layer, several, and a wide one. */
const STEPPED = [
  {
    layerSizes: [90, 3],
    pixels: "few pixels",
    keep: (byte: number, index: number) => index % 10 === 0 ? byte : 0,
  },
  { layerSizes: [40, 16, 5], pixels: "some pixels", keep: (byte: number) => byte },
  {
    layerSizes: [30, 70, 4],
    pixels: "no pixel of 0",
    keep: (byte: number, index: number) => byte || 1 + index % 255,
  },
];

const shapeChecks: ConformanceCheck[] = SHAPES.flatMap((layerSizes) =>
  HIDDEN_ACTIVATIONS.flatMap((hiddenActivation) =>
    OUTPUT_LOSSES.map((outputLoss) => ({
      title: `agrees with the oracle: ${layerSizes.join("-")}, ${hiddenActivation}, ${outputLoss}`,
      async check(implementation) {
        const problem = problemOf({ layerSizes, hiddenActivation, outputLoss }, 23, 10);
        const { kernel, parameters } = await openAtStart(implementation, problem);
        // An epoch of minibatches of 10, whose third is ragged, and other lengths.
        for (const batch of [[0, 10], [10, 20], [20, 23], [4, 5], [6, 8], [1, 8], [22, 23]]) {
          await agree(kernel, implementation, problem, parameters, rows(batch[0], batch[1]));
        }
      },
    }))
  )
);

const otherChecks: ConformanceCheck[] = [
  {
    title: "a minibatch longer than any chunk agrees with the oracle",
    async check(implementation) {
      const problem = problemOf(NETWORK, 150, 150);
      const { kernel, parameters } = await openAtStart(implementation, problem);
      await agree(kernel, implementation, problem, parameters, rows(0, 150));
      await agree(kernel, implementation, problem, parameters, rows(7, 136));
    },
  },
  {
    title: "a row that occurs twice in a minibatch counts twice",
    async check(implementation) {
      const problem = problemOf(NETWORK, 5, 4);
      const { kernel, parameters } = await openAtStart(implementation, problem);
      await agree(kernel, implementation, problem, parameters, Uint32Array.of(3, 1, 3));
    },
  },
  {
    title: "the gradient is overwritten: a second call gives the same numbers",
    async check(implementation) {
      const problem = problemOf(NETWORK, 12, 10);
      const { kernel } = await openAtStart(implementation, problem);
      const first = await compute(kernel, problem.network, rows(0, 7));
      await compute(kernel, problem.network, rows(2, 12));
      const second = await compute(kernel, problem.network, rows(0, 7));
      assert.deepEqual(second, first);
    },
  },
  {
    title: "parameters, minibatch and data stay as they are",
    async check(implementation) {
      const problem = problemOf(NETWORK, 12, 10);
      const { kernel } = await openAtStart(implementation, problem);
      const batch = rows(1, 9);
      const before = structuredClone({
        parameters: kernel.parameters.slice(), // a shared memory would not be cloned
        batch,
        dataset: problem.dataset,
      });
      await compute(kernel, problem.network, batch);
      assert.deepEqual(
        { parameters: kernel.parameters, batch, dataset: problem.dataset },
        before,
      );
    },
  },
  {
    title: "values in the padding of the parameters change nothing",
    async check(implementation) {
      const problem = problemOf(NETWORK, 12, 10);
      const { kernel } = await openAtStart(implementation, problem);
      const expected = await compute(kernel, problem.network, rows(0, 10));
      for (const at of paddingOf(kernel.layout)) kernel.parameters[at] = NaN;
      assert.deepEqual(await compute(kernel, problem.network, rows(0, 10)), expected);
    },
  },
  {
    title: "every parameter has its own place in arrays of the declared precision",
    async check(implementation) {
      const problem = problemOf(NETWORK, 12, 10);
      const { kernel, parameters } = await openAtStart(implementation, problem);
      const ArrayType = implementation.precision === "float32" ? Float32Array : Float64Array;
      for (const array of [kernel.parameters, kernel.gradient]) {
        assert.ok(array instanceof ArrayType);
        assert.equal(array.length, kernel.layout.length);
      }
      assert.deepEqual(
        readParameters(kernel.parameters, kernel.layout, problem.network),
        parameters,
      );
      const places = paddingOf(kernel.layout);
      assert.equal(places.length, kernel.layout.length - parameters.length);
    },
  },
  {
    title: "two kernels of one implementation do not disturb each other",
    async check(implementation) {
      const problem = problemOf(NETWORK, 12, 10);
      const one = await openAtStart(implementation, problem);
      const expected = await compute(one.kernel, problem.network, rows(0, 10));
      const other = await openAtStart(implementation, problemOf(NETWORK, 30, 4));
      await compute(other.kernel, problem.network, rows(20, 24));
      assert.deepEqual(await compute(one.kernel, problem.network, rows(0, 10)), expected);
    },
  },
  {
    title: "its memory does not grow with the number of examples",
    async check(implementation) {
      const small = problemOf(NETWORK, 20, 10);
      const large = problemOf(NETWORK, 20_000, 10);
      const bytes = async (problem: Problem) =>
        await arrayBytesMade(async () => {
          const { kernel } = await openAtStart(implementation, problem);
          await compute(kernel, problem.network, rows(0, 10));
        });
      assert.equal(await bytes(large), await bytes(small));
    },
  },
  {
    title: "its own descend takes the step that the next gradient starts from",
    async check(implementation) {
      const problem = problemOf(NETWORK, 12, 10);
      const { kernel, parameters } = await openAtStart(implementation, problem);
      if (kernel.descend === undefined) return;
      await agree(kernel, implementation, problem, parameters, rows(0, 10));
      await kernel.descend(RATE);
      // Without push or pull in between, the kernel's own parameters count.
      const loss = await kernel.lossAndGradient(rows(2, 12));
      if (kernel.mode === "async") await kernel.pull?.();
      const stepped = readParameters(kernel.parameters, kernel.layout, problem.network);
      const expected = new Float64Array(parameters.length);
      referenceGradient(problem.network, parameters, problem.dataset, rows(0, 10), expected);
      const wanted = parameters.map((value, p) => value - RATE * expected[p]);
      const tolerance = TOLERANCE[implementation.precision];
      assert.ok(distance(stepped, wanted) <= tolerance * distance(wanted, parameters));
      assert.ok(
        Math.abs(
          referenceGradient(problem.network, stepped, problem.dataset, rows(2, 12), expected) -
            loss,
        ) <=
          tolerance * loss,
      );
    },
  },
  {
    title: "its own step is the update by its gradient, whatever was computed before",
    async check(implementation) {
      const problem = problemOf(NETWORK, 40, 20);
      const { kernel, parameters } = await openAtStart(implementation, problem);
      if (kernel.mode !== "sync" || kernel.step === undefined) return;
      const { network, dataset } = problem;
      const read = () => readParameters(kernel.parameters, kernel.layout, network);
      const tolerance = TOLERANCE[implementation.precision];
      let wanted = parameters;
      for (const batch of [[0, 20], [20, 23], [3, 4], [0, 20], [30, 40]]) {
        kernel.gradient.fill(NaN); // a step may not read it
        const loss: number = kernel.step(rows(batch[0], batch[1]), RATE);
        const expected = new Float64Array(parameters.length);
        const batchRows = rows(batch[0], batch[1]);
        const expectedLoss = referenceGradient(network, wanted, dataset, batchRows, expected);
        wanted = wanted.map((value, p) => value - RATE * expected[p]);
        assert.ok(Math.abs(loss - expectedLoss) <= 10 * tolerance * expectedLoss);
        assert.ok(distance(read(), wanted) <= tolerance * norm(wanted));
        await agree(kernel, implementation, problem, read(), batchRows);
      }
    },
  },
  {
    title:
      "minibatches of equal images are verified as right: roundings that repeat stay within the bound",
    async check(implementation) {
      for (const maxBatchSize of [16, 40]) {
        const plain = problemOf(networkOf([40, 16, 5]), 60, maxBatchSize);
        const { pixels, labels, features } = plain.dataset;
        const dataset = {
          ...plain.dataset,
          pixels: pixels.map((_, index) => pixels[index % features]),
          labels: labels.map(() => labels[0]),
        };
        const problem = { ...plain, dataset };
        for (const initialisation of INITIALISATIONS) {
          const kernel = await implementation.open(problem);
          const initial = initialParameters(problem.network, initialisation, 3);
          const result = await verify(kernel, implementation.precision, problem, initial);
          assert.notEqual(result.verdict, "wrong", JSON.stringify(result));
        }
      }
    },
  },
  {
    title: "weights 8 times as large are verified as right, however deep the relu",
    async check(implementation) {
      for (const layerSizes of [[40, 16, 5], [40, 16, 16, 16, 5]]) {
        const problem = problemOf(networkOf(layerSizes, "relu", "softmax-cross-entropy"), 60, 16);
        const kernel = await implementation.open(problem);
        const initial = initialParameters(problem.network, "scaled-normal", 3);
        const strict = { mostCrossEntropy: Infinity };
        const result = await verify(kernel, implementation.precision, problem, initial, strict);
        assert.notEqual(result.verdict, "wrong", JSON.stringify(result));
      }
    },
  },
  ...STEPPED.map(({ layerSizes, pixels, keep }): ConformanceCheck => ({
    title: `its own step is right however long the minibatch: ${layerSizes.join("-")}, ${pixels}`,
    async check(implementation) {
      const plain = problemOf(networkOf(layerSizes), 150, 130);
      const { network } = plain;
      const dataset = { ...plain.dataset, pixels: plain.dataset.pixels.map(keep) };
      const problem = { ...plain, dataset };
      const { kernel } = await openAtStart(implementation, problem);
      if (kernel.mode !== "sync" || kernel.step === undefined) return;
      const read = () => readParameters(kernel.parameters, kernel.layout, network);
      const tolerance = TOLERANCE[implementation.precision];
      for (const length of [1, 7, 16, 17, 33, 64, 65, 130]) {
        const batch = rows(3, 3 + length);
        const before = read();
        const expected = new Float64Array(before.length);
        const expectedLoss = referenceGradient(network, before, dataset, batch, expected);
        const loss: number = kernel.step(batch, RATE);
        const wanted = before.map((value, p) => value - RATE * expected[p]);
        assert.ok(
          Math.abs(loss - expectedLoss) <= 10 * tolerance * expectedLoss,
          `${length}: loss`,
        );
        const error = distance(read(), wanted);
        assert.ok(error <= tolerance * norm(wanted), `${length}: ${error} of ${norm(wanted)}`);
        // A gradient in between must neither find sums of a step nor leave any.
        await agree(kernel, implementation, problem, read(), rows(length, length + 2));
      }
    },
  })),
];

/** All checks; run each in its own test. */
export const CONFORMANCE: readonly ConformanceCheck[] = [...shapeChecks, ...otherChecks]
  .map(({ title, check }) => ({ title, check: (one) => closingKernels(one, check) }));

/** Runs a check and closes every kernel that it opened, because threads and devices would stay. */
async function closingKernels(
  implementation: GradientImplementation,
  check: ConformanceCheck["check"],
): Promise<void> {
  const opened: Kernel[] = [];
  try {
    await check({
      ...implementation,
      async open(problem) {
        const kernel = await implementation.open(problem);
        opened.push(kernel);
        return kernel;
      },
    });
  } finally {
    for (const kernel of opened) await kernel[Symbol.asyncDispose]();
  }
}

/** A kernel with seeded initial parameters, and these in canonical order. */
export async function openAtStart(
  implementation: GradientImplementation,
  problem: Problem,
): Promise<{ kernel: Kernel; parameters: Float64Array }> {
  const kernel = await implementation.open(problem);
  const parameters = initialParameters(problem.network, "scaled-normal", 1);
  writeParameters(parameters, problem.network, kernel.layout, kernel.parameters);
  if (kernel.mode === "async") await kernel.push?.();
  return { kernel, parameters };
}

/** Loss and gradient (canonical order); the gradient is filled with NaN first. */
async function compute(
  kernel: Kernel,
  network: Network,
  batch: Uint32Array,
): Promise<{ loss: number; gradient: Float64Array }> {
  kernel.gradient.fill(NaN);
  if (kernel.mode === "async") await kernel.push?.();
  const loss = await kernel.lossAndGradient(batch);
  if (kernel.mode === "async") await kernel.pull?.();
  return { loss, gradient: readParameters(kernel.gradient, kernel.layout, network) };
}

/** About 100 roundings: sums are short here. error_bound.ts derives a bound for long ones. */
const TOLERANCE = { float32: 1e-5, float64: 1e-13 } as const;

/** Learning rate of the step that is compared. */
const RATE = 0.5;

async function agree(
  kernel: Kernel,
  { precision }: GradientImplementation,
  { network, dataset }: Problem,
  parameters: Float64Array,
  batch: Uint32Array,
): Promise<void> {
  const { loss, gradient } = await compute(kernel, network, batch);
  const expected = new Float64Array(parameters.length);
  const expectedLoss = referenceGradient(network, parameters, dataset, batch, expected);
  const gradients = Array.from(batch, (row) => {
    const ofRow = new Float64Array(parameters.length);
    referenceGradient(network, parameters, dataset, Uint32Array.of(row), ofRow);
    return ofRow;
  });
  const tolerance = TOLERANCE[precision];
  const place = `minibatch of ${batch.length}`;
  const lossError = Math.abs(loss - expectedLoss) / expectedLoss;
  assert.ok(lossError <= tolerance, `${place}: loss ${loss}, expected ${expectedLoss}`);
  for (const [l, layer] of canonicalLayout(network).layers.entries()) {
    const end = layer.biasOffset + layer.outputs;
    for (const [start, stop] of [[layer.weightOffset, layer.biasOffset], [layer.biasOffset, end]]) {
      const error = distance(gradient.subarray(start, stop), expected.subarray(start, stop));
      // Relative to the terms of the mean, because they may cancel. A layer of dead relus has only zeros.
      const size = mean(gradients.map((ofRow) => norm(ofRow.subarray(start, stop))));
      assert.ok(error <= tolerance * size, `${place}, layer ${l + 1}: ${error} of ${size}`);
    }
  }
}

const norm = (vector: Float64Array): number => distance(vector, new Float64Array(vector.length));

function distance(one: Float64Array, other: Float64Array): number {
  return Math.sqrt(one.reduce((sum, value, i) => sum + (value - other[i]) ** 2, 0));
}

function rows(start: number, end: number): Uint32Array {
  return Uint32Array.from({ length: end - start }, (_, n) => start + n);
}

/** Indices of a layout's array that belong to no parameter. */
function paddingOf(layout: Layout): number[] {
  const taken = new Set<number>();
  for (const layer of layout.layers) {
    for (let o = 0; o < layer.outputs; o++) {
      taken.add(layer.biasOffset + o * layer.biasStride);
      for (let i = 0; i < layer.inputs; i++) {
        taken.add(layer.weightOffset + o * layer.outStride + i * layer.inStride);
      }
    }
  }
  return Array.from({ length: layout.length }, (_, at) => at).filter((at) => !taken.has(at));
}
