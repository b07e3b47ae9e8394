import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRun, makeTrials } from "../../tests/support/trials.ts";
import { measuredPrograms } from "./measured_programs.ts";

const QUESTION = { hiddenActivation: "sigmoid", outputLoss: "sigmoid-quadratic" } as const;

/** One program of 10 ms per epoch, whose first epochs take longer; opening takes 1 ms. */
function measured(firstMs: readonly number[], samplesMs: readonly number[]) {
  const run = makeRun({ plan: { implementations: ["fused_typed"], sizes: [1000], rounds: 2 } });
  const trials = makeTrials(run, (trial) => ({
    ...trial,
    epochsPerSample: 1,
    durations: { ...trial.durations!, openNs: 1e6 },
    training: {
      ...trial.training!,
      epochs: firstMs.map((ms) => ({ ...trial.training!.epochs[0], trainNs: ms * 1e6 })),
    },
    samplesNs: samplesMs.map((ms) => ms * 1e6),
  }));
  const [program] = measuredPrograms([{ name: "run", run, trials }], QUESTION).programs;
  return program;
}

const STEADY = Array.from({ length: 20 }, () => 10);

test("what the first epochs take longer is part of the start, as far as the training goes", () => {
  const program = measured([17, 14], [12, ...STEADY]);
  const startMs = (epochs: number) => program.starts(epochs * 10e6)[0].ns / 1e6;
  assert.equal(Math.round(program.epochs[0].ns / 1e6), 10);
  assert.deepEqual([1, 2, 3, 50].map((n) => Math.round(startMs(n))), [8, 12, 14, 14]);
  // Half of the second epoch.
  assert.equal(Math.round(startMs(1.5)), 10);
});

test("slow samples later on are no start", () => {
  const program = measured([10, 10], [...STEADY, 40, ...STEADY]);
  assert.equal(Math.round(program.starts(Infinity)[0].ns / 1e6), 1);
});

test("a program whose processes differ has a spread of its own", () => {
  const run = makeRun({ plan: { sizes: [1000, 4000, 16_000], rounds: 4 } });
  const trials = makeTrials(run, (trial) => ({
    ...trial,
    samplesNs: trial.samplesNs.map((ns) =>
      trial.cell.implementation === "fused_typed" && trial.round % 2 === 0 ? 2 * ns : ns
    ),
  }));
  const { programs } = measuredPrograms([{ name: "run", run, trials }], QUESTION);
  const [steady, , twoPaced] = programs.map(({ spread }) => spread.epoch);
  assert.ok(twoPaced > 0.3 && steady < 0.1, `${twoPaced}, ${steady}`);
});
