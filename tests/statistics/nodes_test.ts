import assert from "node:assert/strict";
import test from "node:test";
import { mergeErrors, pairsThatHold, verdictsOver } from "../support/node_simulations.ts";

const isNominal = ([held, of]: readonly [number, number]): boolean =>
  held >= 0.93 * of && held <= 0.97 * of;

const LAYOUTS = [
  { nodes: 4, rounds: 3, interaction: 0.01, runs: 1000 },
  { nodes: 8, rounds: 2, interaction: 0.03, runs: 300 },
  { nodes: 16, rounds: 1, interaction: 0.01, runs: 300 },
  { nodes: 8, rounds: 3, interaction: 0.02, missing: 0.25, failed: 0.1, runs: 300 },
];

for (const { runs, ...cluster } of LAYOUTS) {
  const { nodes, rounds, interaction } = cluster;
  const lacking = "missing" in cluster ? ", shards missing" : "";
  const where = `${nodes} nodes that differ by up to 2×, ${rounds} rounds on each, interaction ` +
    `${interaction}${lacking}`;

  test(`of ${runs} merges over ${where}, at most 5 % have a false verdict, and 93–97 % of the times hold`, () => {
    const { falseVerdicts, ratios, times, paces } = mergeErrors(cluster, runs);
    assert.ok(falseVerdicts <= 0.05 * runs, `${falseVerdicts} of ${runs}`);
    assert.ok(isNominal(times), `times: ${times}`);
    // As in a run of one machine, a pair is never calmer than its own blocks show; and a pace errs on the wide side.
    for (const [held, of] of [ratios, paces]) {
      assert.ok(held >= 0.93 * of && held < 0.995 * of, `${ratios}; ${paces}`);
    }
  });

  test(`the 95 % interval of one pair covers the true ratio in 93–97 % of 4,000 merges over ${where}`, () => {
    const held = pairsThatHold(cluster, 4000);
    assert.ok(isNominal([held, 4000]), `${held} of 4000`);
  });
}

for (const [nodes, rounds] of [[2, 5], [3, 2], [4, 3]]) {
  test(`of 1,000 merges of two equally fast programs at one size over ${nodes} nodes, ${rounds} rounds on each, at most 5 % have a false verdict`, () => {
    const cluster = { nodes, rounds, interaction: 0.03 };
    const { falseVerdicts } = mergeErrors(cluster, 1000, false, { programs: 2, sizes: 1 });
    assert.ok(falseVerdicts <= 50, `${falseVerdicts} of 1000`);
  });
}

test("rounds of nodes that are not told apart give intervals that are too narrow", () => {
  const { ratios } = mergeErrors({ nodes: 4, rounds: 3, interaction: 0.03 }, 300, true);
  assert.ok(ratios[0] < 0.9 * ratios[1], `${ratios[0]} of ${ratios[1]}`);
});

test("a thousand nodes resolve 5 % and sameness at a threshold of 2 %", () => {
  const { half, slower, same, isFalse } = verdictsOver(
    { nodes: 1000, rounds: 1, interaction: 0.01 },
    10,
  );
  assert.ok(half < 0.005, `${half}`);
  assert.deepEqual([slower, same, isFalse], [10, 10, 0]);
});
