import assert from "node:assert/strict";
import test from "node:test";
import { mergeErrors, verdictsOver } from "../support/node_simulations.ts";

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
  const lacking = "missing" in cluster ? " with shards missing" : "";
  test(`of ${runs} merges of ${nodes} nodes that differ by up to 2×, ${rounds} rounds each, interaction ${interaction}${lacking}: at most 5 % have a false verdict, and 93–97 % of the intervals hold`, () => {
    const { falseVerdicts, ratios, times, paces } = mergeErrors(cluster, runs);
    assert.ok(falseVerdicts <= 0.05 * runs, `${falseVerdicts} of ${runs}`);
    for (const [name, counts] of Object.entries({ ratios, times, paces })) {
      assert.ok(isNominal(counts), `${name}: ${counts[0]} of ${counts[1]}`);
    }
  });
}

test("rounds of nodes that are not told apart would give false verdicts and intervals too narrow", () => {
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
