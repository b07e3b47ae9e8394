import assert from "node:assert/strict";
import { test } from "node:test";
import { reasonsText } from "./reason_words.ts";

test("of a budget that is spent, none is left", () => {
  const skipped = (leftNs: number) =>
    reasonsText([{ kind: "over-budget", predictedNs: 2e9, neededNs: 6e9, leftNs }]);
  assert.match(skipped(0), /need 6\.00 s, and none of the budget is left/);
  assert.match(skipped(3e9), /need 6\.00 s, and 3\.00 s of the budget is left/);
});
