import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Summary } from "../../src/format/summary.ts";
import {
  briefPlan,
  flags,
  latestTrials,
  PROJECT,
  slope,
  smallData,
  withFolder,
} from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";

const COMMON = {
  data: smallData(),
  plan: briefPlan(),
  epochs: "1",
  budget: "300s",
};

const summaryIn = (out: string): Summary =>
  Summary.parse(JSON.parse(readFileSync(join(out, "latest", "summary.json"), "utf8")));

test("--resolve runs until the pairs are resolved, and no longer", SLOW, async () => {
  await withFolder(async (out) => {
    const options = {
      ...COMMON,
      out,
      sizes: "200,400",
      implementations: "naive_loop,fused_typed",
      resolve: "50%",
    };
    const { code, stdout, stderr } = await slope(["bench", ...flags(options)]);
    assert.equal(code, 0, stderr);
    const { resolved } = summaryIn(out);
    // fused_typed is about seven times as fast.
    assert.deepEqual(resolved?.pairs.map(({ verdict }) => verdict), ["faster", "faster"]);
    const rounds = Math.max(...latestTrials(out).map(({ round }) => round));
    assert.equal(Math.max(...resolved!.pairs.map((pair) => pair.rounds)), rounds);
    // Fewer rounds exclude nothing at 2.5 % per pair; noise decides how many more it takes.
    assert.ok(rounds >= 7, `${rounds} rounds`);
    assert.match(stdout, /Pairs, resolved at 50.0 %/);
  });
});

test(
  "a sweep that cannot resolve its pairs ends with its budget, and can be resumed",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      const options = {
        ...COMMON,
        out,
        sizes: "200",
        // Both do the same, so no number of rounds resolves them.
        plugin: join(PROJECT, "scripts/power/planted.ts"),
        implementations: "planted_none,planted_twin",
        resolve: "0.001%",
        budget: "15s",
      };
      // At α = 5 % at most one sweep in twenty tells them apart by chance, four in a row once in 160,000.
      for (let attempt = 1; attempt <= 4; attempt++) {
        const { code, stderr } = await slope(["bench", ...flags(options)]);
        assert.equal(code, 0, stderr);
        if (summaryIn(out).resolved?.pairs[0].verdict === "unresolved") break;
      }
      const before = latestTrials(out);
      assert.deepEqual(summaryIn(out).resolved?.pairs.map(({ verdict }) => verdict), [
        "unresolved",
      ]);
      assert.ok(before.every(({ status }) => status === "ok"), "what is over needs no record");
      const second = await slope(["bench", ...flags({ data: smallData(), out }), "--resume"]);
      assert.equal(second.code, 0, second.stderr);
      const after = latestTrials(out);
      assert.deepEqual(after.slice(0, before.length), before);
      assert.ok(after.length > before.length);
    });
  },
);

test("a percentage needs its sign", SLOW, async () => {
  await withFolder(async (out) => {
    const { code, stderr } = await slope(["bench", ...flags({ ...COMMON, out, resolve: "2" })]);
    assert.equal(code, 2);
    assert.match(stderr, /Cannot use "?2"?: expected a percentage above 0 and below 100, as "2%"/);
  });
});
