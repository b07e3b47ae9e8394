import assert from "node:assert/strict";
import test from "node:test";
import { timeToAccuracy } from "./time_to_accuracy.ts";

const epochs = (trainNs: number, ...accuracies: number[]) => ({
  epochs: accuracies.map((testAccuracy) => ({ testAccuracy, trainNs })),
});

test("time runs to the end of the first epoch that reached 90 %, even if it fell back", () => {
  assert.equal(timeToAccuracy([epochs(10, 0.5, 0.9, 0.7, 0.95)]), 20);
});

test("over several trials it is the median", () => {
  const trials = [epochs(10, 0.8, 0.91), epochs(30, 0.8, 0.91), epochs(12, 0.8, 0.91)];
  assert.equal(timeToAccuracy(trials), 24);
});

test("it is absent when no more than half of the trials reached the target", () => {
  const reached = epochs(10, 0.95);
  const never = epochs(10, 0.1);
  assert.equal(timeToAccuracy([never]), undefined);
  assert.equal(timeToAccuracy([reached, never]), undefined);
  assert.equal(timeToAccuracy([never, never, reached]), undefined);
  assert.equal(timeToAccuracy([reached, reached, never]), 10);
  assert.equal(timeToAccuracy([]), undefined);
});

test("opening the kernel counts where it is known", () => {
  const opened = { ...epochs(10, 0.8, 0.95), setUpNs: 7 };
  assert.equal(timeToAccuracy([opened]), 27);
  assert.equal(timeToAccuracy([opened, epochs(10, 0.8, 0.95), opened]), 27);
});

test("another target can be asked for", () => {
  assert.equal(timeToAccuracy([epochs(10, 0.5, 0.9)], 0.5), 10);
});

test("a later round without accuracies reaches the target in the epoch of the first", () => {
  const first = {
    epochs: [{ testAccuracy: 0.8, trainNs: 10 }, { testAccuracy: 0.95, trainNs: 10 }],
  };
  const later = { setUpNs: 5, epochs: [{ trainNs: 20 }, { trainNs: 20 }] };
  assert.equal(timeToAccuracy([first, later]), (20 + 45) / 2);
});
