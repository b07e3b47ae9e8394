import assert from "node:assert/strict";
import { test } from "node:test";
import { because, makeRun, makeTrials } from "../../tests/support/trials.ts";
import { summarise } from "../summary/summarise.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { keyResults } from "./key_results.ts";

const told = (trials: (trials: TrialRecord[]) => TrialRecord[]): string => {
  const plan = { implementations: ["fused_typed"], baseline: "fused_typed", rounds: 1 };
  const run = makeRun({ plan: { ...plan, sizes: [1000, 2000] } });
  return keyResults(summarise(run, trials(makeTrials(run)), "run")).map(({ text }) => text).join(
    " ",
  );
};

test("one cell and one trial are spoken of in the singular", () => {
  const one = told((trials) => trials.slice(0, 1));
  assert.match(one, /The gradient of the only cell agrees with the oracle/);
  assert.match(one, /The only trial gave figures; \d+ % of the /);
  const skipped = told(([first, second]) => [
    first,
    { ...second, status: "skipped", reasons: because("predicted 9 s"), samplesNs: [] },
  ]);
  assert.match(
    skipped,
    /1 trial gave figures; .* Skipped: fused_typed \(1 trial: train: predicted 9 s\)\./,
  );
  assert.doesNotMatch(one + skipped, /\b1 (cells|trials|were)\b|[Aa]ll 1\b/);
});

test("several are spoken of in the plural", () => {
  const two = told((trials) => trials);
  assert.match(two, /The gradients of both cells agree/);
  assert.match(two, /All 2 trials gave figures/);
});
