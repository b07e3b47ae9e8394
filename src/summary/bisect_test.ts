import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRun, makeTrial, makeTrials } from "../../tests/support/trials.ts";
import type { CrossoverAxis } from "../format/crossover_axes.ts";
import type { Plan } from "../format/plan.ts";
import type { Cell, TrialRecord } from "../format/trial_record.ts";
import { cellsToBisect } from "./bisect.ts";
import { summarise } from "./summarise.ts";

const PLAN: Partial<Plan> = {
  implementations: ["plain", "team"],
  baseline: "plain",
  sizes: [2000, 8000],
};

/** Equal at B = 60. */
const byBatch = ({ implementation, batchSize }: Cell) =>
  implementation === "plain" ? 10_000 : 5000 + 300_000 / batchSize;
/** Equal at a width of 100. */
const byWidth = ({ implementation, layerSizes }: Cell) =>
  implementation === "plain" ? 100 * layerSizes[1] : 5000 + 50 * layerSizes[1];

const timed = (law: (cell: Cell) => number) => (cell: Cell, round: number): TrialRecord =>
  makeTrial({ cell, round, epochNs: law(cell) * cell.examples, sampleCount: 9 });

for (
  const [axis, ends, law, truth] of [
    ["batch", { batchSizes: [8, 1024] }, byBatch, 60],
    ["width", { layers: [[784, 8, 10], [784, 1024, 10]] }, byWidth, 100],
  ] as [CrossoverAxis, Partial<Plan>, (cell: Cell) => number, number][]
) {
  test(`bisecting along ${axis} closes in on the crossover, and ends`, () => {
    const run = makeRun({
      plan: { ...PLAN, ...ends, crossover: axis },
    });
    const record = timed(law);
    const trials = makeTrials(run).map(({ cell, round }) => record(cell, round));
    let steps = 0;
    for (;; steps++) {
      assert.ok(steps < 12, "it goes on for ever");
      const cells = cellsToBisect(run, trials);
      if (cells.length === 0) break;
      assert.deepEqual(cells.map(({ implementation }) => implementation), ["plain", "team"]);
      assert.ok(cells.every(({ examples }) => examples === 8000), "only the largest m");
      for (const round of [1, 2, 3]) trials.push(...cells.map((cell) => record(cell, round)));
    }
    assert.ok(steps >= 4);
    const { crossovers } = summarise(run, trials, "run");
    const { at, low, high } = crossovers.find(({ cell }) => cell.examples === 8000)!;
    assert.ok(low < truth && truth < high, `${low} to ${high}`);
    assert.ok(high / low < 1.7, `${low} to ${high}`);
    assert.ok(Math.abs(Math.log(at / truth)) < 0.1, `${at}`);
  });
}

test("without --crossover, or without a change of the fastest, there is nothing to bisect", () => {
  const plan = { ...PLAN, batchSizes: [8, 1024] };
  const trialsOf = (law: (cell: Cell) => number) =>
    makeTrials(makeRun({ plan })).map(({ cell, round }) => timed(law)(cell, round));
  assert.deepEqual(cellsToBisect(makeRun({ plan }), trialsOf(byBatch)), []);
  const bisected = makeRun({ plan: { ...plan, crossover: "batch" } });
  const parted = trialsOf(({ implementation }) => implementation === "plain" ? 10_000 : 20_000);
  assert.deepEqual(cellsToBisect(bisected, parted), []);
});
