import assert from "node:assert/strict";
import test from "node:test";
import { LIKE_TRACES, TWO_PACES } from "../support/noise.ts";
import { choiceErrors } from "../support/choice_simulations.ts";
import { intervalsThatHold } from "../support/comparison_simulations.ts";

for (const [name, noise] of Object.entries({ "one pace": LIKE_TRACES, "two paces": TWO_PACES })) {
  for (const rounds of [3, 5, 10, 30]) {
    test(`the 95 % interval of ${rounds} rounds covers the true ratio in 93–97 % of 4,000 runs: ${name}`, () => {
      const count = intervalsThatHold(noise, rounds, 4000);
      assert.ok(count >= 3720 && count <= 3880, `${count} of 4000`);
    });
  }
}

for (const rounds of [3, 5, 10]) {
  test(`of 300 runs of ${rounds} rounds at most 5 % have a false verdict, and intervals hold in 95 % or more`, () => {
    const { falseVerdicts, held, intervals } = choiceErrors(rounds, 300);
    assert.ok(falseVerdicts <= 15, `${falseVerdicts} runs`);
    const share = held / intervals;
    assert.ok(share >= 0.95 && share < 0.995, `${share}`);
  });
}
