import assert from "node:assert/strict";
import { test } from "node:test";
import { kernelOf, NETWORK, oracleOf, problemOf } from "../../tests/support/canonical_kernel.ts";
import { randomFrom } from "../base/random.ts";
import { createEpochRunner } from "../gradients/epochs.ts";
import { initialParameters } from "../model/initialise.ts";
import { createAudit } from "./audit.ts";

const MOMENTUM = 0.9;
const EXAMPLES = 12;
const RATE = 0.5;

/** Audits five random steps of a program that returns g + μ · its last answer, of epochs of so many steps. */
async function auditMomentum(stepsOfEpoch: number, reach: number, momentum: number) {
  const network = { ...NETWORK, convention: { momentum: MOMENTUM } };
  const batchSize = EXAMPLES / stepsOfEpoch;
  const problem = problemOf(network, EXAMPLES, batchSize);
  const oracle = oracleOf(problem);
  const velocity: number[] = [];
  const kernel = kernelOf(problem, (parameters, batch, gradient) => {
    const loss = oracle(parameters, batch, gradient);
    gradient.forEach((g, p) => gradient[p] = velocity[p] = g + momentum * (velocity[p] ?? 0));
    return loss;
  });
  const runner = createEpochRunner(kernel, { examples: EXAMPLES, batchSize, rate: RATE, seed: 1 });
  runner.shuffle(1);
  const initial = initialParameters(network, "scaled-normal", 1);
  const audit = createAudit({
    kernel,
    precision: "float64",
    problem,
    runner,
    rate: RATE,
    clock: () => 0,
    random: randomFrom(1, "re-checks"),
    foreignFault: () => undefined,
    isRightAgain: () => Promise.resolve(true),
  });
  for (let times = 0; times < 5; times++) {
    await audit.randomStep(() => Promise.resolve(kernel.parameters.set(initial)), reach);
  }
  return audit;
}

for (const stepsOfEpoch of [1, 2, 3, 12]) {
  for (const reach of [1, 12]) {
    test(`declared momentum is audited in epochs of ${stepsOfEpoch}, ${reach} within reach`, async () => {
      const right = await auditMomentum(stepsOfEpoch, reach, MOMENTUM);
      assert.equal(right.fault, undefined, JSON.stringify(right.fault));
      assert.equal(right.steps, 5);
      const without = await auditMomentum(stepsOfEpoch, reach, 0);
      assert.equal(without.fault?.kind, "wrong-in-step");
      assert.equal(without.steps, 1);
    });
  }
}
