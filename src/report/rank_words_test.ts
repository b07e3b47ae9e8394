import assert from "node:assert/strict";
import test from "node:test";
import { makeRun, makeTrial } from "../../tests/support/trials.ts";
import { summarise } from "../summary/summarise.ts";
import { rankSentences } from "./rank_words.ts";

const run = makeRun({
  plan: { implementations: ["fused_typed"], baseline: "fused_typed", batchSizes: [10, 100] },
});
const trials = (ranks: number, epochNs: number, batchSize: number, communicationShare: number) =>
  [1, 2, 3].map((round) =>
    makeTrial({ round, epochNs, communicationShare, cell: { ranks, batchSize, examples: 2000 } })
  );

test("the efficiency of several ranks is told for each B, with the share of communication", () => {
  const summary = summarise(run, [
    ...trials(1, 5e6, 10, 0.01),
    ...trials(2, 4.5e6, 10, 0.6),
    ...trials(1, 4e6, 100, 0.01),
    ...trials(2, 2.15e6, 100, 0.08),
  ], "run");
  const [sentence, ...others] = rankSentences(summary);
  assert.deepEqual(others, []);
  assert.match(
    sentence,
    /^Parallel efficiency of fused_typed on 2 ranks at m = 2,000: 5\d % \[.*\] at B = 10 and 9\d % \[.*\] at B = 100\. Ranks .* for 60 % and 8 % of a step\.$/,
  );
});

test("a run without several ranks has no such sentence", () => {
  assert.deepEqual(rankSentences(summarise(run, trials(1, 5e6, 10, 0.01), "run")), []);
});
