import assert from "node:assert/strict";
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { journalOf, type MadeShard, makeShard, writeShards } from "../../tests/support/shards.ts";
import { RunFile } from "../format/plan.ts";
import { cellKey, TrialRecord } from "../format/trial_record.ts";
import type { Summary } from "../format/summary.ts";
import { timeOfRun } from "../summary/run_time.ts";
import { summarise } from "../summary/summarise.ts";
import { distinctShards } from "./check_shards.ts";
import { mergeShards } from "./merge_shards.ts";
import { type LeftOutShard, readShards } from "./read_shards.ts";

/** Reads, checks and merges what lies in these folders. */
function merged(paths: readonly string[], byMachine = false) {
  const leftOut: LeftOutShard[] = [];
  const tell = (one: LeftOutShard) => void leftOut.push(one);
  const shards = distinctShards(readShards(paths, tell), byMachine, tell);
  const { run, trials } = mergeShards(shards, byMachine);
  RunFile.parse(run);
  trials.forEach((trial) => TrialRecord.parse(trial));
  return { run, trials, leftOut, summary: summarise(run, trials, "merged") };
}

const kinds = ({ warnings }: Summary) => warnings.map(({ kind }) => kind);
const warningOf = <K extends Summary["warnings"][number]["kind"]>(summary: Summary, kind: K) =>
  summary.warnings.find((one) => one.kind === kind) as
    | Extract<Summary["warnings"][number], { kind: K }>
    | undefined;

/** A shard on a machine with other facts. */
const on =
  (environment: Partial<RunFile["environment"]>, index = 2) => (made: MadeShard, i: number) =>
    i === index ? makeShard(i, made.run.shard!.count, environment) : made;

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

test("shards that never came are named, and the others give a report", async () => {
  await withFolder(async (out) => {
    await writeShards(out, 3, (made, index) => index === 2 ? undefined : made);
    mkdirSync(join(out, "shard-2-of-3"));
    const { summary, run, leftOut } = merged([out]);
    assert.deepEqual(leftOut.map(({ kind }) => kind), ["not-begun"]);
    assert.deepEqual(warningOf(summary, "shards-missing"), {
      kind: "shards-missing",
      indices: [2],
      count: 3,
    });
    assert.equal(run.sessions[0].ended, "interrupted");
    assert.equal(run.trials, 36);
    assert.ok(summary.cells.every(({ trials }) => trials === 4));
  });
});

test("rounds that are missing and a record that was cut are told by shard", async () => {
  await withFolder(async (out) => {
    const [first, second] = await writeShards(out, 3, ({ run, trials }, index) => {
      const { ended: _, finishedAt: __, ...killed } = run.sessions[0];
      return index === 2
        ? { run: { ...run, sessions: [killed] }, trials: trials.slice(0, 7) }
        : { run, trials };
    });
    appendFileSync(journalOf(second), '{"schema": 1, "status"');
    // Nobody noticed that this one lost a record.
    const lines = readFileSync(journalOf(first), "utf8").split("\n");
    writeFileSync(journalOf(first), lines.slice(1).join("\n"));
    const { summary, run } = merged([out]);
    assert.deepEqual(warningOf(summary, "shards-unfinished")?.shards, [
      { index: 1, trials: 11, planned: 12 },
      { index: 2, trials: 7, planned: 12, cutBytes: 22 },
    ]);
    assert.equal(run.sessions[0].ended, "interrupted");
    assert.equal(summary.counts.ok, 30);
  });
});

test("a damaged shard is left out, told, and missing; without any there is nothing to merge", async () => {
  await withFolder(async (out) => {
    const [first, second] = await writeShards(out, 2);
    writeFileSync(join(second, "run.json"), "");
    const { summary, leftOut } = merged([out]);
    assert.deepEqual(leftOut.map(({ kind, folder }) => [kind, folder]), [["damaged", second]]);
    assert.deepEqual(warningOf(summary, "shards-missing")?.indices, [2]);
    rmSync(join(first, "run.json"));
    assert.throws(() => merged([out]), /no shard in it has begun or can be read/);
  });
});

test("a shard that is named twice, or copied, counts once; two different ones are refused", async () => {
  await withFolder(async (out) => {
    const [first, second] = await writeShards(out, 2);
    const copy = join(out, "copy");
    cpSync(first, copy, { recursive: true });
    const { trials, leftOut } = merged([out, first, copy]);
    assert.equal(trials.length, 36);
    assert.deepEqual(leftOut.map(({ kind, folder }) => [kind, folder]), [
      ...[["twice", first], ["twice", copy]],
    ]);
    const lines = readFileSync(journalOf(copy), "utf8").split("\n");
    writeFileSync(journalOf(copy), lines.slice(2).join("\n"));
    assert.throws(
      () => merged([first, second, copy]),
      /both are shard-1-of-2, and their records differ/,
    );
  });
});

test("a record that stands twice counts once; two records of one trial, or of another's, are refused", async () => {
  await withFolder(async (out) => {
    const [first, second] = await writeShards(out, 2);
    const [line, ...others] = readFileSync(journalOf(first), "utf8").split("\n");
    appendFileSync(journalOf(first), `${line}\n`);
    const { trials, leftOut } = merged([out]);
    assert.equal(trials.length, 36);
    assert.deepEqual(leftOut, [{ kind: "repeated", folder: first, records: 1 }]);
    const other = { ...JSON.parse(line), samplesNs: [1e6, 1e6] };
    appendFileSync(journalOf(first), `${JSON.stringify(other)}\n`);
    assert.throws(
      () => merged([out]),
      /naive_loop at m = 1000 has two different records of round 1/,
    );
    writeFileSync(journalOf(first), others.join("\n"));
    appendFileSync(journalOf(second), `${line}\n`);
    assert.throws(() => merged([out]), /shard-2-of-2": it has a trial of round 1, which is not/);
  });
});

test("what is no shard of one run is refused, with the two shards and the field", async () => {
  const changes: [RegExp, (made: MadeShard) => MadeShard][] = [
    [/epochs of training: 3 in .*1-of-2 on n1, 4 in .*2-of-2 on n2/, ({ run, trials }) => ({
      run: { ...run, plan: { ...run.plan, epochs: 4 } },
      trials,
    })],
    [/SHA-256 of testLabels: ff7bcfd416de… in .*, 000000000000… in/, ({ run, trials }) => ({
      run: {
        ...run,
        data: { ...run.data, sha256: { ...run.data.sha256, testLabels: "0".repeat(64) } },
      },
      trials,
    })],
    [/number of shards: 2 in .*, 3 in/, ({ run, trials }) => ({
      run: { ...run, shard: { index: 2, count: 3 } },
      trials: trials.filter(({ round }) => round % 3 === 2),
    })],
    [/SHA-256 of \/mine\.ts: absent in .*, 0123456789ab… in/, ({ run, trials }) => ({
      run: { ...run, plugins: [{ path: "/mine.ts", sha256: "0123456789abcdef", copy: "mine.ts" }] },
      trials,
    })],
  ];
  const environments: [RegExp, Partial<RunFile["environment"]>][] = [
    [/commit of Slope: 0123456789ab in .*, fedcba in/, { gitCommit: "fedcba" }],
    [/bun: 1\.4\.5 in .*, absent in/, { runtimes: { deno: "2.9.6", node: "24.21.0" } }],
    [/CPU: Imaginary CPU @ 2\.60GHz in .*, Other in .*/, { cpu: "Other" }],
    [/cores: 2 in .*, 64 in/, { cores: 64 }],
  ];
  for (const [pattern, change] of changes) {
    await withFolder(async (out) => {
      await writeShards(out, 2, (made, index) => index === 2 ? change(made) : made);
      assert.throws(() => merged([out]), pattern);
    });
  }
  for (const [pattern, environment] of environments) {
    await withFolder(async (out) => {
      await writeShards(out, 2, on({ host: "n2", ...environment }));
      assert.throws(() => merged([out]), pattern);
    });
  }
});

const unevaluated = (trial: MadeShard["trials"][number]) => ({
  ...trial,
  training: {
    epochs: trial.training!.epochs.map(({ testAccuracy: _, ...epoch }) => epoch),
  },
});

test("a shard without a library hides no difference between the versions of two others", async () => {
  for (const [version, isSame] of [["2.1.0", true], ["2.2.0", false]] as const) {
    await withFolder(async (out) => {
      const numpy = [undefined, "2.1.0", version];
      await writeShards(out, 3, (_, index) => {
        const own = numpy[index - 1];
        return makeShard(index, 3, own === undefined ? {} : { peers: { numpy: own } });
      });
      if (isSame) assert.equal(merged([out]).trials.length, 36);
      else assert.throws(() => merged([out]), /numpy: 2\.1\.0 in .*2-of-3.*, 2\.2\.0 in .*3-of-3/);
    });
  }
});

test("a shard that another kind of machine resumed is told from the others", async () => {
  await withFolder(async (out) => {
    await writeShards(out, 2, ({ run, trials }, index) => {
      if (index === 1) return { run, trials };
      const environment = { ...run.environment, host: "n9", cpu: "Other" };
      const [session] = run.sessions;
      const sessions = [session, { ...session, environment }];
      // Accuracy is measured once, in the first trial of a cell.
      const half = trials.map((trial, i) => i < 9 ? trial : { ...unevaluated(trial), node: "n9" });
      return { run: { ...run, sessions }, trials: half };
    });
    assert.throws(() => merged([out]), /CPU: Imaginary CPU @ 2\.60GHz in .*, Other in/);
    const { trials, summary } = merged([out], true);
    assert.equal(trials.filter(({ cell }) => cell.machine === "Other").length, 9);
    const shown = summary.cells.map(({ cell }) => cellKey(cell)).sort();
    assert.deepEqual(shown, [...new Set(trials.map(({ cell }) => cellKey(cell)))].sort());
    const accuracyOf = (machine: string) =>
      summary.cells.filter(({ cell }) =>
        cell.machine === machine && cell.implementation === "naive_loop" && cell.examples === 1000
      ).map(({ testAccuracy }) => testAccuracy);
    assert.deepEqual(accuracyOf("Other"), accuracyOf("Imaginary CPU @ 2.60GHz"));
    assert.equal(summary.counts.failed, 0);
  });
});

test("by machine, every kind has cells of its own, and no ratio mixes two", async () => {
  await withFolder(async (out) => {
    await writeShards(out, 2, on({ host: "n2", cpu: "Other" }));
    const { run, trials, summary } = merged([out], true);
    assert.equal(trials.length, 36);
    assert.deepEqual([...new Set(summary.series.map(({ machine }) => machine))], [
      ...["Imaginary CPU @ 2.60GHz", "Other"],
    ]);
    assert.equal(summary.cells.length, 2 * 3 * 2);
    assert.ok(
      summary.cells.every(({ trials, cell }) => trials === 3 && cell.machine !== undefined),
    );
    assert.ok(summary.series.every(({ label, machine }) => label.endsWith(` · ${machine}`)));
    const machineOf = (place: number) => summary.series[place].machine;
    assert.equal(summary.choices.length, 2 * 2);
    for (const { series, rivals } of summary.choices) {
      assert.ok(rivals.length > 0);
      assert.ok(rivals.every((one) => machineOf(one.series) === machineOf(series)));
    }
    assert.equal(run.environment.cpu, "Imaginary CPU @ 2.60GHz + Other");
    assert.equal(run.ceilings, undefined);
  });
});

test("by machine, nodes of one kind are one machine", async () => {
  await withFolder(async (out) => {
    await writeShards(out, 2);
    assert.equal(JSON.stringify(merged([out], true)), JSON.stringify(merged([out])));
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

test("folders without shards are refused: whole runs, merged runs, none", async () => {
  await withFolder(async (out) => {
    await writeShards(join(out, "shards"), 2, ({ run: { shard, ...run }, trials }) => ({
      run: { ...run, ...(shard!.index === 1 && { shards: merged1(run) }) },
      trials,
    }));
    const [one, two] = [1, 2].map((index) => join(out, "shards", `shard-${index}-of-2`));
    assert.throws(() => merged([one]), /it was merged from shards already/);
    assert.throws(() => merged([two]), /it is a whole run, and no shard of one/);
    assert.throws(() => merged([out]), /there is no shard in it/);
    assert.throws(() => merged([join(out, "nowhere")]), /there is no such folder/);
    writeFileSync(join(one, "run.json"), '{"schema": 7}');
    assert.throws(
      () => merged([join(out, "shards")]),
      /schema is 7 in the first and 1 in the second/,
    );
    assert.throws(() => merged([one]), /schema is 7, expected 1/);
  });
});

/** As a merged run says where its shards were measured. */
const merged1 = ({ environment, sessions }: Omit<RunFile, "shard">): RunFile["shards"] => [
  { index: 1, count: 1, host: environment.host, environment, sessions, trials: 36 },
];

test("machines that share a host name are nodes and machines of their own", async () => {
  await withFolder(async (out) => {
    await writeShards(out, 3, (_, index) => {
      const cpu = index === 3 ? "Other" : "Imaginary CPU @ 2.60GHz";
      const { run, trials } = makeShard(index, 3, { host: "localhost", cpu });
      const sessions = run.sessions.map((one) => ({ ...one, boot: `boot of ${cpu}` }));
      return { run: { ...run, sessions }, trials };
    });
    const { trials } = merged([out], true);
    const nodes = new Set(trials.map(({ node, cell }) => `${node} · ${cell.machine}`));
    assert.deepEqual(
      nodes,
      new Set([
        "localhost · Imaginary CPU @ 2.60GHz",
        "localhost 2 · Other",
      ]),
    );
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

test("what a mixed run says of its machines does not depend on who had which shard", async () => {
  for (const cpus of [["Other", "Elder"], ["Elder", "Other"]]) {
    await withFolder(async (out) => {
      await writeShards(out, 2, (_, index) => {
        const cpu = cpus[index - 1];
        return makeShard(index, 2, { cpu, cores: cpu === "Elder" ? 4 : 64 });
      });
      const { cpu, cores, arch } = merged([out], true).run.environment;
      assert.deepEqual({ cpu, cores, arch }, { cpu: "Elder + Other", cores: 4, arch: "x64" });
    });
  }
});
