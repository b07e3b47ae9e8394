import assert from "node:assert/strict";
import test from "node:test";
import { bestByEpochs } from "./total_time.ts";

const line = (series: number, setUpNs: number, nsPerEpoch: number) => ({
  series,
  setUpNs,
  nsPerEpoch,
});

test("what is best by the number of epochs is the lower envelope of set-up + E × epoch", () => {
  const [slow, middle, fast] = [line(0, 0, 10), line(1, 15, 5), line(2, 100, 1)];
  assert.deepEqual(bestByEpochs([slow, middle, fast], slow, 1), [
    { from: 1, series: 0 },
    { from: 4, series: 1 }, // 35 against 40; at 3 both take 30
    { from: 22, series: 2 }, // 122 against 125
  ]);
});

test("one that is better at no number of epochs is not named", () => {
  const [a, b] = [line(0, 5, 1), line(1, 6, 1)];
  assert.deepEqual(bestByEpochs([a, b], a, 3), [{ from: 1, series: 0 }]);
});

test("at its own number of epochs the choice stands; what is a little better there follows", () => {
  const [chosen, later, sooner] = [line(0, 10, 10), line(1, 15, 8), line(2, 1, 13)];
  // 40 against 39 and 40 for three epochs.
  assert.deepEqual(bestByEpochs([chosen, later], chosen, 3), [
    { from: 1, series: 0 },
    { from: 4, series: 1 },
  ]);
  assert.deepEqual(bestByEpochs([chosen, sooner], chosen, 2), [
    { from: 1, series: 2 },
    { from: 2, series: 0 },
  ]);
});
