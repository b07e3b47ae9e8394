import assert from "node:assert/strict";
import { test } from "node:test";
import type process from "node:process";
import { because, makeRun, makeTrial, tooLong } from "../../tests/support/trials.ts";
import type { SweepEvent } from "../sweep/sweep_event.ts";
import type { Plan } from "../format/plan.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { createProgress } from "./progress.ts";

const planned = (trials: number, plan: Partial<Plan> = {}): SweepEvent => ({
  type: "planned",
  plan: { ...makeRun().plan, ...plan },
  trials,
  alreadyDone: 0,
});

const recordOf = (overrides: Partial<TrialRecord>, cell: Partial<TrialRecord["cell"]> = {}) => ({
  ...makeTrial({ cell }),
  ...overrides,
});

/** Progress without a terminal, its lines, and a trial that takes `seconds`. */
function plain() {
  const lines: string[] = [];
  let now = 0;
  const progress = createProgress(
    { live: false, note: (line) => void lines.push(line) },
    () => now,
  );
  const trial = (seconds: number, record = recordOf({})) => {
    progress.show({ type: "started", cell: record.cell, round: record.round });
    now += seconds * 1e9;
    progress.show({ type: "recorded", record });
  };
  return { progress, lines, trial };
}

/** Progress on a made-up terminal, and what it wrote there, without escapes. */
function live(columns = 80) {
  let text = "";
  let now = 0;
  const stream = {
    isTTY: true,
    columns,
    write: (chunk: string) => (text += chunk, true),
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
    clearScreenDown: () => true,
    on: () => stream,
  };
  const progress = createProgress(
    { live: true, note: (line) => void (text += `${line}\n`) },
    () => now,
    stream as unknown as typeof process.stderr,
  );
  return {
    progress,
    pass: (seconds: number) => void (now += seconds * 1e9),
    // deno-lint-ignore no-control-regex
    text: () => text.replaceAll(/\x1b(\[[?\d;]*[A-Za-z]|\d)/g, "\r"),
  };
}

test("plain lines state the time left now and then, judged by the trials so far", () => {
  const { progress, lines, trial } = plain();
  progress.show(planned(40));
  assert.equal(lines[0], "40 trials, at most 1 min 40 s");
  for (let i = 0; i < 12; i++) trial(2);
  const told = lines.filter((line) => line.includes("left"));
  assert.deepEqual(told.map((line) => line.split(" · ").at(-1)), [
    "about 1 min 18 s left",
    "about 1 min 8 s left",
    "about 58 s left",
  ]);
});

test("the budget limits the time left, and is all that is known before the first trial", () => {
  const { progress, pass, text } = live();
  progress.show(planned(10, { budgetSeconds: 30 }));
  pass(4);
  progress.show({ type: "pilot", cell: makeTrial().cell });
  pass(1);
  const record = recordOf({});
  progress.show({ type: "started", cell: record.cell, round: 1 });
  pass(9);
  progress.show({ type: "recorded", record });
  // Something above the bar draws it anew.
  progress.show({ type: "ceilings" });
  progress.stop();
  assert.match(text(), /0\/10 trials · at most 30 s left/);
  assert.doesNotMatch(text(), /\b0 s left|0s left/);
  assert.match(text(), /1\/10 trials · about 16 s left/);
});

test("the time left falls within a trial", () => {
  const { progress, pass, text } = live();
  progress.show(planned(4, { budgetSeconds: 1000 }));
  const record = recordOf({});
  for (const seconds of [10, 4]) {
    progress.show({ type: "started", cell: record.cell, round: 1 });
    pass(seconds);
    if (seconds === 10) progress.show({ type: "recorded", record });
    progress.show({ type: "ceilings" });
  }
  progress.stop();
  assert.match(text(), /about 30 s left/);
  assert.match(text(), /about 26 s left/);
});

test("the bar's line fits the terminal, and no name or figure in it is cut", () => {
  for (const columns of [20, 40, 60, 80, 120]) {
    const { progress, text } = live(columns);
    progress.show(planned(168));
    const { cell } = makeTrial({ cell: { implementation: "wasm_threads", examples: 60_000 } });
    progress.show({ type: "started", cell, round: 1 });
    progress.show({ type: "ceilings" });
    progress.stop();
    const bars = text().split(/[\r\n]+/).filter((line) => line.includes("/168"));
    assert.ok(bars.length > 0);
    for (const line of bars) {
      assert.ok(line.length < columns, `${columns}: ${line}`);
      assert.match(
        line,
        /^[█░]* ?0\/168 trials( · at most 1 min 40 s left( · (preparing data|round 1( · wasm_threads( · deno( · m = 60000( · B = 10)?)?)?)?))?)?$/,
      );
    }
  }
});

test("on a terminal, a failure appears above the bar at once", () => {
  const { progress, text } = live();
  progress.show(planned(10));
  const failed = recordOf({ status: "failed", reasons: because("no memory for this") });
  progress.show({ type: "started", cell: failed.cell, round: 1 });
  progress.show({ type: "recorded", record: failed });
  assert.match(text(), /round 1 fused_typed · deno · .*: failed: train: no memory/);
  progress.stop();
});

test("of trials skipped for one reason, the first is shown, and at the end their number", () => {
  const { progress, lines, trial } = plain();
  progress.show(planned(30));
  for (let i = 0; i < 20; i++) {
    progress.show({
      type: "recorded",
      record: recordOf({ status: "skipped", reasons: tooLong(i + 0.5) }, {
        implementation: i % 2 === 0 ? "naive_loop" : "fused_typed",
      }),
    });
  }
  trial(1, recordOf({ status: "failed", reasons: because("it broke") }));
  trial(1, recordOf({ status: "failed", reasons: because("it broke") }));
  progress.stop();
  assert.equal(lines.filter((line) => line.includes("predicted")).length, 2);
  assert.match(lines[1], /^1\/30 round 1 naive_loop .*: skipped: predicted 500 ms; the trials to/);
  assert.match(
    lines.at(-1)!,
    /^19 more trials skipped, alike: fused_typed, naive_loop: predicted 500 ms; /,
  );
  assert.equal(lines.filter((line) => line.includes("it broke")).length, 2);
});

test("with several seeds, a line names its seed", () => {
  const { progress, lines, trial } = plain();
  progress.show(planned(2, { seeds: [1, 2] }));
  trial(1, recordOf({}, { seed: 2 }));
  assert.match(lines[1], /seed 2/);
  progress.stop();
});
