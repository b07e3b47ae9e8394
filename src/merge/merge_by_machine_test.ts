import assert from "node:assert/strict";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { merged, on } from "../../tests/support/merges.ts";
import { type MadeShard, makeShard, writeShards } from "../../tests/support/shards.ts";
import { cellKey } from "../format/trial_record.ts";

const unevaluated = (trial: MadeShard["trials"][number]) => ({
  ...trial,
  training: {
    epochs: trial.training!.epochs.map(({ testAccuracy: _, ...epoch }) => epoch),
  },
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
