/** What the commands make of a finished run. All tests share one sweep. */
import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { RunFile } from "../../src/format/plan.ts";
import { Summary } from "../../src/format/summary.ts";
import type { TrialRecord } from "../../src/format/trial_record.ts";
import { readJournal } from "../../src/sweep/journal.ts";
import { committed, flags, refusesHere, slope, slopeHere, smallData } from "../support/cli.ts";
import { finishedSweep, withCopy } from "../support/finished_sweep.ts";
import { slowed } from "../support/runs.ts";
import { SLOW } from "../support/slow.ts";
import { reasonOf } from "../support/trials.ts";

const trialsIn = (folder: string): TrialRecord[] =>
  readJournal(join(folder, "trials.jsonl")).trials;

test(
  "bench leaves a run folder with every file, and a table on standard output",
  SLOW,
  async () => {
    const { folder, ended: { code, stdout, stderr } } = await finishedSweep();
    assert.equal(code, 0, stderr);
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
    const trials = trialsIn(folder);
    assert.equal(trials.length, 3 * 3 * 2);
    for (const trial of trials) {
      assert.equal(trial.status, "ok", reasonOf(trial));
      assert.ok(trial.samplesNs.length >= 1 && trial.samplesNs.every((ns) => ns > 0));
      assert.notEqual(trial.verification?.verdict, "wrong");
      assert.equal(trial.training?.epochs.length, 1);
      assert.ok((trial.memory?.peakRssBytes ?? 0) > 1e6);
    }
    const summary = Summary.parse(JSON.parse(readFileSync(join(folder, "summary.json"), "utf8")));
    assert.equal(summary.cells.length, 9);
    assert.match(stdout, /naive_loop/);
    assert.match(stdout, /fused_typed/);
  },
);

test("inside a round the order is shuffled, and rounds follow one another", SLOW, async () => {
  const trials = trialsIn((await finishedSweep()).folder);
  assert.deepEqual(trials.map(({ round }) => round), [...Array(9).fill(1), ...Array(9).fill(2)]);
  const names = (round: number) =>
    trials.filter((trial) => trial.round === round)
      .map(({ cell }) => `${cell.implementation} ${cell.examples}`);
  assert.notDeepEqual(names(1), names(2));
  assert.deepEqual(names(1).sort(), names(2).sort());
});

test("report renders a run again, byte for byte the same", SLOW, async () => {
  await withCopy(async ({ folder }) => {
    const files = ["summary.json", "report.md", "report.html", "cells.csv", "plots/time.svg"];
    const read = () => files.map((file) => readFileSync(join(folder, file), "utf8"));
    const before = read();
    const { code, stderr } = await slope(["report", folder]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(read(), before);
  });
});

test("a run compares with itself and with a copy ten times as slow", SLOW, async () => {
  await withCopy(async ({ out, name, folder }) => {
    cpSync(folder, join(out, "slowed"), { recursive: true });
    const tenfold = trialsIn(folder).map((trial) => JSON.stringify(slowed(trial, 10)) + "\n");
    writeFileSync(join(out, "slowed", "trials.jsonl"), tenfold.join(""));
    const compared = (other: string) =>
      slopeHere(["compare", name, other, ...flags({ out, format: "json" })]);
    const same = await compared(name);
    assert.equal(same.code, 0, same.stderr);
    for (const { ratio, verdict } of JSON.parse(same.stdout).cells) {
      assert.deepEqual([ratio, verdict], [1, "same"]);
    }
    const other = await compared("slowed");
    const { cells, verdict } = JSON.parse(other.stdout);
    assert.equal(cells.length, 9);
    for (const { ratio } of cells) assert.ok(Math.abs(ratio - 10) < 1e-9);
    // Two trials a cell are too few for a verdict in most runs, and a verdict decides the exit code.
    assert.equal(other.code, verdict === "slower" ? 1 : 0);
  });
});

test("a journal whose last line is cut is reported without it, and resumed", SLOW, async () => {
  await withCopy(async ({ out, name, folder }) => {
    const path = join(folder, "trials.jsonl");
    writeFileSync(path, readFileSync(path, "utf8").slice(0, -100));
    const report = await slopeHere(["report", folder]);
    assert.equal(report.code, 0, report.stderr);
    assert.match(report.stderr, /last line.*cut/);
    const resumed = await slopeHere([
      "bench",
      ...flags({ resume: name, out, data: smallData() }),
    ]);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.equal(trialsIn(folder).length, 18);
  });
});

test("a run is not resumed on other data", SLOW, async () => {
  const { folder } = await finishedSweep();
  await refusesHere(["bench", "--resume", folder, "--synthetic"], /Cannot resume.*SHA-256/);
});

function editRun(folder: string, edit: (run: RunFile) => void): void {
  const path = join(folder, "run.json");
  const run = RunFile.parse(JSON.parse(readFileSync(path, "utf8")));
  edit(run);
  writeFileSync(path, JSON.stringify(run));
}

test(
  "code that was not committed, or of an unknown commit, is not measured against",
  SLOW,
  async () => {
    await withCopy(async ({ out, folder }) => {
      const refused = async (gitCommit: string | undefined, pattern: RegExp) => {
        editRun(folder, ({ environment }) => {
          if (gitCommit === undefined) delete environment.gitCommit;
          else environment.gitCommit = gitCommit;
        });
        // Data that are not there would be noticed when they are loaded.
        await refusesHere(["bench", ...flags({ data: "/nowhere", out, against: folder })], pattern);
      };
      await refused("0123456789ab-dirty", /changes that were not committed.*\nhint: /);
      await refused(undefined, /does not know its commit/);
      await refused("0123456789ab", /Cannot take the code of commit 0123456789ab/);
    });
  },
);

test("a run of other data cannot be measured against", SLOW, async () => {
  await withCopy(async ({ out, folder }) => {
    editRun(folder, (run) => {
      run.environment.gitCommit = committed() ?? "0123456789ab";
      run.data.sha256.trainImages = "0".repeat(64);
    });
    await refusesHere(
      ["bench", ...flags({ data: smallData(), out, against: folder })],
      /Cannot measure against .*trainImages have SHA-256 000000000000/,
    );
  });
});
