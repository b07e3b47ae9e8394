import assert from "node:assert/strict";
import test from "node:test";
import { mistakenFrom } from "../../../tests/support/call_wise.ts";
import { randomRows } from "../../../tests/support/examined.ts";
import { assertSpeaks } from "../../../tests/support/findings.ts";
import { networkOf } from "../../../tests/support/problems.ts";
import { fromShortForm } from "../../gradients/short_form.ts";
import { initialParameters } from "../../model/initialise.ts";
import { changedAnswer, isRightNow } from "./changed_answers.ts";

test("a program that is wrong after many calls is found at the same question", async () => {
  const network = networkOf([20, 7, 5, 3]);
  const problem = { network, dataset: randomRows(1, 20, 3), maxBatchSize: 10, threads: 1 };
  const kernel = await fromShortForm(mistakenFrom(6, { noHiddenSlope: [1] })).open(problem);
  const initial = initialParameters(network, "scaled-normal", 1);
  // Opening is the first call.
  const answers = [await isRightNow(kernel, problem, "float64", initial)];
  for (let call = 2; call <= 5; call++) answers.push(await isRightNow(kernel, problem, "float64"));
  assert.deepEqual(answers, [true, true, true, true, false]);
  await kernel[Symbol.asyncDispose]();
  assertSpeaks(changedAnswer(4));
});
