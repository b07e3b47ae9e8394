import assert from "node:assert/strict";
import { test } from "node:test";
import { correctionText, gainText, reachableText } from "./reached_words.ts";

const GAIN = { updates: 2048, rate: 1, batchSize: 10, own: 0.3085, corrected: 0.7985 };

test("a gain is told with the rate that it needs, or as none worth having", () => {
  assert.equal(
    correctionText({ ...GAIN, best: { rate: 4, accuracy: 0.8405 } }),
    "30.85 % → 79.85 % in 2,048 updates (B = 10, rate 1), 84.05 % at rate 4",
  );
  const same = { ...GAIN, own: 0.79, best: { rate: 1, accuracy: 0.7985 } };
  assert.equal(
    correctionText(same),
    "none worth having: 79.00 % → 79.85 % in 2,048 updates (B = 10, rate 1)",
  );
  assert.equal(
    gainText({ updates: 200, before: 0.097, after: 0.786 }),
    "9.70 % → 78.60 % in 200 updates",
  );
  assert.match(
    gainText({ updates: 1, before: 0.5, after: 0.5 }),
    /^none worth having \(.* in 1 update\)$/,
  );
});

test("what can be reached is told in epochs", () => {
  const reached = { accuracy: 0.9175, rate: 1, batchSize: 10, updates: 300 };
  assert.equal(
    reachableText({ ...reached, epochs: 5 }),
    "about 91.75 % in 5 epochs (B = 10, rate 1)",
  );
  assert.match(reachableText({ ...reached, epochs: 0.61234 }), /in 0\.612 epochs/);
});
