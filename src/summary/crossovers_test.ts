import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRun, makeTrial, makeTrials } from "../../tests/support/trials.ts";
import type { Plan, RunFile } from "../format/plan.ts";
import { type Cell, cellKey } from "../format/trial_record.ts";
import { crossoverSentences } from "../report/crossover_words.ts";
import { axesOfCells } from "./axes.ts";
import { movedTo, placeOn } from "./crossover_lines.ts";
import { summarise } from "./summarise.ts";

const PLAN: Partial<Plan> = { implementations: ["plain", "team"], baseline: "plain" };

/** Trials whose epochs take what `nsPerExample` says. */
function trialsOf(run: RunFile, nsPerExample: (cell: Cell) => number) {
  return makeTrials(run).map(({ cell, round }) =>
    makeTrial({ cell, round, epochNs: nsPerExample(cell) * cell.examples, sampleCount: 9 })
  );
}

const summaryOf = (plan: Partial<Plan>, nsPerExample: (cell: Cell) => number) => {
  const run = makeRun({ plan: { ...PLAN, ...plan } });
  return summarise(run, trialsOf(run, nsPerExample), "run");
};

/** The plain program takes 10 µs per example; the team half of that, and 300 µs to meet for each step. */
const meetingTeam = ({ implementation, batchSize }: Cell) =>
  implementation === "plain" ? 10_000 : 5000 + 300_000 / batchSize;

test("below some B one program is the fastest, above it another: where, between which values", () => {
  const summary = summaryOf({ sizes: [8000], batchSizes: [10, 30, 100, 300] }, meetingTeam);
  const [crossover, ...others] = summary.crossovers;
  assert.deepEqual(others, []);
  const { axis, below, above, at, low, high } = crossover;
  assert.deepEqual([axis, below.implementation, above.implementation], ["batch", "plain", "team"]);
  assert.deepEqual([low, high], [30, 100]);
  // The law crosses at B = 60; a line between two points of a curve comes near.
  assert.ok(at > 50 && at < 72, `${at}`);
  assert.deepEqual(
    crossoverSentences(summary),
    [`team takes less in all than plain from B = ${Math.round(at)} [30, 100] on.`],
  );
});

test("from some width of the hidden layers on, another program is the fastest", () => {
  const layers = [16, 64, 256].map((width) => [784, width, width, 10]);
  const summary = summaryOf(
    { sizes: [1000, 8000], layers },
    ({ implementation, layerSizes }) =>
      implementation === "plain" ? 100 * layerSizes[1] : 4000 + 40 * layerSizes[1],
  );
  // One for each m; the words are of the largest.
  assert.deepEqual(summary.crossovers.map(({ axis, low, high }) => [axis, low, high]), [
    ["width", 64, 256],
    ["width", 64, 256],
  ]);
  assert.match(
    crossoverSentences(summary).join(),
    /^team takes less in all than plain from a width of \d+ \[64, 256\] on \(m = 8,000\)\.$/,
  );
});

test("along m, the choice changes where set-up is worth it", () => {
  const summary = summaryOf(
    { sizes: [1000, 4000, 16_000] },
    ({ implementation, examples }) => implementation === "plain" ? 10_000 : 5000 + 2e7 / examples,
  );
  const [{ axis, low, high, at }] = summary.crossovers;
  assert.equal(axis, "examples");
  assert.ok(low <= at && at <= high && low >= 1000 && high <= 16_000);
  assert.match(
    crossoverSentences(summary)[0],
    /^team takes less in all than plain from m = [\d,]+ \[[\d,]+, [\d,]+\] on\./,
  );
});

test("what noise alone makes the fastest is no crossover", () => {
  const summary = summaryOf({ sizes: [8000], batchSizes: [10, 30, 100, 300] }, () => 10_000);
  assert.deepEqual(summary.crossovers, []);
  assert.deepEqual(crossoverSentences(summary), []);
  const plan = { ...summary.plan, crossover: "batch" as const };
  assert.match(crossoverSentences({ ...summary, plan })[0], /^No crossover along B is proved: /);
});

test("networks of different depth, or of uneven widths, lie on no common axis of width", () => {
  const { cell } = makeTrial();
  assert.equal(placeOn("width", cell), 16);
  assert.equal(placeOn("width", { ...cell, layerSizes: [784, 32, 16, 10] }), undefined);
  assert.equal(placeOn("width", { ...cell, layerSizes: [784, 10] }), undefined);
  const summary = summaryOf(
    { sizes: [1000], layers: [[784, 16, 10], [784, 64, 64, 10]] },
    ({ implementation, layerSizes }) =>
      (implementation === "plain") === (layerSizes.length === 3) ? 1000 : 9000,
  );
  assert.deepEqual(summary.crossovers, []);
});

test("a cell that is moved along an axis differs in nothing else", () => {
  const { cell } = makeTrial({ cell: { batchSize: 10 } });
  assert.equal(placeOn("batch", movedTo("batch", cell, 48)), 48);
  assert.equal(cellKey(movedTo("width", movedTo("width", cell, 48), 16)), cellKey(cell));
  assert.ok(axesOfCells([cell, movedTo("width", cell, 48)]).layerSizes);
  const full = { ...cell, examples: 1000, batchSize: 1000 };
  assert.equal(movedTo("examples", full, 500).batchSize, 500);
});

test("where the choice is a third that is near both, the sentence of a crossover says so", () => {
  const summary = summaryOf(
    { sizes: [1000, 8000], batchSizes: [10] },
    ({ implementation, examples }) =>
      implementation === "plain" ? 10_000 : examples < 4000 ? 13_000 : 7000,
  );
  const [crossover] = summary.crossovers;
  assert.equal(crossover?.axis, "examples");
  const [series] = summary.series;
  const third = {
    ...summary,
    series: [...summary.series, { ...series, implementation: "third", label: "third" }],
    choices: summary.choices.map((choice) => ({ ...choice, series: summary.series.length })),
  };
  assert.match(
    crossoverSentences(third)[0],
    /^team takes less in all than plain from m = .* on; third, the choice, is near the fastest everywhere\.$/,
  );
  assert.doesNotMatch(crossoverSentences(summary)[0], /the choice/);
});
