import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRun, makeTrials } from "../../tests/support/trials.ts";
import { Summary } from "../format/summary.ts";
import { summarise } from "./summarise.ts";
import { accuracyFrontOf, contentionOf } from "./run_figures.ts";

const run = makeRun({ plan: { sizes: [1000, 2000] } });
const summary = summarise(run, makeTrials(run), "run");

test("the front holds the epochs at the largest m that none beats in time and accuracy", () => {
  assert.deepEqual(Summary.parse(JSON.parse(JSON.stringify(summary))), summary);
  const [cell] = summary.cells.filter(({ cell }) => cell.examples === 2000);
  const epoch = (cumulativeTrainNs: number, testAccuracy: number) => ({
    ...cell.epochs[0],
    cumulativeTrainNs,
    testAccuracy,
  });
  const front = accuracyFrontOf([
    { ...cell, epochs: [epoch(10, 0.5), epoch(20, 0.6), epoch(30, 0.55)] },
    { ...cell, epochs: [epoch(10, 0.4), epoch(25, 0.6), epoch(0, 0.99)] },
    { ...cell, cell: { ...cell.cell, examples: 1000 }, epochs: [epoch(1, 0.9)] },
  ]);
  assert.deepEqual(front, [
    { trainNs: 10, testAccuracy: 0.5 },
    { trainNs: 20, testAccuracy: 0.6 },
  ]);
});

test("contention weighs the cells by their samples", () => {
  const [cell] = summary.cells;
  const disturbed = (samples: number, setAside: number, waitedShare: number) => ({
    ...cell,
    disturbance: { ...cell.disturbance, disturbed: setAside, samples, setAside, waitedShare },
  });
  assert.deepEqual(
    contentionOf([disturbed(10, 1, 0.1), disturbed(30, 0, 0.02), cell]),
    { samples: 40, setAside: 1, waitedShare: 0.04 },
  );
  assert.equal(contentionOf([cell]), undefined);
});
