import assert from "node:assert/strict";
import test from "node:test";
import { makeRun, makeTrial } from "../../tests/support/trials.ts";
import { summarise } from "./summarise.ts";

const rounds = [1, 2, 3];
const trials = (ranks: number, epochNs: number, batchSize = 10) =>
  rounds.map((round) => makeTrial({ round, epochNs, cell: { ranks, batchSize } }));
const run = makeRun({
  plan: { implementations: ["fused_typed"], baseline: "fused_typed", sizes: [1000], ranks: [1, 4] },
});

test("two ranks that take 0.6 of the time of one have an efficiency of 83 %", () => {
  const { cells } = summarise(run, [...trials(1, 5e6), ...trials(2, 3e6)], "run");
  const [one, two] = cells;
  assert.deepEqual(cells.map(({ cell }) => cell.ranks), [1, 2]);
  assert.equal(one.parallelEfficiency, undefined);
  const { value, low = -Infinity, high = Infinity } = two.parallelEfficiency!;
  assert.ok(Math.abs(value - 5 / 6) < 0.03, `${value}`);
  assert.ok(low < value && value < high);
});

test("without a cell of a single rank at the same B there is no efficiency", () => {
  const { cells } = summarise(run, [...trials(1, 5e6, 100), ...trials(2, 3e6)], "run");
  assert.equal(cells.length, 2);
  assert.ok(cells.every(({ parallelEfficiency }) => parallelEfficiency === undefined));
});
