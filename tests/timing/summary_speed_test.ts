import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { summarise } from "../../src/summary/summarise.ts";
import { SLOW } from "../support/slow.ts";
import { makeRun, makeTrials } from "../support/trials.ts";

test(
  "a default run with 1,000 samples a trial is summarised within 1.5 s of CPU time",
  SLOW,
  () => {
    const run = makeRun();
    const trials = makeTrials(run).map((trial, i) => ({
      ...trial,
      samplesNs: Array.from({ length: 1000 }, (_, j) => 1e6 + (i * 7919 + j * 104_729) % 50_000),
    }));
    // CPU time, and the least of five: other programs share caches all the same.
    const durations = Array.from({ length: 5 }, () => {
      const before = process.cpuUsage();
      summarise(run, trials, "run");
      const { user, system } = process.cpuUsage(before);
      return user + system;
    });
    assert.ok(Math.min(...durations) < 1.5e6, `${durations} µs`);
  },
);
