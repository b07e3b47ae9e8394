import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Summary } from "../../src/format/summary.ts";
import { RunFile } from "../../src/format/plan.ts";
import {
  briefPlan,
  flags,
  latestTrials,
  slope,
  smallData,
  startSlope,
  trialName,
  withFolder,
} from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";

const SMALL = { sizes: "200,400,800", epochs: "1", rounds: "2" };

const arguments_ = (out: string, options: Record<string, string> = {}) => [
  "bench",
  ...flags({ data: smallData(), out, plan: briefPlan(), ...SMALL, ...options }),
];

const bench = (out: string, options: Record<string, string> = {}) =>
  slope(arguments_(out, options));

test(
  "bench leaves a run folder with every file, and a table on standard output",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      const { code, stdout, stderr } = await bench(out);
      assert.equal(code, 0, stderr);
      const folder = join(out, "latest");
      for (
        const file of [
          "run.json",
          "trials.jsonl",
          "summary.json",
          "report.md",
          "report.html",
          "cells.csv",
        ]
      ) {
        assert.ok(existsSync(join(folder, file)), file);
      }
      const run = RunFile.parse(JSON.parse(readFileSync(join(folder, "run.json"), "utf8")));
      assert.equal(run.sessions.length, 1);
      assert.ok(run.sessions[0].finishedAt);
      const trials = latestTrials(out);
      assert.equal(trials.length, 3 * 3 * 2);
      for (const trial of trials) {
        assert.equal(trial.status, "ok", trial.reason ?? "");
        assert.ok(trial.samplesNs.length >= 1 && trial.samplesNs.every((ns) => ns > 0));
        assert.notEqual(trial.verification?.verdict, "wrong");
        assert.equal(trial.training?.epochs.length, 1);
        assert.ok((trial.memory?.peakRssBytes ?? 0) > 1e6);
      }
      const summary = Summary.parse(JSON.parse(readFileSync(join(folder, "summary.json"), "utf8")));
      assert.equal(summary.cells.length, 9);
      assert.match(stdout, /naive_loop/);
      assert.match(stdout, /fused_typed/);
    });
  },
);

test("inside a round the order is shuffled, and rounds follow one another", SLOW, async () => {
  await withFolder(async (out) => {
    await bench(out);
    const trials = latestTrials(out);
    assert.deepEqual(trials.map(({ round }) => round), [...Array(9).fill(1), ...Array(9).fill(2)]);
    const names = (round: number) =>
      trials.filter((trial) => trial.round === round)
        .map(({ cell }) => `${cell.implementation} ${cell.examples}`);
    assert.notDeepEqual(names(1), names(2));
    assert.deepEqual(names(1).sort(), names(2).sort());
  });
});

test("report renders a run again, byte for byte the same", SLOW, async () => {
  await withFolder(async (out) => {
    await bench(out);
    const folder = join(out, "latest");
    const files = ["summary.json", "report.md", "report.html", "cells.csv", "plots/time.svg"];
    const read = () => files.map((file) => readFileSync(join(folder, file), "utf8"));
    const before = read();
    const { code, stderr } = await slope(["report", folder]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(read(), before);
  });
});

test("a sweep that was killed and resumed has the trials of an undisturbed one", SLOW, async () => {
  await withFolder(async (out) => {
    const undisturbed = join(out, "undisturbed");
    const disturbed = join(out, "disturbed");
    await bench(undisturbed);
    const running = startSlope(arguments_(disturbed));
    await running.says("5/18");
    running.kill("SIGKILL");
    assert.equal((await running.ended).signal, "SIGKILL");
    const orphans = () =>
      readdirSync(tmpdir()).filter((name) => name.startsWith(`slope-${running.pid}-`));
    assert.equal(orphans().length, 1);
    const kept = latestTrials(disturbed).map(trialName);
    assert.ok(kept.length >= 5 && kept.length < 18, `${kept.length} trials`);
    const resumed = await slope(["bench", "--data", smallData(), "--out", disturbed, "--resume"]);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.equal(orphans().length, 0);
    const after = latestTrials(disturbed).map(trialName);
    assert.deepEqual(after.slice(0, kept.length), kept);
    assert.deepEqual(after.sort(), latestTrials(undisturbed).map(trialName).sort());
    const run = RunFile.parse(
      JSON.parse(readFileSync(join(disturbed, "latest", "run.json"), "utf8")),
    );
    assert.equal(run.sessions.length, 2);
    assert.equal(run.sessions[0].finishedAt, undefined);
  });
});

test(
  "Ctrl-C ends a sweep with code 130, and what was measured is kept and reported",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      const running = startSlope(arguments_(out));
      await running.says("4/18");
      running.kill("SIGINT");
      const { code, stdout, stderr } = await running.ended;
      assert.equal(code, 130, stderr);
      const trials = latestTrials(out);
      assert.ok(trials.length >= 4 && trials.length < 18);
      assert.ok(trials.every(({ status }) => status === "ok"));
      assert.ok(existsSync(join(out, "latest", "report.md")));
      assert.match(stdout, /naive_loop|outer_product|fused_typed/);
    });
  },
);

test(
  "trials that the budget cannot pay are skipped with the prediction, the others run",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      const { code } = await bench(out, { budget: "5s", sizes: "200,2000", epochs: "40" });
      assert.equal(code, 0);
      const trials = latestTrials(out);
      const skipped = trials.filter(({ status }) => status === "skipped");
      assert.ok(skipped.length > 0 && skipped.length < trials.length);
      for (const { reason } of skipped) {
        assert.match(reason ?? "", /predicted .* s; the trials to come/);
      }
      assert.ok(trials.some(({ status, cell }) => status === "ok" && cell.examples === 200));
    });
  },
);

test("a plan file, seeds and several minibatch sizes make the cells they name", SLOW, async () => {
  await withFolder(async (out) => {
    const { code, stderr } = await bench(out, {
      implementations: "fused_typed",
      sizes: "200",
      batch: "5,full",
      seed: "1,2",
      rounds: "1",
    });
    assert.equal(code, 0, stderr);
    assert.deepEqual(latestTrials(out).map(trialName).sort(), [
      "fused_typed m=200 B=200 round 1 ok",
      "fused_typed m=200 B=200 round 1 ok",
      "fused_typed m=200 B=5 round 1 ok",
      "fused_typed m=200 B=5 round 1 ok",
    ]);
  });
});

test("the other timing engines run through the same harness", SLOW, async () => {
  for (const engine of ["mitata", "tinybench"]) {
    await withFolder(async (out) => {
      const { code, stderr } = await bench(out, {
        engine,
        implementations: "fused_typed",
        sizes: "200",
      });
      assert.equal(code, 0, stderr);
      assert.ok(
        latestTrials(out).every((trial) => trial.engine === engine && trial.status === "ok"),
      );
    });
  }
});
