import assert from "node:assert/strict";
import test from "node:test";
import { type Story, story } from "../../tests/support/stories.ts";
import { InputError } from "../base/errors.ts";
import { randomFrom } from "../base/random.ts";
import { withCeilings } from "../../tests/support/ceilings.ts";
import type { Cell, TrialRecord } from "../format/trial_record.ts";
import { Comparison } from "../format/comparison.ts";
import { compareRuns } from "./compare_runs.ts";
import type { NamedRun } from "../summary/noise_floor.ts";

const verdictsOf = ({ cells }: Comparison) => cells.map(({ verdict }) => verdict);

test("a cell is named by the threads that ran, not by those that were given", () => {
  const given = (used: number): Story => ({
    change: (trial) =>
      trial.cell.implementation === "sparse_typed"
        ? { ...trial, cell: { ...trial.cell, threads: 2 }, threadsUsed: used }
        : trial,
  });
  const labels = (used: number) =>
    new Set(
      compareRuns(story(1, given(used)), story(2, given(used)), 0.03).cells
        .map(({ label }) => label),
    );
  assert.ok(labels(1).has("sparse_typed"));
  assert.ok(labels(2).has("sparse_typed · 2 threads"));
});

test("code that takes 1.3 × the time on a machine of the same pace is slower in every cell", () => {
  const comparison = Comparison.parse(
    compareRuns(story(1), story(2, { code: () => 1.3 }), 0.03),
  );
  assert.equal(comparison.verdict, "slower");
  assert.deepEqual(new Set(verdictsOf(comparison)), new Set(["slower"]));
  assert.ok(Math.abs(comparison.pace!.ratio - 1) < 0.02);
  for (const { ratio, interval: [low, high], a, b } of comparison.cells) {
    assert.ok(low > 1.03 && low < ratio && ratio < high);
    assert.ok(Math.abs(ratio - b.nsPerEpoch / a.nsPerEpoch) < 1e-9, "ratio is B / A");
  }
  const back = compareRuns(story(2, { code: () => 1.3 }), story(1), 0.03);
  assert.equal(back.verdict, "faster");
});

test("a machine that is 1.3 × slower in B is not taken for the code, and is reported", () => {
  const comparison = compareRuns(story(1), story(2, { machine: 1.3 }), 0.03);
  assert.equal(comparison.verdict, "unresolved");
  assert.ok(Math.abs(comparison.pace!.ratio - 1.3) < 0.04, `${comparison.pace!.ratio}`);
  assert.ok(comparison.pace!.interval![0] > 1.2);
  assert.ok(
    comparison.cells.some(({ doubt }) =>
      doubt?.kind === "machine-pace" && doubt.asMeasured === "slower"
    ),
  );
  for (const { interval, rawInterval } of comparison.cells) {
    assert.ok(interval[0] < 1.03 && interval[1] >= rawInterval![1]);
  }
});

test("a neighbour that hits the kernels harder than the yardstick is not taken for the code", () => {
  for (const [machine, expected] of [[1.3, "slower"], [1 / 1.3, "faster"]] as const) {
    const b = story(2, { machine, seen: 0.6 });
    assert.ok(verdictsOf(compareRuns(story(1), b, 0.03)).every((one) => one !== expected));
  }
});

/** As if another program had had the CPU for this share of the sampled time. */
const waited = (share: number) => (trial: TrialRecord): TrialRecord => ({
  ...trial,
  samplesNs: trial.samplesNs.map((ns) => ns / (1 - share)),
  interference: {
    ...trial.interference,
    wallNs: 1e8,
    cpuNs: (1 - share) * 1e8,
    cpuPressureNs: share * 1e8,
  },
});

test("a program that took the CPU from B is not taken for the code, though no yardstick saw it", () => {
  const a = story(1, { change: waited(0) });
  const comparison = compareRuns(a, story(2, { change: waited(0.3) }), 0.03);
  assert.ok(Math.abs(comparison.commonRatio - 1 / 0.7) < 0.03, `${comparison.commonRatio}`);
  assert.ok(Math.abs(comparison.pace!.ratio - 1) < 0.03);
  assert.ok(verdictsOf(comparison).every((verdict) => verdict !== "slower"));
  assert.ok(Math.abs(comparison.waiting!.b - 0.3) < 1e-9 && comparison.waiting!.a === 0);
  // One that waits without pressure from others sleeps: that is its own doing.
  const sleeps = (trial: TrialRecord) => {
    const { interference, ...rest } = waited(0.3)(trial);
    return { ...rest, interference: { ...interference, cpuPressureNs: 0 } };
  };
  assert.equal(compareRuns(a, story(2, { change: sleeps }), 0.03).verdict, "slower");
});

test("without any yardstick or ceilings, the comparison says that nothing shows the pace", () => {
  const of = (seed: number) => story(seed, { yardstick: false });
  const { pace, notes, cells } = compareRuns(of(1), of(2), 0.03);
  assert.equal(pace, undefined);
  assert.deepEqual(notes, [{ kind: "pace-unknown" }]);
  assert.ok(cells.every(({ rawInterval }) => rawInterval === undefined));
});

test("ceilings stand in for yardsticks that one of the runs does not have", () => {
  const before = story(1, { yardstick: false });
  const after = story(2, { machine: 1.25 });
  const slower = withCeilings(after.run);
  const ceilings = slower.ceilings!.map((of) => ({
    ...of,
    arithmetic: of.arithmetic.map((one) => ({ ...one, flopPerSecond: one.flopPerSecond / 1.25 })),
  }));
  const comparison = compareRuns(
    { ...before, run: withCeilings(before.run) },
    { ...after, run: { ...slower, ceilings } },
    0.03,
  );
  assert.deepEqual([comparison.pace?.source, comparison.pace?.from], ["ceilings", 1]);
  assert.ok(Math.abs(comparison.pace!.ratio - 1.25) < 1e-9);
  assert.ok(verdictsOf(comparison).every((verdict) => verdict !== "slower"));
});

test("of 200 pairs of the same code at most 5 % get a verdict of change, though machines differ", () => {
  let changed = 0;
  for (let i = 0; i < 200; i++) {
    const random = randomFrom(i, "machines");
    const [a, b] = [1, 2].map((part) =>
      story(10 * i + part, { machine: Math.exp(0.25 * random.normal()), spread: 0.03 })
    );
    if (verdictsOf(compareRuns(a, b, 0.03)).some((one) => one === "slower" || one === "faster")) {
      changed++;
    }
  }
  assert.ok(changed <= 10, `${changed} of 200`);
});

test("a kernel that settles in one of two paces per process is no regression by luck of its trials", () => {
  let changed = 0;
  for (let i = 0; i < 100; i++) {
    const random = randomFrom(i, "paces");
    // Each process by itself: story() asks for the code's factor once a trial.
    const paces = (cell: Cell) =>
      cell.implementation === "naive_loop" && random.uniform() < 0.5 ? 1.28 : 1;
    const [a, b] = [1, 2].map((part) => story(1000 * i + part, { code: paces, spread: 0.005 }));
    changed += compareRuns(a, b, 0.03).cells
      .filter(({ verdict }) => verdict === "slower" || verdict === "faster").length;
  }
  assert.ok(changed <= 5, `${changed} cells in 100 comparisons`);
});

test("the noise floor of a null twin is the threshold where it is the greater", () => {
  const twins = (factor: number) => (run: NamedRun): NamedRun => ({
    ...run,
    trials: [
      ...run.trials,
      ...run.trials.filter(({ cell }) => cell.implementation === "fused_typed").map((trial) => ({
        ...trial,
        cell: { ...trial.cell, copy: "twin" as const },
        samplesNs: trial.samplesNs.map((ns) => ns * factor),
      })),
    ],
  });
  const b = story(2, { code: () => 1.3 });
  const noisy = compareRuns(twins(1.05)(story(1)), twins(1.4)(b), 0.03);
  assert.ok(Math.abs(noisy.noiseFloor! - 0.4) < 1e-9);
  assert.equal(noisy.thresholdInForce, noisy.noiseFloor);
  assert.ok(verdictsOf(noisy).every((verdict) => verdict !== "slower"));
  assert.equal(noisy.cells.length, 12, "twins are no cells of a comparison");
  const calm = compareRuns(twins(1.01)(story(1)), b, 0.03);
  assert.equal(calm.thresholdInForce, 0.03);
  assert.equal(calm.verdict, "slower");
});

test("one slower cell makes the whole slower, one unresolved the rest unresolved", () => {
  const one = compareRuns(
    story(1),
    story(2, { code: (cell) => cell.implementation === "fused_typed" ? 1.6 : 1 }),
    0.03,
  );
  assert.equal(one.verdict, "slower");
  for (const { cell, verdict } of one.cells) {
    assert.equal(verdict === "slower", cell.implementation === "fused_typed", cell.implementation);
  }
});

test("of a run without yardsticks, waiting alone is enough for a second reading", () => {
  const of = (seed: number, share: number) =>
    story(seed, { yardstick: false, change: waited(share) });
  const { pace, cells } = compareRuns(of(1, 0), of(2, 0.4), 0.03);
  assert.equal(pace, undefined);
  assert.ok(cells.every(({ rawInterval, interval }) => rawInterval![0] > interval[0]));
  assert.ok(cells.every(({ verdict }) => verdict === "unresolved"));
});

test("runs without a common cell of two trials are refused", () => {
  const first = (trial: TrialRecord) => trial.round === 1 ? trial : undefined;
  assert.throws(
    () => compareRuns(story(1, { change: first }), story(2), 0.03),
    (error) => error instanceof InputError && /a single trial in A/.test(error.message),
  );
});

test("a run compared with itself is named as such, and nothing in it differs", () => {
  const one = story(1);
  const comparison = Comparison.parse(compareRuns(one, { ...one, name: "latest" }, 0.03));
  assert.equal(comparison.verdict, "same");
  assert.deepEqual(comparison.notes, [{ kind: "same-run" }]);
  for (const { ratio, interval, doubt } of comparison.cells) {
    assert.deepEqual([ratio, interval, doubt], [1, [1, 1], undefined]);
  }
  assert.ok(compareRuns(story(1), story(3), 0.03).notes.every(({ kind }) => kind !== "same-run"));
});

test("a slowdown across the threshold is named as one, with the rounds that would decide", () => {
  const comparison = compareRuns(story(1), story(2, { code: () => 1.04, spread: 0.003 }), 0.03);
  const across = comparison.cells.filter(({ doubt }) => doubt?.kind === "across-threshold");
  assert.ok(across.length > 0);
  for (const { interval: [low, high], doubt } of across) {
    assert.ok(low > 1 && low < 1.03 && high > 1.03);
    assert.ok(doubt?.kind === "across-threshold" && doubt.direction === "slower");
  }
  assert.ok(across.some(({ roundsNeeded }) => roundsNeeded !== undefined && roundsNeeded > 3));
});

test("runs of other nodes, merged, are compared node by node: their paces are not taken for the code", () => {
  const paces: Record<string, number> = { n1: 1, n2: 1.6, n3: 1.2, n4: 1.9, n5: 1.7, n6: 1.1 };
  const on = (names: readonly string[], factor = 1): Story => ({
    yardstick: false,
    change: (trial) => {
      const node = names[(trial.round - 1) % names.length];
      return {
        ...trial,
        node,
        samplesNs: trial.samplesNs.map((ns) => ns * paces[node] * factor),
      };
    },
  });
  const [a, b, slow] = [["n1", "n2", "n3"], ["n4", "n5", "n6"], ["n3", "n1", "n2"]];
  const apart = compareRuns(story(1, on(a)), story(2, on(b)), 0.03);
  assert.deepEqual(new Set(verdictsOf(apart)), new Set(["unresolved"]));
  const same = compareRuns(story(1, on(a)), story(2, on(slow, 2.5)), 0.03);
  assert.deepEqual(new Set(verdictsOf(same)), new Set(["slower"]));
  for (const { ratio } of same.cells) assert.ok(Math.abs(ratio / 2.5 - 1) < 0.1, `${ratio}`);
  Comparison.parse(same);
});
