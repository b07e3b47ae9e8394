import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRun, makeTrials, tooLong } from "../../tests/support/trials.ts";
import { summarise } from "../summary/summarise.ts";
import { diagnoseCommand, failureTexts } from "./failure_words.ts";

test("a program that was named and skipped everywhere is told with what failed", () => {
  const run = makeRun({
    plan: {
      sizes: [1000, 4000],
      implementations: ["naive_loop", "fused_typed", "mine"],
      plugins: ["work/mine.py"],
      peers: ["numpy_batch"],
    },
  });
  const skipped = makeTrials(run, (trial) =>
    trial.cell.implementation === "mine"
      ? {
        ...trial,
        status: "skipped",
        samplesNs: [],
        reasons: [{ kind: "no-language", language: "python", tried: [] }],
      }
      : trial);
  const [text, ...others] = failureTexts(summarise(run, skipped, "run"));
  assert.match(text, /^✗ mine was not measured: unavailable: no Python works; /);
  assert.deepEqual(others, []);
  // One cell with a figure, or a prediction, is an answer about it.
  const some = makeTrials(
    run,
    (trial) =>
      trial.cell.implementation === "mine" && trial.cell.examples === 4000
        ? { ...trial, status: "skipped", samplesNs: [], reasons: tooLong(9) }
        : trial,
  );
  assert.deepEqual(failureTexts(summarise(run, some, "run")), []);
});

test("the next command holds for files with a space in their name", () => {
  const { plan } = makeRun({ plan: { plugins: ["my work/mine.py", "cmd: perl x.pl"] } });
  assert.match(diagnoseCommand("mine", plan), /diagnose mine --plugin 'my work\/mine\.py'$/);
  assert.match(diagnoseCommand("x", plan), / --plugin 'cmd: perl x\.pl'$/);
});
