import assert from "node:assert/strict";
import test from "node:test";
import { smallDigits } from "../../../tests/support/small_digits.ts";
import { assertSpeaks } from "../../../tests/support/findings.ts";
import type { GradientImplementation } from "../../gradients/contract.ts";
import { fromShortForm } from "../../gradients/short_form.ts";
import { initialParameters } from "../../model/initialise.ts";
import { referenceGradient } from "../../model/reference.ts";
import type { ProgramFault } from "../../format/fault.ts";
import { ProgramError } from "../../trial/program/program_error.ts";
import { verdictOf } from "../verdict.ts";
import { wordsOf } from "../words/finding_words.ts";
import { examineGradient } from "./examine_gradient.ts";

const network = {
  layerSizes: [49, 12, 10],
  hiddenActivation: "sigmoid",
  outputLoss: "softmax-cross-entropy",
} as const;
const dataset = smallDigits(4, 200, 1, "train");
const problem = { network, dataset, maxBatchSize: 10, threads: 1 };

/** A right program that throws at 1,000 × the parameters. */
const failing = (error: Error): GradientImplementation =>
  fromShortForm({
    name: "mine",
    summary: "a right gradient that fails with large parameters",
    precision: "float64",
    prepare: ({ network, dataset }) => (parameters, batch, gradient) => {
      if (parameters.some((value) => Math.abs(value) > 100)) throw error;
      return referenceGradient(
        network,
        parameters as Float64Array,
        dataset,
        batch,
        gradient as Float64Array,
      );
    },
  });

async function told(fault: ProgramFault) {
  const initial = initialParameters(network, "scaled-normal", 1);
  const findings = await examineGradient(failing(new ProgramError(fault)), problem, initial, 1);
  findings.forEach(assertSpeaks);
  return {
    verdict: verdictOf(findings),
    ids: findings.map(({ id }) => id),
    words: findings.map((one) => wordsOf(one)),
  };
}

const exception = (message: string, source?: string): ProgramFault => ({
  kind: "exception",
  message,
  source,
});

test("a logarithm of 0 that Python refuses is no fault, as Infinity of NumPy is none", async () => {
  for (
    const fault of [
      exception("ValueError: math domain error", "loss = -math.log(p[label])"),
      exception("ValueError: expected a positive input, got 0.0", "loss -= log(p[label])"),
    ]
  ) assert.equal((await told(fault)).verdict, "right");
});

test("a power that Python refuses is an overflow, and another failure is told as it is", async () => {
  const power = await told(exception("OverflowError: math range error"));
  assert.deepEqual(power.ids, ["overflow"]);
  assert.equal(
    power.words[0].meaning,
    "With parameters 1,000 times as large, the power e^z overflows.",
  );
  for (
    const fault of [
      exception("ValueError: math domain error", "return math.sqrt(1 - total)"),
      exception("AssertionError: too large"),
    ]
  ) {
    const { ids, words: [other] } = await told(fault);
    assert.deepEqual(ids, ["fails-when-large"]);
    assert.match(other.meaning, /^It fails at 1,000 × the parameters/);
    assert.doesNotMatch(other.meaning + other.fix, /e\^z/);
  }
});

test("a program that died is not told as an overflow", async () => {
  await assert.rejects(told({ kind: "program-died", signal: "SIGKILL" }), ProgramError);
});
