import assert from "node:assert/strict";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { merged, warningOf } from "../../tests/support/merges.ts";
import { type MadeShard, makeShard, writeShards } from "../../tests/support/shards.ts";
import type { RunFile } from "../format/plan.ts";
import type { Summary } from "../format/summary.ts";
import { cellKey } from "../format/trial_record.ts";
import { timeOfRun } from "../summary/run_time.ts";

const kinds = ({ warnings }: Summary) => warnings.map(({ kind }) => kind);

test("shards make the run that one machine would have made, with the node of every trial", async () => {
  await withFolder(async (out) => {
    await writeShards(out, 3);
    const { run, trials, summary, leftOut } = merged([out]);
    assert.deepEqual(leftOut, []);
    const keys = new Set(trials.map(({ cell, round }) => `${cellKey(cell)}#${round}`));
    assert.equal(keys.size, 3 * 2 * 6);
    assert.equal(trials.length, keys.size);
    assert.equal(run.trials, keys.size);
    assert.ok(trials.every(({ node, round }) => node === `n${(round - 1) % 3 + 1}`));
    assert.deepEqual(
      run.shards?.map(({ index, host, trials, planned }) => [index, host, trials, planned]),
      [
        ...[[1, "n1", 12, 12], [2, "n2", 12, 12], [3, "n3", 12, 12]],
      ],
    );
    assert.deepEqual(run.sessions, [{
      startedAt: "2026-03-01T10:01:00.000Z",
      finishedAt: "2026-03-01T10:03:50.000Z",
      ended: "complete",
    }]);
    assert.equal(summary.time.wallNs, 3 * 50e9);
    assert.deepEqual(kinds(summary), []);
    assert.ok(summary.cells.every(({ trials }) => trials === 6));
  });
});

test("the order in which shards are named does not change a byte", async () => {
  await withFolder(async (out) => {
    const [a, b, c] = await writeShards(out, 3);
    const text = (paths: string[]) => {
      const { run, trials, summary } = merged(paths);
      return JSON.stringify([run, trials, summary]);
    };
    const whole = text([out]);
    for (const order of [[a, b, c], [c, a, b], [b, c, a], [c, b, a]]) {
      assert.equal(text(order), whole);
    }
  });
});

test("two shards on one machine at once are told, under whatever host names", async () => {
  await withFolder(async (out) => {
    const boot = "b00t";
    await writeShards(out, 3, ({ run, trials }, index) => ({
      run: {
        ...run,
        sessions: [{
          startedAt: `2026-03-01T10:00:${index === 3 ? 50 : 10 * index}.000Z`,
          finishedAt: `2026-03-01T10:00:${index === 3 ? 59 : 10 * index + 30}.000Z`,
          ended: "complete",
          ...(index !== 3 && { boot }),
        }],
      },
      trials,
    }));
    const { summary } = merged([out]);
    assert.deepEqual(warningOf(summary, "shared-machine"), {
      kind: "shared-machine",
      host: "n1",
      shards: [1, 2],
      forNs: 20e9,
    });
  });
});

test("two host names of one boot are one node, in a killed session too", async () => {
  await withFolder(async (out) => {
    await writeShards(out, 3, (_, index) => {
      const { run, trials } = makeShard(index, 3, { host: `pod-${index}` });
      const [{ startedAt }] = run.sessions;
      const boot = index === 3 ? "another" : "b00t";
      return { run: { ...run, sessions: [{ startedAt, boot }] }, trials };
    });
    const { run, trials, summary } = merged([out]);
    assert.deepEqual(new Set(trials.map(({ node }) => node)), new Set(["pod-1", "pod-3"]));
    assert.ok(summary.cells.every(({ nodes }) => nodes === 2));
    const alone = run.shards!.map((one) =>
      timeOfRun(one.sessions, trials.filter(({ round }) => (round - 1) % 3 + 1 === one.index))
        .wallNs
    );
    assert.equal(summary.time.wallNs, alone.reduce((sum, ns) => sum + ns));
    assert.ok(alone[1] > 0);
  });
});

/** The shard as a node writes it whose clock is ahead by so many minutes. */
function withClock({ run, trials }: MadeShard, minutes: number): MadeShard {
  const later = (time: string) => new Date(Date.parse(time) + minutes * 60_000).toISOString();
  const sessions = run.sessions.map(({ finishedAt, ...session }) => ({
    ...session,
    startedAt: later(session.startedAt),
    ...(finishedAt !== undefined && { finishedAt: later(finishedAt) }),
  }));
  return {
    run: { ...run, sessions },
    trials: trials.map((trial) => ({ ...trial, startedAt: later(trial.startedAt) })),
  };
}

test("a node's clock that is minutes ahead or behind changes no figure and no verdict", async () => {
  const figures: string[] = [];
  for (const minutes of [0, 7, -7, 60 * 24]) {
    await withFolder(async (out) => {
      await writeShards(out, 3, (made, index) => index === 2 ? withClock(made, minutes) : made);
      const { summary: { cells, series, choices, nodes, counts, warnings, time } } = merged([out]);
      figures.push(JSON.stringify({ cells, series, choices, nodes, counts, warnings, time }));
    });
  }
  assert.ok(figures.every((one) => one === figures[0]));
});

test("a node that lacks a program of another precision has no cells of its own", async () => {
  const name = "naive_loop";
  const about = (summary: string): RunFile["implementations"] => [{ name, summary, needs: [] }];
  const reasons = [{ kind: "unavailable" as const, message: "no such library" }];
  await withFolder(async (out) => {
    await writeShards(out, 3, ({ run, trials }, index) => ({
      run: { ...run, implementations: about(index === 1 ? "" : "three loops") },
      trials: trials.map((trial) => {
        if (index !== 1 || trial.cell.implementation !== name) return trial;
        const { schema, round, node, startedAt } = trial;
        const cell = { ...trial.cell, precision: "float32" as const };
        return {
          ...{ schema, status: "skipped" as const, reasons, cell, round, node, startedAt },
          samplesNs: [],
        };
      }),
    }));
    const { run, trials, summary } = merged([out]);
    assert.equal(trials.length, 36);
    assert.equal(summary.counts.skipped, 4);
    assert.deepEqual(summary.cells.map(({ trials }) => trials).sort(), [4, 4, 6, 6, 6, 6]);
    const keys = new Set(trials.map(({ cell }) => cellKey(cell)));
    assert.equal(keys.size, summary.cells.length);
    assert.equal(run.implementations?.[0].summary, "three loops");
  });
  // Where nobody has it, its cells are those that were planned.
  await withFolder(async (out) => {
    await writeShards(out, 2, ({ run, trials }) => ({
      run,
      trials: trials.map(({ schema, cell, round, node, startedAt }) => ({
        ...{ schema, status: "skipped" as const, reasons, cell, round, node, startedAt },
        samplesNs: [],
      })),
    }));
    assert.equal(merged([out]).summary.counts.skipped, 36);
  });
});

test("a node that lacks a program may have fewer cells, and is complete", async () => {
  await withFolder(async (out) => {
    await writeShards(out, 2, (made, index) => {
      if (index === 1) return made;
      const trials = made.trials.filter(({ cell }) =>
        cell.implementation !== "naive_loop" || cell.examples === 1000
      );
      return { run: { ...made.run, trials: trials.length }, trials };
    });
    const { summary, run } = merged([out]);
    assert.deepEqual(run.shards?.map(({ planned }) => planned), [18, 15]);
    assert.deepEqual(kinds(summary).filter((kind) => kind === "shards-unfinished"), []);
    assert.equal(run.sessions[0].ended, "complete");
  });
});
