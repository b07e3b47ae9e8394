import assert from "node:assert/strict";
import test from "node:test";
import { ratiosOfGroups } from "./group_ratios.ts";
import { ratiosAcross } from "./node_ratios.ts";
import type { TrialSamples } from "./trial_samples.ts";

const NOISE = [1, 1.01, 0.99, 1.005];

/** Four rounds on each of these nodes; a factor is the time of the code there. */
const cell = (paces: Record<string, number>, factor = 1): TrialSamples[] =>
  Object.entries(paces).flatMap(([node, pace], j) =>
    NOISE.map((_, i): TrialSamples => ({
      round: i + 1,
      node,
      sorted: Float64Array.of(100 * pace * factor * NOISE[(i + j) % 4]),
    }))
  );
const plain = (trials: readonly TrialSamples[]) =>
  trials.map(({ round, sorted }): TrialSamples => ({ round, sorted }));

test("runs of one machine or of one node each are compared as groups of trials", () => {
  const [a, b] = [cell({ n1: 1 }), cell({ n2: 1 }, 1.2)];
  const expected = ratiosOfGroups([{ a: plain(a), b: plain(b), kernel: "k" }], 0.95);
  assert.deepEqual(ratiosAcross([{ a, b, kernel: "k" }], 0.95), expected);
  assert.deepEqual(ratiosAcross([{ a: plain(a), b: plain(b), kernel: "k" }], 0.95), expected);
});

test("on nodes that both runs had, their paces cancel", () => {
  const paces = { n1: 1, n2: 1.9, n3: 1.4 };
  const [ratio] = ratiosAcross([{ a: cell(paces), b: cell(paces, 1.2), kernel: "k" }], 0.95);
  assert.ok(Math.abs(ratio.logRatio - Math.log(1.2)) < 1e-9);
  assert.ok(ratio.standardError < 1e-9);
  assert.deepEqual([ratio.nodes, ratio.trials, ratio.degrees], [3, [12, 12], 2]);
});

test("on other nodes, their paces are in the interval: nodes are the unit, not trials", () => {
  const a = cell({ n1: 1, n2: 1.9, n3: 1.4 });
  const b = cell({ n4: 1.1, n5: 1.8, n6: 1.2 });
  const [ratio] = ratiosAcross([{ a, b, kernel: "k" }], 0.95);
  const [asTrials] = ratiosOfGroups([{ a: plain(a), b: plain(b), kernel: "k" }], 0.95);
  assert.ok(ratio.standardError > 1.7 * asTrials.standardError);
  assert.deepEqual(ratio.trials, [3, 3]);
});

test("cells in any mixture keep their order", () => {
  const paces = { n1: 1, n2: 1.5 };
  const found = ratiosAcross([
    { a: cell({ n1: 1 }), b: cell({ n1: 1 }, 3), kernel: "single" },
    { a: cell(paces), b: cell(paces, 2), kernel: "paired" },
    { a: cell({ n1: 1 }), b: cell({ n2: 1.5 }, 4), kernel: "apart" },
  ], 0.95);
  const ratios = found.map(({ logRatio }) => Math.round(100 * Math.exp(logRatio)) / 100);
  assert.deepEqual(ratios, [3, 2, 6]);
});
