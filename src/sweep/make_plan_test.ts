import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError } from "../base/errors.ts";
import { expandSizes, makePlan, parsePlanFile, presetNamed } from "./make_plan.ts";
import { Plan, type PlanInput } from "../format/plan.ts";

const MNIST = {
  features: 784,
  classes: 10,
  trainCount: 60_000,
  runtime: "deno",
  cores: 4,
} as const;

const plan = (...inputs: PlanInput[]) => makePlan(inputs, MNIST);

const refuses = (body: () => unknown, pattern: RegExp) =>
  assert.throws(
    body,
    (error: unknown) => error instanceof InputError && pattern.test(error.message),
  );

test("without any input the plan is the default one, complete", () => {
  const made = plan();
  assert.deepEqual(made.sizes, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000]);
  assert.deepEqual(made.layerSizes, [784, 16, 16, 10]);
  assert.deepEqual(made.batchSizes, [10]);
  assert.equal(made.rate, 3);
  assert.equal(made.epochs, 3);
  assert.equal(made.rounds, 3);
  assert.equal(made.baseline, "naive_loop");
  assert.deepEqual(made.runtimes, ["deno"]);
});

test("later layers of input win field by field", () => {
  const made = plan(presetNamed("quick").input, { epochs: 7 }, { sizes: ["2k"] });
  assert.equal(made.epochs, 7);
  assert.deepEqual(made.sizes, [2000]);
  assert.equal(made.budgetSeconds, presetNamed("quick").input.budgetSeconds);
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
});

for (const size of ["0", "-5", "abc", "1.5", "", "1k...4k", "4k..1k", "1..2..3"]) {
  test(`size "${size}" is refused with what was expected`, () => {
    refuses(() => expandSizes([size], 60_000), /Cannot use size.*expected/);
  });
}

test("a size beyond the set is refused with the set's size", () => {
  refuses(() => plan({ sizes: ["70k"] }), /70000.*60000/);
});

test("layers that do not fit the data are refused with the layer that does not", () => {
  refuses(() => plan({ layerSizes: [100, 16, 10] }), /layer size 1 is 100, expected 784/);
  refuses(() => plan({ layerSizes: [784, 16, 5] }), /the last\) is 5, expected 10/);
  refuses(() => plan({ layerSizes: [784] }), /1 layer sizes, expected at least 2/);
});

test("a minibatch larger than the smallest subset is refused; full is not", () => {
  refuses(() => plan({ sizes: [100], batchSizes: [200] }), /minibatches of 200.*100/);
  assert.deepEqual(plan({ sizes: [100], batchSizes: ["full"] }).batchSizes, ["full"]);
});

test("a baseline that does not run is refused", () => {
  refuses(() => plan({ implementations: ["fused_typed"], baseline: "naive_loop" }), /baseline/);
});

test("an unknown preset is refused with the nearest known one", () => {
  refuses(() => presetNamed("quik"), /did you mean "quick"/);
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

test("threads are every core, of peers 1, unless they are given: then those for both", () => {
  const made = plan();
  assert.deepEqual([made.threads, made.peerThreads, made.peers], [[4], [1], []]);
  const given = plan({ threads: [1, "all", 4] });
  assert.deepEqual([given.threads, given.peerThreads], [[1, 4], [1, 4]]);
  assert.deepEqual(plan({ threads: [2], peerThreads: ["all"] }).peerThreads, [4]);
});

test("a plan file may give one thread count as a plain number", () => {
  assert.deepEqual(parsePlanFile('{"threads": 2}', "p.json"), { threads: [2] });
  assert.deepEqual(parsePlanFile("{}", "p.json"), {});
  refuses(() => parsePlanFile('{"threads": [0]}', "p.json"), /threads/);
});

test("the plan of a run from before there were peers and lists of threads is still read", () => {
  const { peers: _, peerThreads: __, ...before } = plan();
  const read = Plan.parse({ ...before, threads: 1 });
  assert.deepEqual([read.threads, read.peerThreads, read.peers], [[1], [1], []]);
});

test("a peer and an implementation of one name are refused", () => {
  refuses(
    () => plan({ implementations: ["numpy_batch"], peers: ["numpy_batch"] }),
    /the peer "numpy_batch".*same name/,
  );
});
