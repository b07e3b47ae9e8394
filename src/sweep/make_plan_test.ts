import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError } from "../base/errors.ts";
import { checkInput, expandSizes, makePlan, mergeInputs, parsePlanFile } from "./make_plan.ts";
import { presetInput } from "./presets.ts";
import type { PlanInput } from "../format/plan.ts";

const MNIST = {
  features: 784,
  classes: 10,
  trainExamples: 60_000,
  runtime: "deno",
  cores: 4,
} as const;

function plan(...inputs: PlanInput[]) {
  const given = mergeInputs(inputs);
  const { implementations = ["naive_loop", "fused_typed"] } = given;
  return makePlan(given, { ...MNIST, implementations });
}

const refuses = (body: () => unknown, pattern: RegExp) =>
  assert.throws(
    body,
    (error: unknown) => error instanceof InputError && pattern.test(error.message),
  );

test("without any input, the plan is complete and holds the defaults", () => {
  const made = plan();
  assert.deepEqual(made.sizes, [1000, 8000, 60_000]);
  assert.deepEqual(made.layers, [[784, 16, 16, 10]]);
  assert.deepEqual(made.batchSizes, [10]);
  assert.deepEqual(made.rates, [3]);
  assert.equal(made.epochs, 3);
  assert.equal(made.rounds, 3);
  assert.equal(made.baseline, "naive_loop");
  assert.deepEqual(made.runtimes, ["deno"]);
});

test("later layers of input win field by field", () => {
  const made = plan(presetInput("quick"), { epochs: 7 }, { sizes: ["2k"] });
  assert.equal(made.epochs, 7);
  assert.deepEqual(made.sizes, [2000]);
  assert.equal(made.budgetSeconds, presetInput("quick").budgetSeconds);
});

test("sizes are numbers, thousands, doubling ranges and all, sorted without repetition", () => {
  assert.deepEqual(expandSizes(["4k", 1000, "1k..3k", "2.5k"], 60_000), [
    1000,
    2000,
    2500,
    3000,
    4000,
  ]);
  assert.deepEqual(expandSizes(["all"], 60_000), [60_000]);
  assert.deepEqual(expandSizes(["30k..all"], 60_000), [30_000, 60_000]);
  assert.deepEqual(expandSizes(["1k..all:4", "1k..100k:10"], 100_000), [
    1000,
    4000,
    10_000,
    16_000,
    64_000,
    100_000,
  ]);
});

for (
  const size of [
    "0",
    "-5",
    "abc",
    "1.5",
    "",
    "1k...4k",
    "4k..1k",
    "all..1k",
    "1..2..3",
    "1k..4k:1",
    "1k:2",
  ]
) {
  test(`a plan file with "${size}" in its sizes is refused with what was expected`, () => {
    refuses(
      () => parsePlanFile(JSON.stringify({ sizes: [size] }), "p.json"),
      /p\.json": sizes\.0: expected/,
    );
  });
}

test("an m beyond the training set is refused with what the set has", () => {
  refuses(() => plan({ sizes: ["70k"] }), /70000.*60000/);
});

test("networks and rates that are given twice count once", () => {
  const made = plan({ layers: [[784, 16, 10], [784, 8, 10], [784, 16, 10]], rates: [3, 0.3, 3] });
  assert.deepEqual(made.layers, [[784, 16, 10], [784, 8, 10]]);
  assert.deepEqual(made.rates, [3, 0.3]);
});

test("layers that do not fit the data are refused with the layer that does not", () => {
  refuses(
    () => plan({ layers: [[784, 16, 10], [100, 16, 10]] }),
    /layer size 1 is 100, expected 784/,
  );
  refuses(() => plan({ layers: [[784, 16, 5]] }), /the last\) is 5, expected 10/);
  refuses(() => plan({ layers: [[784]] }), /1 of the 2 layer sizes that it needs/);
});

test("fields that contradict each other are refused before data and programs are known", () => {
  refuses(
    () => checkInput({ sizes: ["2k..all"], batchSizes: [2001] }),
    /minibatches of 2001.*2000/,
  );
  refuses(() => checkInput({ implementations: ["a"], baseline: "b" }), /baseline "b".*among.*a/);
  refuses(() => checkInput({ implementations: ["a"], nullTwin: "b" }), /twin of "b"/);
  checkInput({ baseline: "b", nullTwin: "b", batchSizes: [2001] });
  checkInput({ implementations: ["a"], nullTwin: "auto", sizes: ["all"], batchSizes: [2001] });
});

test("a minibatch larger than the smallest subset is refused; full is not", () => {
  refuses(() => plan({ sizes: [100], batchSizes: [200] }), /minibatches of 200.*100/);
  assert.deepEqual(plan({ sizes: [100], batchSizes: ["full"] }).batchSizes, ["full"]);
});

test("a baseline that is not among the implementations is refused", () => {
  refuses(() => plan({ implementations: ["fused_typed"], baseline: "naive_loop" }), /baseline/);
});

test("a plan file is strict: damaged JSON, unknown fields and wrong types name their place", () => {
  assert.deepEqual(parsePlanFile('{"epochs": 2, "sizes": ["1k", 3000]}', "p.json"), {
    epochs: 2,
    sizes: ["1k", 3000],
  });
  refuses(() => parsePlanFile("{", "p.json"), /p\.json.*expected JSON/);
  refuses(() => parsePlanFile('{"epoch": 2}', "p.json"), /p\.json.*epoch/);
  refuses(() => parsePlanFile('{"epochs": "two"}', "p.json"), /p\.json": epochs/);
});

test("threads default to every core, and to 1 for peers; given ones are for both", () => {
  const made = plan();
  assert.deepEqual([made.threads, made.peerThreads, made.peers], [[4], [1], []]);
  const given = plan({ threads: [1, "all", 4] });
  assert.deepEqual([given.threads, given.peerThreads], [[1, 4], [1, 4]]);
  assert.deepEqual(plan({ threads: [2], peerThreads: ["all"] }).peerThreads, [4]);
});

test("a peer and an implementation of one name are refused", () => {
  refuses(
    () => plan({ implementations: ["numpy_batch"], peers: ["numpy_batch"] }),
    /the peer "numpy_batch".*same name/,
  );
});

test("a plan file with the name of an option, or a misspelt field, is told the field", () => {
  const told = (plan: object) => () => parsePlanFile(JSON.stringify(plan), "plan.json");
  refuses(told({ batch: [10] }), /"batch"; did you mean "batchSizes"\?$/);
  refuses(told({ rouns: 3 }), /"rouns"; did you mean "rounds"\?$/);
  // What a cell of a report calls it.
  refuses(told({ layerSizes: [[784, 10]] }), /"layerSizes"; did you mean "layers"\?$/);
  refuses(told({ learningRate: 3 }), /"learningRate"; did you mean "rates"\?$/);
  refuses(told({ xyzzy: 3 }), /"xyzzy"$/);
});
