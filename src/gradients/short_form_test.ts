import assert from "node:assert/strict";
import test from "node:test";
import { InputError } from "../base/errors.ts";
import { referenceGradient } from "../model/reference.ts";
import type { ShortFormImplementation } from "./contract.ts";
import { fromShortForm } from "./short_form.ts";
import { CONFORMANCE, openAtStart } from "../../tests/support/conformance.ts";
import { networkOf, problemOf } from "../../tests/support/problems.ts";

/** The oracle in the short form. */
const oracle: ShortFormImplementation = {
  name: "oracle",
  summary: "the reference gradient",
  precision: "float64",
  prepare: ({ network, dataset }) => (parameters, batch, gradient) =>
    referenceGradient(
      network,
      parameters as Float64Array,
      dataset,
      batch,
      gradient as Float64Array,
    ),
};

const inFloat32: ShortFormImplementation = {
  ...oracle,
  precision: "float32",
  prepare: ({ network, dataset }) => (parameters, batch, gradient) => {
    const exact = new Float64Array(gradient.length);
    const loss = referenceGradient(network, Float64Array.from(parameters), dataset, batch, exact);
    gradient.set(exact);
    return loss;
  },
};

const asynchronous: ShortFormImplementation = {
  ...oracle,
  prepare: async (problem) => {
    const gradientOf = await oracle.prepare(problem);
    return async (parameters, batch, gradient) => {
      await Promise.resolve();
      return gradientOf(parameters, batch, gradient);
    };
  },
};

for (const [kind, short] of Object.entries({ oracle, inFloat32, asynchronous })) {
  for (const { title, check } of CONFORMANCE) {
    test(`short form (${kind}): ${title}`, () => check(fromShortForm(short)));
  }
}

const problem = problemOf(
  networkOf([4, 3]),
  6,
  3,
);

test("a short form that returns a number is a sync kernel, one that returns a promise an async one", async () => {
  assert.equal((await fromShortForm(oracle).open(problem)).mode, "sync");
  assert.equal((await fromShortForm(asynchronous).open(problem)).mode, "async");
});

test("the call that determines the mode leaves no trace in the arrays", async () => {
  const kernel = await fromShortForm({
    ...oracle,
    prepare: () => (parameters, _batch, gradient) => {
      parameters.fill(7);
      gradient.fill(7);
      return 0;
    },
  }).open(problem);
  assert.ok(kernel.parameters.every((value) => value === 0));
  assert.ok(kernel.gradient.every((value) => value === 0));
});

test("a prepare that returns no function is bad input", async () => {
  const broken = { ...oracle, prepare: () => 5 } as unknown as ShortFormImplementation;
  await assert.rejects(
    async () => await fromShortForm(broken).open(problem),
    (error) =>
      error instanceof InputError &&
      error.message === 'Cannot open "oracle": prepare returned number, expected a function',
  );
});

test("prepare and probe are called on the implementation itself", async () => {
  class Counting implements ShortFormImplementation {
    readonly name = "counting";
    readonly summary = "a class instance";
    readonly precision = "float64";
    opened = 0;
    prepare() {
      this.opened++;
      return () => this.opened;
    }
    probe() {
      return { available: this.opened === 0, reason: "opened before" } as const;
    }
  }
  const full = fromShortForm(new Counting());
  assert.equal((await full.probe!()).available, true);
  const { kernel } = await openAtStart(full, problem);
  assert.equal(await kernel.lossAndGradient(Uint32Array.of(0)), 1);
});

test("the conformance suite detects a kernel whose memory grows with the examples", async () => {
  const check = CONFORMANCE.find(({ title }) => title.startsWith("its memory"))!.check;
  const growing = fromShortForm({
    ...oracle,
    prepare: (given) => {
      const copy = new Float64Array(given.dataset.count);
      return () => copy.length;
    },
  });
  await assert.rejects(check(growing), assert.AssertionError);
});
