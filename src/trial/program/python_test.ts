import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { randomFrom } from "../../base/random.ts";
import type { AsyncKernel } from "../../gradients/contract.ts";
import { createEpochRunner } from "../../gradients/epochs.ts";
import { epochOrder, minibatches } from "../../model/order.ts";
import { eraseBiases, parameterCount } from "../../model/layout.ts";
import type { HiddenActivation, Network, OutputLoss } from "../../model/network.ts";
import { referenceGradient } from "../../model/reference.ts";
import { descend } from "../../model/sgd.ts";
import { verify } from "../../check/verify_kernel.ts";
import { withFolder } from "../../../tests/support/cli.ts";
import { networkOf, problemOf } from "../../../tests/support/problems.ts";
import { NEEDS_PYTHON, PYTHON } from "../../../tests/support/python.ts";
import { loadProgram } from "./load_program.ts";

const FOLDER = new URL("../../../tests/python/", import.meta.url);

interface Case {
  readonly layers?: readonly number[];
  readonly activation?: HiddenActivation;
  readonly loss?: OutputLoss;
  /** Its gradient is wrong. */
  readonly wrong?: true;
  /** Readings that it does not declare, in the order of docs/PYTHON.md. */
  readonly assumed?: Readonly<Record<string, string>>;
}

const CROSS_ENTROPY = { loss: "softmax-cross-entropy" } as const;

/** Programs in the forms that people write, each with the few lines that fit it to Slope. */
const CASES: Readonly<Record<string, Case>> = {
  columns_dictionary: {
    activation: "relu",
    ...CROSS_ENTROPY,
    assumed: { weights: "out,in", biases: "column", labels: "one-hot" },
  },
  columns_one_by_one: { assumed: { weights: "out,in" } },
  update_of_an_object: { assumed: { weights: "out,in" } },
  layer_objects: {
    activation: "tanh",
    ...CROSS_ENTROPY,
    assumed: { weights: "in,out", images: "rows", biases: "flat", labels: "integers" },
  },
  all_globals: {
    layers: [12, 7, 10],
    assumed: { weights: "in,out", images: "rows", biases: "flat" },
  },
  updates_in_layers: {},
  updated_weights: { wrong: true },
  classes_from_labels: CROSS_ENTROPY,
  single_precision: {},
  without_biases: {},
  one_flat_vector: {},
  from_a_notebook: {
    layers: [12, 10, 10],
    activation: "relu",
    ...CROSS_ENTROPY,
    assumed: { weights: "out,in", biases: "column", labels: "integers" },
  },
  kaggle_columns: {
    layers: [12, 7, 10],
    activation: "relu",
    ...CROSS_ENTROPY,
    assumed: { weights: "out,in", biases: "column", labels: "integers" },
    wrong: true,
  },
  eleven_lines: { layers: [12, 7, 10], assumed: { images: "rows" } },
  bytes_as_pixels: {},
  sum_declared: {},
  sum_undeclared: { wrong: true },
  per_example: {},
  squares_without_half: {},
  mean_over_classes: {},
  rows_in_a_loop: {
    assumed: { weights: "out,in", images: "rows", biases: "flat", labels: "one-hot" },
  },
  prints_everywhere: {},
  slope_missing: { wrong: true },
  biases_summed_up: { wrong: true },
  softmax_over_batch: { ...CROSS_ENTROPY, wrong: true },
};

const EXAMPLES = 45;
const BATCH = 7;
const RATE = 0.5;

for (const [name, expected] of Object.entries(CASES)) {
  test(
    `${name}.py is judged ${expected.wrong ? "wrong" : "right, and trains as the oracle does"}`,
    NEEDS_PYTHON,
    async () => {
      const { layers = [12, 7, 5, 10], activation, loss, assumed } = expected;
      const network: Network = {
        layerSizes: layers,
        hiddenActivation: activation ?? "sigmoid",
        outputLoss: loss ?? "sigmoid-quadratic",
      };
      const random = problemOf(network, EXAMPLES, BATCH);
      // Every class, as in any subset; few minibatches have the last one.
      const labels = random.dataset.labels.map((_, n) => n % 10);
      const problem = { ...random, dataset: { ...random.dataset, labels } };
      const [program] = await loadProgram(fileURLToPath(new URL(`${name}.py`, FOLDER)), PYTHON!);
      const kernel = await program.open(problem) as AsyncKernel;
      try {
        const taken = kernel.assumed?.map(({ name, value }) => [name, value]) ?? [];
        if (assumed) assert.deepEqual(Object.fromEntries(taken), assumed);
        const start = startOf(kernel, network);
        const { verdict, ...why } = await verify(kernel, program.precision, problem, start);
        assert.equal(verdict === "wrong", expected.wrong ?? false, JSON.stringify(why));
        if (expected.wrong) return;
        await trains(kernel, problem, start, program.precision === "float32" ? 1e-4 : 1e-9);
      } finally {
        await kernel[Symbol.asyncDispose]();
      }
    },
  );
}

function startOf({ layout, withoutBiases }: AsyncKernel, network: Network): Float64Array {
  const random = randomFrom(1, "start");
  const start = new Float64Array(layout.length).map(() => Math.fround(random.normal() / 2));
  return withoutBiases ? eraseBiases(network, start) : start;
}

/** Two epochs in the program give the parameters that the oracle's steps give. */
async function trains(
  kernel: AsyncKernel,
  { network, dataset }: ReturnType<typeof problemOf>,
  start: Float64Array,
  closeness: number,
): Promise<void> {
  const runner = createEpochRunner(kernel, {
    examples: EXAMPLES,
    batchSize: BATCH,
    rate: RATE,
    seed: 1,
  });
  kernel.parameters.set(start);
  await kernel.push!();
  const expected = start.slice();
  const gradient = new Float64Array(parameterCount(network));
  for (const epoch of [1, 2]) {
    await runner.shuffle(epoch);
    await runner.epoch();
    for (const batch of minibatches(epochOrder(EXAMPLES, 1, epoch), BATCH)) {
      referenceGradient(network, expected, dataset, batch, gradient);
      if (kernel.withoutBiases) eraseBiases(network, gradient);
      descend(expected, gradient, RATE);
    }
  }
  await kernel.pull!();
  const furthest = Math.max(...expected.map((value, p) => Math.abs(value - kernel.parameters[p])));
  assert.ok(furthest < closeness, `parameters differ by up to ${furthest}`);
}

test("a program may spawn processes of its own", NEEDS_PYTHON, async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "mine.py");
    const one = readFileSync(fileURLToPath(new URL("common.py", FOLDER)), "utf8");
    writeFileSync(
      file,
      `${one}
import multiprocessing
labels = "one-hot"
def of_rows(part):
    weights, biases, X, Y = part
    a = forward(weights, biases, X)
    return backward(weights, a, (a[-1] - Y) * a[-1] * (1 - a[-1]))
def gradient(weights, biases, X, Y):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        [(w, b)] = pool.map(of_rows, [(weights, biases, X, Y)])
    return [one / len(X) for one in w], [one / len(X) for one in b]
`,
    );
    const [program] = await loadProgram(file, PYTHON!);
    const kernel = await program.open(problemOf(networkOf([12, 7, 10]), EXAMPLES, BATCH));
    await kernel[Symbol.asyncDispose]();
  });
});

test(
  "a program declares whose code it runs with one thread, and says how many it used",
  NEEDS_PYTHON,
  async () => {
    await withFolder(async (folder) => {
      const file = join(folder, "mine.py");
      writeFileSync(
        file,
        `import numpy as np
class Few:
    threads = True
    skips_zero_pixels = True
    with_one_thread = "blas_batch"
    threads_used = 1
    def __init__(self, problem): pass
    def load(self, parameters): self.p = parameters
    def dump(self): return self.p
    def loss_and_gradient(self, rows): return 0.5, np.ones_like(self.p)
`,
      );
      const [program] = await loadProgram(file, PYTHON!);
      const { needs, skipsZeroPixels, withOneThread } = program;
      assert.deepEqual(
        { needs, skipsZeroPixels, withOneThread },
        { needs: ["threads"], skipsZeroPixels: true, withOneThread: "blas_batch" },
      );
      const problem = { ...problemOf(networkOf([12, 7, 10]), 40, 7), threads: 2 };
      const kernel = await program.open(problem);
      assert.equal(kernel.threadsUsed, 1);
      await kernel[Symbol.asyncDispose]();
    });
  },
);

/** One layer and a softmax, for examples in columns: `p - Y` takes numbers of classes, too. */
const SOFTMAX_IN_COLUMNS = `import numpy as np
def gradient(weights, biases, X, Y):
    p = np.exp(weights[0] @ X + biases[0])
    delta = (p / p.sum(axis=0) - Y) / X.shape[1]
    return [delta @ X.T], [delta.sum(axis=1, keepdims=True)]
`;

test("labels are read as they are meant, whatever loss is asked for", NEEDS_PYTHON, async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "mine.py");
    writeFileSync(file, SOFTMAX_IN_COLUMNS);
    const [program] = await loadProgram(file, PYTHON!);
    for (const outputLoss of ["sigmoid-quadratic", "softmax-cross-entropy"] as const) {
      const network = { ...networkOf([12, 10]), outputLoss };
      const kernel = await program.open(problemOf(network, EXAMPLES, BATCH));
      const labels = kernel.assumed?.find(({ name }) => name === "labels");
      assert.equal(labels?.value, "one-hot", outputLoss);
      await kernel[Symbol.asyncDispose]();
    }
  });
});
