/** The mistakes of src/diagnose/gradient/learner_mistakes_test.ts once more, in two and four hidden layers. */
import assert from "node:assert/strict";
import test from "node:test";
import { LEARNER_NETWORKS, learnerCases } from "../support/learner_cases.ts";
import { SLOW } from "../support/slow.ts";

for (const network of [LEARNER_NETWORKS[0], LEARNER_NETWORKS[2]]) {
  for (const { title, expected, found } of learnerCases(network)) {
    test(title, SLOW, async () => assert.deepEqual(await found(), expected));
  }
}
