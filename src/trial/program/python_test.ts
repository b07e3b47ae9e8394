import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
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

/** The forms in which gradients of two layers come back, and the loss that comes with them. */
const RESULTS = `
import numpy as np
from collections import namedtuple
from types import SimpleNamespace as Fields
from slope_host.results import split_result
W, B = [np.zeros((7, 12)), np.zeros((10, 7))], [np.zeros(7), np.zeros((10, 1))]
(W1, W2), (b1, b2) = W, B
forms = [
    ((W, B), None), ((W, B, 1.0), 1.0), ((B, W), None), ((tuple(B), tuple(W), 2), 2.0),
    ([(W1, b1), (W2, b2)], None),
    ([{"dW": W1, "db": b1}, {"dW": W2, "db": b2}], None),
    ({1: {"weights": W1, "bias": b1, "A": 3}, 2: {"weights": W2, "bias": b2, "A": 3}}, None),
    ({"weights": W, "biases": B}, None), ({"dW": W, "db": B, "loss": 2}, 2.0),
    ({"dW1": W1, "db1": b1, "dZ1": 1, "dW2": W2, "db2": b2}, None),
    ((W1, b1, W2, b2), None), ((W1, W2, b1, b2, 0.5), 0.5), ((0.5, W1, b1, W2, b2), 0.5),
    ((0.5, [(W1, b1), (W2, b2)]), 0.5), (({"W1": W1, "b1": b1, "W2": W2, "b2": b2}, np.array([[2.0]])), 2.0),
    ((map(np.array, W), (b for b in B)), None), ((map(np.array, W), (b for b in B), 2), 2.0),
    ((1, (W, B)), 1.0), ((1, [W1, b1, W2, b2]), 1.0), ((1, W, B), 1.0), (((W, B), None), None),
    ({"W2": W2, "W1": W1, "b2": b2, "b1": b1, "cost": 3}, 3.0),
    ({"W1": 0, "dW1": W1, "b1": 0, "db1": b1, "W2": 0, "W2_grad": W2, "b2_grad": b2}, None),
    ({"fc2.weight": W2, "fc2.bias": b2, "fc1.weight": W1, "fc1.bias": b1, "loss": 1}, 1.0),
    ({"weights_0_1": W1, "weights_1_2": W2, "hidden0": b1, "hidden1": b2}, None),
    ({2: {"grad_W": W2, "grad_b": b2}, 1: {"grad_W": W1, "grad_b": b1}}, None),
    ([Fields(W=0, b=0, dW=W1, db=b1), Fields(mask=1), Fields(W=0, b=0, dW=W2, db=b2)], None),
    ([Fields(W=0, b=0, wd=0.1, dW=W1, db=b1), Fields(W=0, b=0, wd=0.1, dW=W2, db=b2)], None),
    ([(b1, W1), (b2, W2)], None), (zip(W, B), None), (Fields(weights=W, biases=B, loss=4), 4.0),
    (namedtuple("Result", "cost dW db")(5.0, W, B), 5.0),
    (({2: {"weight": W2, "bias": b2}, 1: {"weight": W1, "bias": b1}}, {"A0": W1}), None),
    (({"dW1": W1, "db1": b1, "dW2": W2, "db2": b2}, {"W1": 0, "b1": 0}, 7), 7.0),
]
for result, loss in forms:
    weights, biases, found = split_result(result, True, print)
    weights, biases = list(weights), list(biases)
    assert [w.shape for w in weights] == [(7, 12), (10, 7)], result
    assert [b.size for b in biases] == [7, 10] and found == loss, result
assert split_result((W1, 0.25, W2, 0.5), True, print)[1] == [0.25, 0.5]
weights, biases, loss = split_result((W1, b1), True, print)  # of a single layer
assert weights is W1 and biases is b1 and loss is None
`;

test("gradients come back in many forms", NEEDS_PYTHON, () => {
  execFileSync(PYTHON!, ["-B", "-c", RESULTS], {
    cwd: fileURLToPath(new URL("../../../kits/python/", import.meta.url)),
    stdio: "pipe",
  });
});

/** Taking a sample calls linecache; here that takes so long that the next sample comes meanwhile. */
const SAMPLED_TWICE = `
import linecache, signal
from slope_host.profiler import Profiler
profiler = Profiler(1000, None)
read = linecache.getline
def slow(file, line):
    signal.raise_signal(signal.SIGALRM)
    return read(file, line)
linecache.getline = slow
open("mine.py", "w").write("import signal\\ndef work():\\n    signal.raise_signal(signal.SIGALRM)\\n")
import sys; sys.path.insert(0, "."); import mine; mine.work()
names = [node["callFrame"]["functionName"] for node in profiler.nodes]
assert "work" in names and "_sample" not in names, names
# Some instructions belong to no line.
import types
profiler.host = object()
profiler._take(types.SimpleNamespace(f_code=mine.work.__code__, f_lineno=None, f_back=None))
assert profiler.nodes[profiler.samples[-1] - 1]["callFrame"]["functionName"] == "def work():"
`;

test(
  "a sample that comes while another is taken is left out, and one at no line counts for its function",
  NEEDS_PYTHON,
  async () => {
    await withFolder((folder) => {
      const kit = fileURLToPath(new URL("../../../kits/python/", import.meta.url));
      const env = { ...process.env, PYTHONPATH: kit };
      execFileSync(PYTHON!, ["-B", "-c", SAMPLED_TWICE], { cwd: folder, env, stdio: "pipe" });
      return Promise.resolve();
    });
  },
);

const OLDEST = `
import ast, pathlib
files = list(pathlib.Path(".").rglob("*.py"))
for file in files:
    ast.parse(file.read_text(), str(file), feature_version=(3, 9))
print(len(files))
`;

test("the kit has the syntax of Python 3.9", NEEDS_PYTHON, () => {
  const read = execFileSync(PYTHON!, ["-B", "-c", OLDEST], {
    cwd: fileURLToPath(new URL("../../../kits/python/", import.meta.url)),
    encoding: "utf8",
  });
  assert.ok(Number(read) > 10);
});
