import assert from "node:assert/strict";
import test from "node:test";
import { mistakenFrom } from "../../../tests/support/call_wise.ts";
import { examined, randomRows } from "../../../tests/support/examined.ts";
import { gradientOf, type Matrix } from "../../../tests/support/learner_programs.ts";
import { mistaken } from "../../../tests/support/mistaken.ts";
import { networkOf } from "../../../tests/support/problems.ts";
import { randomFrom } from "../../base/random.ts";
import { fromListForm } from "../../gradients/list_form.ts";
import { initialParameters } from "../../model/initialise.ts";
import { examineGradient } from "./examine_gradient.ts";

const problem = {
  network: networkOf([20, 7, 5, 3]),
  dataset: randomRows(1, 20, 3),
  maxBatchSize: 10,
  threads: 1,
};

test("a program that changes with its calls is called that, not by a formula", async () => {
  const [first, ...none] = await examined(mistakenFrom(9, { times: { all: 2 } }), problem);
  assert.deepEqual(none, []);
  assert.ok(first.id === "non-deterministic" && "changes" in first);
  assert.equal(first.changes, "at-the-end");
});

test("the answer of an earlier call is no answer", async () => {
  const right = mistaken({});
  const cached: typeof right = {
    ...right,
    async prepare(given) {
      const gradientOf = await right.prepare(given);
      const kept = new Map<number, Float64Array>();
      return (parameters, batch, gradient) => {
        const known = kept.get(batch.length);
        if (known) {
          gradient.set(known);
          return 0;
        }
        const loss = gradientOf(parameters, batch, gradient);
        kept.set(batch.length, Float64Array.from(gradient));
        return loss;
      };
    },
  };
  const [first] = await examined(cached, problem);
  assert.ok(first.id === "non-deterministic" && "changes" in first);
  assert.equal(first.changes, "never");
});

test("a program that departs in full minibatches alone is told by their length", async () => {
  const right = mistaken({});
  const doubling: typeof right = {
    ...right,
    async prepare(given) {
      const gradientOf = await right.prepare(given);
      return (parameters, batch, gradient) => {
        const loss = gradientOf(parameters, batch, gradient);
        if (batch.length === given.maxBatchSize) {
          for (let p = 0; p < gradient.length; p++) gradient[p] *= 2;
        }
        return loss;
      };
    },
  };
  const [first, ...none] = await examined(doubling, problem);
  assert.deepEqual(none, []);
  assert.ok(first.id === "rows-interact" && "form" in first);
  assert.equal(first.form, "full-minibatches");
});

test("a rate that decays from call to call is no momentum", async () => {
  const right = mistaken({});
  const decaying: typeof right = {
    ...right,
    async prepare(given) {
      const gradientOf = await right.prepare(given);
      let calls = 0;
      return (parameters, batch, gradient) => {
        const loss = gradientOf(parameters, batch, gradient);
        const rate = 1 / (1 + 0.1 * calls++);
        for (let p = 0; p < gradient.length; p++) gradient[p] *= rate;
        return loss;
      };
    },
  };
  assert.deepEqual((await examined(decaying, problem)).map(({ id }) => id), ["non-deterministic"]);
});

test("dropout that is on the way back alone is told so", async () => {
  const random = randomFrom(1, "dropped");
  for (const hiddenActivation of ["sigmoid", "tanh"] as const) {
    const network = { ...problem.network, hiddenActivation };
    const slope = (a: number) => hiddenActivation === "tanh" ? 1 - a * a : a * (1 - a);
    const program = fromListForm({
      name: "mine",
      summary: "dropout on the way back",
      precision: "float64",
      gradient: gradientOf(network, {
        slope: (_, a) => random.uniform() < 0.7 ? slope(a) / 0.7 : 0,
      }),
    });
    const initial = initialParameters(network, "scaled-normal", 1);
    const [first] = await examineGradient(program, { ...problem, network }, initial, 1);
    assert.ok(first.id === "non-deterministic" && "changes" in first);
    assert.equal(first.changes, "on-the-way-back");
  }
});

test("momentum in the update hides no other mistake, and dead neurons none", async () => {
  const network = { ...problem.network, hiddenActivation: "relu" } as const;
  const gradientsOf = gradientOf(network, {});
  const idsOf = async (sign: number) => {
    let velocity: number[][] | undefined;
    const program = fromListForm({
      name: "mine",
      summary: "momentum in its update",
      precision: "float64",
      trainBatch(
        weights: Matrix[],
        biases: Matrix,
        images: Matrix,
        labels: number[],
        rate: number,
      ) {
        const [dw, db] = gradientsOf(weights, biases, images, labels);
        const steps = [...dw.flat(), ...db];
        const all = [...weights.flat(), ...biases];
        velocity = steps.map((row, n) =>
          row.map((g, i) => 0.9 * (velocity?.[n][i] ?? 0) + sign * g)
        );
        all.forEach((row, n) => row.forEach((_, i) => row[i] -= rate * velocity![n][i]));
        return [weights, biases];
      },
    });
    const initial = initialParameters(network, "scaled-normal", 1);
    const findings = await examineGradient(program, { ...problem, network }, initial, 1);
    return findings.map(({ id }) => id);
  };
  assert.deepEqual(await idsOf(1), ["momentum-inside"]);
  assert.deepEqual(await idsOf(-1), ["sign-reversed", "momentum-inside"]);
});
