import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../../tests/support/cli.ts";
import { makeRun } from "../../../tests/support/trials.ts";
import type { PlanInput } from "../../format/plan.ts";
import type { SharedPlan } from "../../format/shared_plan.ts";
import { FORMAT_VERSION } from "../../format/trial_record.ts";
import {
  agreeOnPlan,
  checkSameOptions,
  checkSameSurroundings,
  readSharedPlan,
  writeInPlace,
} from "./shared_plan.ts";

const { plan, environment, data: { sha256 } } = makeRun({ plan: { rounds: 8 } });

const planOf = (threads: number, given: PlanInput = { rounds: 8 }): SharedPlan => ({
  schema: FORMAT_VERSION,
  shards: 4,
  given,
  plan: { ...plan, threads: [threads] },
  environment,
  sha256,
});

test("shards that start at once agree on the plan of one of them", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "shards");
    assert.equal(await readSharedPlan(out), undefined);
    const agreed = await Promise.all(
      [1, 2, 3, 4].map((threads) => agreeOnPlan(out, planOf(threads))),
    );
    for (const one of agreed) assert.deepEqual(one, agreed[0]);
    assert.deepEqual(await readSharedPlan(out), agreed[0]);
    assert.deepEqual(readdirSync(out), ["shards.json"]);
  });
});

test("a damaged plan of the shards is refused with what helps", async () => {
  await withFolder(async (out) => {
    writeFileSync(join(out, "shards.json"), '{ "rounds": 3 }\n');
    await assert.rejects(readSharedPlan(out), /schema is undefined, expected 1/);
  });
});

test("a shard with other options, or of another number of shards, is refused by field", () => {
  const shared = planOf(1, { rounds: 8, rates: [3] });
  const shard = { index: 2, count: 4 };
  checkSameOptions(shared, shard, { rates: [3], rounds: 8 }, "out");
  assert.throws(
    () => checkSameOptions(shared, shard, { rounds: 6, rates: [3], epochs: 2 }, "out"),
    /shard-2-of-4 in "out": epochs of training: not given when .*, 2 here; rounds: 8 when .*, 6 here/,
  );
  assert.throws(
    () => checkSameOptions(shared, { index: 2, count: 5 }, shared.given, "out"),
    /shard 2\/5 in "out": it holds the shards of a run in 4 parts/,
  );
});

test("a node with other data, code or runtimes is refused by what differs", () => {
  const shared = planOf(1);
  const shard = { index: 2, count: 4 };
  const own = { environment: { ...environment, host: "n2", cpu: "Other" }, sha256 };
  checkSameSurroundings(shared, own, shard, "out");
  const other = { ...environment, gitCommit: "fedcba", runtimes: { deno: "2.9.7" } };
  assert.throws(
    () => checkSameSurroundings(shared, { ...own, environment: other }, shard, "out"),
    /commit of Slope: 0123456789ab where .*\(testbench\), fedcba here; deno: 2\.9\.6 .*; bun: 1\.4\.5 .*, absent here/,
  );
  const digests = { ...sha256, trainLabels: "0".repeat(64) };
  assert.throws(
    () => checkSameSurroundings(shared, { ...own, sha256: digests }, shard, "out"),
    /SHA-256 of trainLabels: 65a50cbbf4e9… where .*, 000000000000… here/,
  );
});

test("a node may lack Python or a peer's library, and may not have another version", () => {
  const withPython = (python: string, numpy: string) => ({
    ...environment,
    runtimes: { ...environment.runtimes, python },
    peers: { numpy },
  });
  const shared = { ...planOf(1), environment: withPython("3.11.2", "2.1.0") };
  const check = (a: SharedPlan, here: SharedPlan["environment"]) =>
    checkSameSurroundings(a, { environment: here, sha256 }, { index: 2, count: 4 }, "out");
  check(shared, environment);
  check(planOf(1), shared.environment);
  check(shared, withPython("3.11.2", "2.1.0"));
  assert.throws(
    () => check(shared, withPython("3.11.2", "2.2.0")),
    /numpy: 2\.1\.0 .*, 2\.2\.0 here/,
  );
  assert.throws(
    () => check(shared, withPython("3.12.1", "2.1.0")),
    /python: 3\.11\.2 .*, 3\.12\.1/,
  );
});

test("a plug-in that was edited since the first shard began is refused", () => {
  const shared = { ...planOf(1), plugins: { "/mine.py": "a".repeat(64) } };
  const own = { environment, sha256, plugins: { "/mine.py": "b".repeat(64) } };
  assert.throws(
    () => checkSameSurroundings(shared, own, { index: 2, count: 4 }, "out"),
    /SHA-256 of \/mine\.py: aaaaaaaaaaaa… where .*, bbbbbbbbbbbb… here/,
  );
});

test("where the disk is full, no half of the plan is left; what another wrote stays", async () => {
  await withFolder((out) => {
    const path = join(out, "shards.json");
    const full = ((place: string, text: string) => {
      writeFileSync(place, text.slice(0, 9));
      throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    }) as typeof writeFileSync;
    assert.throws(() => writeInPlace(path, JSON.stringify(planOf(1)), full), /no space/);
    assert.ok(!existsSync(path));
    writeInPlace(path, "theirs");
    assert.throws(() => writeInPlace(path, "mine"), { code: "EEXIST" });
    assert.equal(readFileSync(path, "utf8"), "theirs");
    return Promise.resolve();
  });
});
