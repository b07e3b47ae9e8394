import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Comparison } from "../../src/format/comparison.ts";
import type { TrialRecord } from "../../src/format/trial_record.ts";
import { refusesHere, slope, slopeHere, withFolder } from "../support/cli.ts";
import { slowed, writeRun } from "../support/runs.ts";
import { SLOW } from "../support/slow.ts";
import { because, makeRun, makeTrials, type RunOverrides } from "../support/trials.ts";

const PLAN = { sizes: [1000, 2000], rounds: 5 };

/** Writes a run as a sweep leaves it; `change` may alter or drop a trial. */
async function writeMade(
  folder: string,
  change: (trial: TrialRecord) => TrialRecord | undefined = (trial) => trial,
  overrides: RunOverrides = {},
): Promise<string> {
  const run = makeRun({ ...overrides, plan: { ...PLAN, ...overrides.plan } });
  const trials = makeTrials(run, (trial) =>
    change({
      ...trial,
      interference: { ...trial.interference, yardstickNs: [1e6, 1.01e6, 0.99e6] },
    }));
  return await writeRun(folder, run, trials);
}

const times = (factor: number) => (trial: TrialRecord): TrialRecord => slowed(trial, factor);

test(
  "a copy with all samples × 1.3 is slower: code 1, and × 1 the same: code 0",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const a = await writeMade(join(folder, "a"));
      const b = await writeMade(join(folder, "b"), times(1.3));
      const slower = await slope(["compare", a, b]);
      assert.equal(slower.code, 1, slower.stderr);
      assert.match(slower.stdout, /✗ slower: of 6 cells 6 slower\./);
      assert.match(slower.stderr, /--fail-on slower/);
      const faster = await slopeHere(["compare", b, a]);
      assert.equal(faster.code, 0, faster.stderr);
      assert.match(faster.stdout, /✓ faster: of 6 cells 6 faster\./);
      const same = await slopeHere(["compare", a, a, "--threshold", "5%"]);
      assert.equal(same.code, 0);
      assert.match(same.stdout, /= same: of 6 cells 6 same\./);
    });
  },
);

test(
  "--format json prints the comparison alone, with the names that scripts rely on",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      await writeMade(join(folder, "a"));
      await writeMade(join(folder, "b"), times(1.3));
      // A name under --out stands for its folder.
      const { code, stdout } = await slopeHere([
        "compare",
        "a",
        "b",
        "--out",
        folder,
        "--format",
        "json",
      ]);
      assert.equal(code, 1);
      const told = JSON.parse(stdout);
      Comparison.parse(told);
      assert.equal(told.verdict, "slower");
      assert.ok(!("noiseFloor" in told), "unknown is absent, never zero");
      assert.equal(told.cells.length, 6);
      for (const { cell, ratio, interval, verdict } of told.cells) {
        assert.ok(Math.abs(ratio - 1.3) < 1e-3, `${cell.implementation}: ${ratio}`);
        assert.ok(interval.length === 2 && interval[0] <= ratio && ratio <= interval[1]);
        assert.equal(verdict, "slower");
      }
      assert.deepEqual([told.a.run, told.b.run], ["a", "b"]);
    });
  },
);

test(
  "samples and yardsticks both × 1.3: the machine is slower, so the verdict is unresolved",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const a = await writeMade(join(folder, "a"));
      const b = await writeMade(join(folder, "b"), (trial) => ({
        ...times(1.3)(trial),
        interference: { yardstickNs: trial.interference!.yardstickNs!.map((ns) => ns * 1.3) },
      }));
      const told = await slopeHere(["compare", a, b]);
      assert.equal(told.code, 0, told.stdout);
      assert.match(told.stdout, /took 1\.300 ×/);
      assert.match(
        told.stdout,
        /median\s+ratio\s+over\s+the\s+cells\s+is\s+1\.30 ×;\s+the\s+machine's\s+pace\s+explains\s+it\./,
      );
      assert.match(told.stdout, /\? unresolved: of 6 cells 6 unresolved\./);
      assert.equal((await slopeHere(["compare", a, b, "--fail-on", "unresolved,wrong"])).code, 1);
    });
  },
);

test("--threshold decides what counts as slower, --fail-on what fails", SLOW, async () => {
  await withFolder(async (folder) => {
    const a = await writeMade(join(folder, "a"));
    const b = await writeMade(join(folder, "b"), times(1.3));
    const tolerant = await slopeHere(["compare", a, b, "--threshold", "60%"]);
    assert.equal(tolerant.code, 0);
    assert.match(tolerant.stdout, /= same/);
    assert.equal((await slopeHere(["compare", a, b, "--fail-on", "wrong"])).code, 0);
  });
});

test(
  "a cell that is right in A and fails in B, or is wrong there, fails --fail-on wrong",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const a = await writeMade(join(folder, "a"));
      const b = await writeMade(join(folder, "b"), ({ ...trial }) => {
        if (trial.cell.implementation === "fused_typed") {
          return {
            ...trial,
            status: "failed",
            reasons: because("it threw: no such thing"),
            samplesNs: [],
          };
        }
        if (trial.cell.implementation === "outer_product") {
          return { ...trial, verification: { verdict: "wrong", tolerance: 1e-12 } };
        }
        return trial;
      });
      const { code, stdout } = await slopeHere(["compare", a, b, "--fail-on", "wrong"]);
      assert.equal(code, 1);
      assert.match(
        stdout,
        /fused_typed .* failed in B, right in A: train: it threw: no such thing/,
      );
      assert.match(stdout, /outer_product .* its gradient is wrong in B, right in A/);
      assert.match(stdout, /4 right in A and wrong or failed in B/);
      assert.equal((await slopeHere(["compare", b, a, "--fail-on", "wrong"])).code, 0);
    });
  },
);

test("other machines and other data are refused: code 2, reason and hint", SLOW, async () => {
  await withFolder(async (folder) => {
    const a = await writeMade(join(folder, "a"));
    const keep = (trial: TrialRecord) => trial;
    const machine = await writeMade(join(folder, "machine"), keep, {
      environment: { cpu: "Another CPU" },
    });
    const data = await writeMade(join(folder, "data"), keep, {
      data: { sha256: { ...makeRun().data.sha256, trainImages: "e".repeat(64) } },
    });
    for (
      const [other, reason] of [[machine, /CPU is .*Another CPU in B/], [data, /SHA-256/]] as const
    ) {
      const { code, stdout, stderr } = await slopeHere(["compare", a, other]);
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(stderr, reason);
      assert.match(stderr, /hint: /);
    }
  });
});

test(
  "cells that are only in one run, or have one trial, are listed with the reason",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const a = await writeMade(
        join(folder, "a"),
        (trial) =>
          trial.cell.implementation === "naive_loop" && trial.round > 1 ? undefined : trial,
      );
      const b = await writeMade(
        join(folder, "b"),
        (trial) =>
          trial.cell.implementation === "fused_typed"
            ? { ...trial, cell: { ...trial.cell, seed: 7 } }
            : trial,
      );
      const { code, stdout } = await slopeHere(["compare", a, b]);
      assert.equal(code, 0);
      assert.match(stdout, /naive_loop · deno · m = 1,000, 2,000: a single trial in A/);
      assert.match(
        stdout,
        /fused_typed · deno · m = 1,000, 2,000: only in A; B has it with seed 7/,
      );
      assert.match(stdout, /only in B; A has it with seed 1/);
      assert.match(stdout, /6 not compared/);
    });
  },
);

test("runs that cannot be compared at all are bad usage: code 2", SLOW, async () => {
  await withFolder(async (folder) => {
    const a = await writeMade(join(folder, "a"));
    const nowhere = join(folder, "nowhere");
    for (
      const [args, expected] of [
        [[a], /Cannot compare run "a" alone: it has one version.*\nhint: .*--against/s],
        [[a, nowhere], /Cannot read run .*nowhere/],
        [[a, a, "--threshold", "3"], /percentage above 0/],
        [[a, a, "--fail-on", "faster"], /some of slower, wrong or unresolved/],
        [[a, a, "--format", "xml"], /xml/],
      ] as const
    ) {
      await refusesHere(["compare", ...args], expected);
    }
  });
});
