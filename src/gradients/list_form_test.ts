import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { gradient as listGradient } from "../../examples/lists.ts";
import { verify } from "../check/verify_kernel.ts";
import { syntheticDigits } from "../data/synthetic.ts";
import { createEvaluator } from "../model/evaluate.ts";
import { openAtStart } from "../../tests/support/conformance.ts";
import { PROJECT } from "../../tests/support/cli.ts";
import { networkOf, problemOf } from "../../tests/support/problems.ts";
import { DERIVING_RATE, type ListFormImplementation } from "./contract.ts";
import { createEpochRunner } from "./epochs.ts";
import { fromListForm } from "./list_form.ts";
import { loadPlugin } from "./plugin.ts";

const NETWORK = networkOf([12, 7, 5, 10]);
const ABOUT = { name: "mine", summary: "lists", precision: "float64" } as const;

type Form = Omit<ListFormImplementation, "name" | "summary" | "precision">;

async function judged(form: Form, precision: "float32" | "float64" = "float64") {
  const problem = problemOf(NETWORK, 40, 7);
  const kernel = await fromListForm({ ...ABOUT, precision, ...form }).open(problem);
  const start = new Float64Array(kernel.layout.length).map((_, p) => Math.fround(Math.sin(p)));
  return { kernel, ...await verify(kernel, precision, problem, start) };
}

const update: NonNullable<Form["trainBatch"]> = (weights, biases, images, labels, rate) => {
  const [weightGradients, biasGradients, loss] = listGradient(weights, biases, images, labels);
  weights.forEach((w, l) =>
    w.forEach((row, o) => row.forEach((_, i) => row[i] -= rate * weightGradients[l][o][i]))
  );
  biases.forEach((b, l) => b.forEach((_, o) => b[o] -= rate * biasGradients[l][o]));
  return loss;
};

const FORMS: Readonly<Record<string, Form>> = {
  "lists and a loss": { gradient: listGradient },
  "an object": {
    gradient(...given) {
      const [weights, biases, loss] = listGradient(...given);
      return { weights, biases, loss };
    },
  },
  "typed arrays, whole layers at a time": {
    gradient(...given) {
      const [weights, biases, loss] = listGradient(...given);
      return [
        weights.map((w) => Float64Array.from(w.flat())),
        biases.map((b) => Float64Array.from(b)),
        loss,
      ];
    },
  },
  "no loss": {
    gradient: (...given) => listGradient(...given).slice(0, 2) as [unknown[], unknown[]],
  },
  "a promise": { gradient: async (...given) => await Promise.resolve(listGradient(...given)) },
  "lists that it scribbles over": {
    gradient(weights, biases, images, labels) {
      const result = listGradient(weights, biases, images, labels);
      weights[0][0].fill(7);
      images[0].fill(7);
      labels.fill(7);
      return result;
    },
  },
  "the given lists, in which it has stored the gradient": {
    gradient(...given) {
      const [weights, biases] = given as unknown as [number[][][], number[][]];
      const [weightGradients, biasGradients, loss] = listGradient(...given);
      weightGradients.forEach((w, l) =>
        w.forEach((row, o) => row.forEach((value, i) => weights[l][o][i] = value))
      );
      biasGradients.forEach((b, l) => b.forEach((value, o) => biases[l][o] = value));
      return [weights, biases, loss];
    },
  },
  "the given lists, whose rows it has replaced": {
    gradient(...given) {
      const [weights, biases] = given as unknown as [number[][][], number[][]];
      const [weightGradients, biasGradients, loss] = listGradient(...given);
      weightGradients.forEach((w, l) => weights[l].splice(0, w.length, ...w as number[][]));
      biasGradients.forEach((b, l) => biases[l] = b as number[]);
      return [weights, biases, loss];
    },
  },
  "an update in place": { trainBatch: update },
  "an update that returns new lists": {
    trainBatch(weights, biases, images, labels, rate) {
      const copy = structuredClone({ weights, biases });
      const loss = update(copy.weights, copy.biases, images, labels, rate);
      return [copy.weights, copy.biases, loss];
    },
  },
};

for (const [name, form] of Object.entries(FORMS)) {
  test(`${name}: verified`, async () => {
    const { kernel, verdict, ...why } = await judged(form);
    assert.equal(verdict, "reordered", JSON.stringify(why));
    assert.equal(kernel.mode, name === "a promise" ? "async" : "sync");
    assert.equal(kernel.returnsLoss, name !== "no loss");
  });
}

test("in single precision", async () => {
  const { verdict, ...why } = await judged({ gradient: listGradient }, "float32");
  assert.equal(verdict, "lower-precision", JSON.stringify(why));
});

test("an update at another rate than the given is wrong", async () => {
  const { verdict } = await judged({
    trainBatch: (w, b, x, y) => update(w, b, x, y, DERIVING_RATE / 2),
  });
  assert.equal(verdict, "wrong");
});

const WRONG: readonly [returned: unknown, told: RegExp][] = [
  [undefined, /gradient returned undefined, expected \[weights, biases\]/],
  [3, /gradient returned a number, expected/],
  [[[], [], "small"], /returned a string as the loss, expected a number/],
  [[[[1]], [[1]]], /returned a list of 1 for the weights, expected 3: one for each layer/],
  [[[[1], [], []], [[], [], []]], /a list of 1 for the weights of layer 1, expected 7 rows/],
  [[[new Float64Array(3), [], []], [[], [], []]], /a Float64Array for .*, expected 84 numbers/],
  [
    [[Array(7).fill([1]), [], []], [[], [], []]],
    /a list of 1 for the weights of layer 1, row 0, expected 12 numbers/,
  ],
  [
    [[Array(7).fill(Array(12).fill("1")), [], []], [[], [], []]],
    /a list of 12 with a string in it for the weights of layer 1, row 0, expected 12 numbers/,
  ],
];

test("the parameters themselves are no gradient", async () => {
  await assert.rejects(
    judged({ gradient: (weights, biases) => [weights, biases] }),
    /returned the parameters themselves as the weights of layer 1: return lists of its own/,
  );
  const partly: NonNullable<Form["gradient"]> = (...given) => {
    const [weights, biases, loss] = listGradient(...given) as [number[][][], number[][], number];
    biases[1] = given[1][1] as number[];
    return [weights, biases, loss];
  };
  await assert.rejects(
    judged({ gradient: partly }),
    /themselves as the biases of layer 2/,
  );
});

for (const [returned, told] of WRONG) {
  test(`what is no gradient is refused: ${told.source.slice(0, 60)}`, async () => {
    await assert.rejects(judged({ gradient: () => returned as never }), told);
  });
}

test("a file that exports gradient is an implementation of its name, which learns", async () => {
  const [lists, ...others] = await loadPlugin(join(PROJECT, "examples/lists.ts"));
  assert.deepEqual(others, []);
  assert.equal(lists.name, "lists");
  const [train, unseen] = [syntheticDigits(600, 1, "train"), syntheticDigits(200, 1, "test")];
  const network = networkOf([784, 16, 10]);
  const problem = { network, dataset: train, maxBatchSize: 10, threads: 1 };
  const { kernel } = await openAtStart(lists, problem);
  const runner = createEpochRunner(kernel, { examples: 600, batchSize: 10, rate: 3, seed: 1 });
  for (let epoch = 1; epoch <= 4; epoch++) {
    await runner.shuffle(epoch);
    await runner.epoch();
  }
  const { accuracy } = createEvaluator(network, unseen)(kernel.parameters as Float64Array);
  assert.ok(accuracy > 0.5, `accuracy is ${accuracy}; guessing gets 0.1`);
});
