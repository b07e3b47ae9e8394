import assert from "node:assert/strict";
import test from "node:test";
import { makeTrial } from "../../tests/support/trials.ts";
import { estimateCell, steadyTrial } from "./estimate.ts";

/** Ten slow samples, then forty that wobble around 100. */
const warmingUp = Array.from({ length: 50 }, (_, i) => i < 10 ? 300 - i : 100 + i % 5);

test("warm-up is cut and samples become ns per epoch, ascending", () => {
  const steady = steadyTrial(makeTrial({ samplesNs: warmingUp, epochsPerSample: 4, round: 2 }));
  assert.equal(steady.warmupSamples, 10);
  assert.equal(steady.round, 2);
  assert.equal(steady.sorted.length, 40);
  assert.equal(steady.sorted[0], 25);
  assert.equal(steady.sorted[39], 26);
});

test("nothing is cut from samples that an engine has sorted", () => {
  for (const engine of ["mitata", "tinybench"] as const) {
    const trial = makeTrial({ samplesNs: warmingUp, engine });
    assert.equal(steadyTrial(trial).warmupSamples, 0);
  }
});

test("a trial without samples is refused", () => {
  assert.throws(() => steadyTrial(makeTrial({ samplesNs: [] })), /no samples/);
});

test("a cell's estimate is in ns per epoch and per example, with the spread of all steady samples", () => {
  const trials = [[100, 102, 104], [110, 112, 114], [90]].map((samplesNs, i) =>
    steadyTrial(makeTrial({ samplesNs, epochsPerSample: 1, round: i + 1 }))
  );
  const { nsPerEpoch, nsPerExample, madNs } = estimateCell(trials, 50);
  assert.equal(nsPerEpoch.value, 102);
  assert.equal(nsPerExample.value, 102 / 50);
  assert.equal(nsPerExample.low, nsPerEpoch.low / 50);
  assert.equal(nsPerExample.high, nsPerEpoch.high / 50);
  // Mean of log 90, 102, 112 ± t(0.975, 2) · s / √3, by hand: 4.6142 ± 4.3027 · 0.1100 / 1.7321
  assert.ok(Math.abs(nsPerEpoch.low - 76.8) < 0.1, `${nsPerEpoch.low}`);
  assert.ok(Math.abs(nsPerEpoch.high - 132.6) < 0.1, `${nsPerEpoch.high}`);
  // 90 100 102 104 110 112 114: median 104, distances 14 4 2 0 6 8 10
  assert.equal(madNs, 6);
});

test("an interval of which nothing is known ends a thousandfold away", () => {
  // Two samples a thousandfold apart: Student's t with one degree of freedom reaches e^±44 and further.
  const { nsPerEpoch } = estimateCell([
    steadyTrial(makeTrial({ samplesNs: [1000, 1_000_000], epochsPerSample: 1 })),
  ], 1);
  assert.ok(nsPerEpoch.high > nsPerEpoch.value && nsPerEpoch.high <= 1000 * nsPerEpoch.value);
  assert.ok(nsPerEpoch.low < nsPerEpoch.value && nsPerEpoch.low > 0);
});

test("one sample has an interval without a width, whatever the logarithm rounds to", () => {
  for (const ns of [3, 7, 1000.3, 123_456_789]) {
    const steady = steadyTrial(makeTrial({ samplesNs: [ns], epochsPerSample: 1 }));
    const { value, low, high } = estimateCell([steady], 1).nsPerEpoch;
    assert.deepEqual([low, high], [value, value]);
  }
});
