import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import type { TrialRecord } from "../../src/format/trial_record.ts";
import { availableCores, physicalCores } from "../../src/machine/host.ts";
import { unavailableText } from "../../src/report/reason_words.ts";
import { findMpi } from "../../src/trial/ranks/find_mpi.ts";
import { rankedCommand, rankedEnvironment } from "../../src/trial/ranks/ranked_command.ts";
import {
  flags,
  latestTrials,
  PROJECT,
  slope,
  smallData,
  startSlope,
  withFolder,
} from "../support/cli.ts";
import { skipFor } from "../support/required.ts";
import { SLOW } from "../support/slow.ts";

const LAUNCHERS = ["mpiexec.mpich", "mpiexec.openmpi"] as const;
type LauncherName = (typeof LAUNCHERS)[number];

const found = (launcher: LauncherName) => findMpi({ ...process.env, SLOPE_MPIEXEC: launcher });

/** Why there can be no test with this launcher; false where there can. */
function lacking(launcher: LauncherName): string | false {
  const mpi = found(launcher);
  if (!mpi.available) return `${launcher}: ${unavailableText(mpi.reason)}`;
  if (CURRENT_RUNTIME.name === "node") return "Node cannot call native libraries";
  return availableCores() < 2 && "two ranks need two cores";
}

const skips = Object.fromEntries(
  LAUNCHERS.map((launcher) => [launcher, skipFor(lacking(launcher))]),
);

/** A sweep of mpi_allreduce alone. */
const sweep = (out: string, more: Readonly<Record<string, string>> = {}): string[] => [
  "bench",
  ...flags({
    "data": smallData(),
    out,
    "implementations": "mpi_allreduce",
    "ranks": "1,2",
    "sizes": "1000",
    "epochs": "2",
    "rounds": "1",
    "max-sample": "50ms",
    "budget": "10m",
    ...more,
  }),
];

/** [ranks] the losses of the epochs. */
function lossesByRanks(trials: readonly TrialRecord[]): Map<number, number[]> {
  return new Map(trials.map(({ cell, training, reasons }) => {
    assert.equal(reasons, undefined, JSON.stringify(reasons));
    return [cell.ranks!, training!.epochs.map(({ loss }) => loss!)];
  }));
}

for (const launcher of LAUNCHERS) {
  const options = { ...SLOW, skip: skips[launcher] };
  const env = { SLOPE_MPIEXEC: launcher };

  test(`${launcher}: the conformance suite holds on 1 and 2 ranks`, options, async () => {
    const mpi = found(launcher);
    assert.ok(mpi.available);
    const script = join(PROJECT, "tests/support/rank_conformance.ts");
    const args = CURRENT_RUNTIME.name === "deno" ? ["run", "-A", script] : ["--no-install", script];
    for (const ranks of [1, 2]) {
      const { command, args: all } = rankedCommand(
        { ranks, mpi },
        { command: process.execPath, args },
        {
          platform: process.platform,
          physicalCores: await physicalCores(),
          variables: {},
        },
      );
      const { stdout } = await promisify(execFile)(command, [...all], {
        env: rankedEnvironment({ ranks, mpi }, process.env),
      });
      const told = JSON.parse(stdout.trim().split("\n").at(-1)!) as Record<string, unknown>;
      assert.deepEqual(told.failed, [], `${ranks} ranks`);
      assert.ok(Number(told.checks) >= 40);
    }
  });

  test(`${launcher}: two ranks train with the losses of one, up to rounding`, options, async () => {
    await withFolder(async (out) => {
      const { code, stderr, stdout } = await slope(
        sweep(out, { batch: "1,7,100", rate: "0.3" }),
        env,
      );
      assert.equal(code, 0, stderr + stdout);
      const trials = latestTrials(out);
      assert.equal(trials.length, 6);
      for (const [batch, ofBatch] of Map.groupBy(trials, ({ cell }) => cell.batchSize)) {
        const [one, two] = [1, 2].map((ranks) => lossesByRanks(ofBatch).get(ranks)!);
        one.forEach((loss, epoch) => {
          assert.ok(
            Math.abs(two[epoch] - loss) <= 1e-4 * loss,
            `B = ${batch}, epoch ${epoch + 1}: ${loss} and ${two[epoch]}`,
          );
        });
      }
      for (const trial of trials) {
        assert.equal(trial.verification?.verdict, "lower-precision");
        assert.ok(trial.communicationShare! >= 0 && trial.communicationShare! < 1);
        assert.ok(trial.rechecks!.steps > 0);
        const { peakRssBytes = 0, loadedRssBytes = 0 } = trial.memory!;
        // That of a rank: the launcher needs a tenth of it.
        assert.ok(peakRssBytes >= loadedRssBytes, `${peakRssBytes}`);
      }
    });
  });

  test(
    `${launcher}: a rank that is killed fails the trial by its number, and none stays`,
    options,
    async () => {
      await withFolder(async (out) => {
        const mark = `slope-ranks-${launcher}-${process.pid}`;
        const running = startSlope(
          sweep(out, { "ranks": "2", "max-sample": "60s" }),
          { ...env, SLOPE_TEST_MARK: mark },
        );
        const pid = await processOf(mark, 1);
        process.kill(pid, "SIGKILL");
        const { code, stderr } = await running.ended;
        assert.equal(code, 1, stderr);
        const [reason] = latestTrials(out)[0].reasons!;
        assert.equal(reason.kind, "died");
        assert.ok(reason.kind === "died" && reason.rank === 1, JSON.stringify(reason));
        assert.equal(reason.signal, "SIGKILL");
        await assertGone(mark);
      });
    },
  );

  test(
    `${launcher}: a rank that stops is ended with all others when the time is over`,
    options,
    async () => {
      await withFolder(async (out) => {
        const mark = `slope-stopped-${launcher}-${process.pid}`;
        // The trial would end well before, if no rank were stopped.
        const running = startSlope(
          sweep(out, { "ranks": "2", "max-sample": "1s", "timeout": "10s" }),
          { ...env, SLOPE_TEST_MARK: mark },
        );
        const pid = await processOf(mark, 1, 300);
        process.kill(pid, "SIGSTOP");
        const { code, stderr } = await running.ended;
        assert.equal(code, 1, stderr);
        assert.equal(latestTrials(out)[0].reasons![0].kind, "timed-out");
        await assertGone(mark);
      });
    },
  );

  test(`${launcher}: a profile tells what the ranks' communication takes`, options, async () => {
    await withFolder(async (out) => {
      const { stdout, stderr } = await slope([
        "profile",
        "mpi_allreduce",
        ...flags({
          data: smallData(),
          ranks: "2",
          sizes: "500",
          budget: "3s",
          format: "json",
          out,
        }),
      ], env);
      // Where other programs have the cores, it is invalid, which is no matter here.
      assert.match(stdout, /"allreduce"/, stderr);
    });
  });
}

test(
  "a library under the launcher of another MPI is told, in both directions",
  { ...SLOW, skip: skips["mpiexec.mpich"] || skips["mpiexec.openmpi"] },
  async () => {
    for (const [launcher, other] of [LAUNCHERS, LAUNCHERS.toReversed()]) {
      const mpi = found(other);
      assert.ok(mpi.available);
      await withFolder(async (out) => {
        const env = { SLOPE_MPIEXEC: launcher, SLOPE_MPI_LIBRARY: mpi.library.path };
        const { code, stdout, stderr } = await slope(sweep(out, { ranks: "2" }), env);
        assert.equal(code, 1, stderr);
        assert.match(stderr + stdout, /sees 1, so that the launcher belongs to another MPI/);
      });
    }
  },
);

test(
  "without a launcher, in Node and on too many ranks, cells are skipped with the remedy",
  SLOW,
  async () => {
    const verify = ["verify", ...flags({ data: smallData(), implementations: "mpi_allreduce" })];
    const none = await slope([...verify, "--ranks", "1"], { SLOPE_MPIEXEC: "/nowhere/mpiexec" });
    assert.match(
      (none.stdout + none.stderr).replaceAll(/\s+/g, " "),
      /no launcher "\/nowhere\/mpiexec"/,
    );
    const inNode = await slope([...verify, "--ranks", "1", "--runtimes", "node"]);
    assert.match(
      (inNode.stdout + inNode.stderr).replaceAll(/\s+/g, " "),
      /Node .* cannot call native libraries|no usable "node"/,
    );
    if (lacking("mpiexec.mpich")) return;
    const many = await slope([...verify, "--ranks", "4096"], { SLOPE_MPIEXEC: "mpiexec.mpich" });
    assert.match(
      (many.stdout + many.stderr).replaceAll(/\s+/g, " "),
      /4,096 ranks need as many cores/,
    );
  },
);

/** The process of this rank whose environment has the mark; waits for one that stays so long. */
async function processOf(mark: string, rank: number, stayMs = 1500): Promise<number> {
  for (let tries = 0; tries < 300; tries++) {
    const pids = marked(mark).filter(({ text }) =>
      new RegExp(`(?:^|\\0)(?:PMI_RANK|OMPI_COMM_WORLD_RANK)=${rank}\\0`).test(text)
    );
    const [first] = pids;
    await pause(first ? stayMs : 100);
    if (first && marked(mark).some(({ pid }) => pid === first.pid)) return first.pid;
  }
  throw new Error(`no process became rank ${rank}`);
}

/** Processes whose environment holds the mark. */
function marked(mark: string): { pid: number; text: string }[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const text = readFileSync(`/proc/${name}/environ`, "utf8");
      const isZombie = /^State:\s+Z/m.test(readFileSync(`/proc/${name}/status`, "utf8"));
      return text.includes(mark) && !isZombie ? [{ pid: Number(name), text }] : [];
    } catch {
      return []; // it has ended
    }
  });
}

async function assertGone(mark: string): Promise<void> {
  for (let tries = 0; tries < 50 && marked(mark).length > 0; tries++) await pause(100);
  assert.deepEqual(marked(mark).map(({ pid }) => pid), []);
}
