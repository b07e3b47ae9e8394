import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Summary } from "../../src/format/summary.ts";
import { RunFile } from "../../src/format/plan.ts";
import { runLister } from "../../src/serve/list_runs.ts";
import { readRun } from "../../src/sweep/run_folder.ts";
import {
  briefPlan,
  flags,
  refusesHere,
  slope,
  slopeHere,
  smallData,
  trialName,
  withFolder,
} from "../support/cli.ts";
import { makeShard, writeShards } from "../support/shards.ts";
import { SLOW } from "../support/slow.ts";

const mergeHere = (folders: readonly string[], options: Record<string, string> = {}) =>
  slopeHere(["merge", ...folders, ...flags(options)]);

/** Every file in a folder and below, with its content. */
function filesIn(folder: string, under = ""): [path: string, content: string][] {
  return readdirSync(join(folder, under), { withFileTypes: true })
    .toSorted((a, b) => a.name < b.name ? -1 : 1)
    .flatMap((entry): [string, string][] => {
      const path = join(under, entry.name);
      return entry.isDirectory()
        ? filesIn(folder, path)
        : [[path, readFileSync(join(folder, path), "latin1")]];
    });
}

test(
  "merge writes the same bytes in any order; report, compare, history and --verify read the run",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const shards = join(folder, "shards");
      const [a, b, c] = await writeShards(shards, 3);
      const places = [[shards], [c, a, b]].map((folders, i) => ({
        folders,
        out: join(folder, String(i), "run"),
      }));
      for (const { folders, out } of places) {
        const { code, stdout, stderr } = await mergeHere(folders, { out });
        assert.equal(code, 0, stderr);
        assert.match(stderr, /merged 3 shards: .*run\nreport: .*report\.html/);
        assert.match(stdout, /fused_typed/);
        assert.doesNotMatch(stdout, /[Ss]hard/);
      }
      const [one, other] = places.map(({ out }) => filesIn(out));
      assert.ok(one.length > 5);
      assert.deepEqual(one.map(([name]) => name), other.map(([name]) => name));
      for (const [i, [name, content]] of one.entries()) {
        assert.ok(content === other[i][1], name);
      }
      const { out } = places[0];
      const page = join(out, "report.html");
      const verified = await slopeHere(["report", out, "--verify", page]);
      assert.equal(verified.code, 0, verified.stdout);
      assert.equal((await slopeHere(["report", out])).code, 0);
      const compared = await slopeHere(["compare", out, places[1].out]);
      assert.equal(compared.code, 0, compared.stderr);
      assert.deepEqual(runLister(join(folder, "0"))().map(({ name, state }) => [name, state]), [
        ["run", "finished"],
      ]);
      const history = await slopeHere(["history", join(folder, "0"), "--format", "json"]);
      assert.equal(JSON.parse(history.stdout).trends.length, 6, history.stderr);
      await refusesHere(["merge", out], /it was merged from shards already/);
      await refusesHere(
        ["bench", "--data", smallData(), "--resume", out],
        /it was merged from shards.*\nhint: start the shards again/s,
      );
      // A merge that is repeated with more shards takes the place of the first.
      rmSync(join(shards, "shard-2-of-3"), { recursive: true });
      const fewer = await mergeHere([shards], { out, format: "json" });
      assert.equal(fewer.code, 0, fewer.stderr);
      const [first] = Summary.parse(JSON.parse(fewer.stdout)).warnings;
      assert.deepEqual(first, { kind: "shards-missing", indices: [2], count: 3 });
    });
  },
);

test("what shards lack is the first line of the report, and of the page", SLOW, async () => {
  await withFolder(async (folder) => {
    const shards = join(folder, "shards");
    await writeShards(
      shards,
      4,
      ({ run, trials }, index) =>
        index === 2 ? undefined : { run, trials: trials.slice(index % 3) },
    );
    const out = join(folder, "run");
    const { code, stdout, stderr } = await mergeHere([shards], { out });
    assert.equal(code, 0, stderr);
    assert.match(
      stdout.replaceAll(/\n +/g, " "),
      /^⚠ Shard 2 of 4 is missing: .* merge again\.\n⚠ Not complete: shard 1 \(11 of 12 trials\) and shard 4 \(5 of 6 trials\)\./,
    );
    const page = readFileSync(join(out, "report.html"), "utf8");
    assert.ok(page.indexOf("Shard 2 of 4 is missing") < page.indexOf("fused_typed"));
    const verbose = await slopeHere(["report", out, "--verbose"]);
    assert.match(verbose.stdout, /^⚠ Shard 2 of 4 is missing/);
  });
});

test("a default merge stands in the folder of runs, and latest points to it", SLOW, async () => {
  await withFolder(async (folder) => {
    await writeShards(join(folder, "shards"), 2);
    writeFileSync(
      join(folder, "slope.config.json"),
      JSON.stringify({ out: join(folder, "results") }),
    );
    const config = join(folder, "slope.config.json");
    const { code, stderr } = await mergeHere([join(folder, "shards")], { config });
    assert.equal(code, 0, stderr);
    const { run } = readRun(join(folder, "results", "20260301T100100Z-n1-2-shards"));
    assert.equal(run.shards?.length, 2);
    assert.ok(existsSync(join(folder, "results", "latest")));
  });
});

test("merge refuses machines of two kinds, and takes them with --by-machine", SLOW, async () => {
  await withFolder(async (folder) => {
    const shards = join(folder, "shards");
    await writeShards(
      shards,
      2,
      (made, index) => index === 2 ? makeShard(2, 2, { cpu: "Other" }) : made,
    );
    await refusesHere(
      ["merge", shards],
      /Cannot merge ".*1-of-2" and ".*2-of-2": CPU: Imaginary CPU .*, Other .*\nhint: .*--by-machine/s,
    );
    const out = join(folder, "run");
    const { code, stdout, stderr } = await mergeHere([shards], { out, "by-machine": "" });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Other/);
    assert.match(readFileSync(join(out, "cells.csv"), "utf8"), /,machine\r\n/);
    assert.equal((await slopeHere(["report", "--verify", join(out, "report.html")])).code, 0);
  });
});

test(
  "merge refuses a place that holds something else, and what is no folder of shards",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const shards = join(folder, "shards");
      await writeShards(shards, 2);
      const place = join(folder, "place");
      mkdirSync(place);
      writeFileSync(join(place, "thesis.tex"), "");
      await refusesHere(
        ["merge", shards, "--out", place],
        /it holds files, and no run.*\nhint: .*--out/s,
      );
      const file = join(place, "thesis.tex");
      await refusesHere(
        ["merge", shards, "--out", file],
        /Cannot write ".*thesis\.tex".*\nhint: .*--out/s,
      );
      const shard = join(shards, "shard-1-of-2");
      await refusesHere(
        ["merge", shards, "--out", shard],
        /it holds another run.*\nhint: .*--out/s,
      );
      await refusesHere(["merge"], /no folder is named.*\nhint:/s);
      await refusesHere(["merge", folder], /there is no shard in it.*\nhint:/s);
    });
  },
);

/** No scheduler, wherever the tests run. */
const NOBODY = Object.fromEntries(
  [
    ...["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX", "PBS_ARRAY_INDEX"],
    ...["OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID"],
  ].map((name) => [name, ""]),
);

const OPTIONS = { plan: briefPlan(), sizes: "60", epochs: "1", implementations: "fused_typed" };

const shardArguments = (out: string, shard: string, options: Record<string, string> = {}) => [
  "bench",
  ...flags({ data: smallData(), out, shard, ...OPTIONS, rounds: "3", ...options }),
];

for (
  const [shard, options, pattern] of [
    ["0/4", {}, /shards of 4 count from 1 to 4.*\nhint: choose one/s],
    ["a/b", {}, /expected a number of a total.*\nhint:/s],
    ["auto", {}, /no scheduler or launcher.*\nhint: name the shard/s],
    ["", {}, /no scheduler or launcher.*\nhint: name the shard/s],
    ["2/4", {}, /shard 2\/4: the plan has 3 rounds.*\nhint: choose fewer shards, or --rounds 4/s],
    ["2/4", { rounds: "1" }, /the plan has 1 round, .*\nhint:/s],
    ["1/2", { resolve: "5%" }, /--shard and --resolve at once.*\nhint: leave --resolve out/s],
    ["1/2", { crossover: "batch", batch: "5,10" }, /--shard and --crossover at once.*\nhint:/s],
    ["1/2", { against: "latest" }, /--shard and --against at once.*\nhint:/s],
    ["1/2", { resume: "latest" }, /--shard and --resume at once.*\nhint:/s],
    ["1/2", { "dry-run": "" }, /--shard and --dry-run at once.*\nhint:/s],
    ["1/2", { watch: "" }, /--shard and --watch at once.*\nhint:/s],
    ["1/2", { save: "mine" }, /--shard and --save at once.*\nhint:/s],
  ] as [string, Record<string, string>, RegExp][]
) {
  const words = flags({ shard, ...options }).join(" ");
  test(`bench ${words} is refused before data is read or a folder made`, SLOW, async () => {
    await withFolder(async (folder) => {
      const out = join(folder, "out");
      const given = shardArguments(out, shard, { ...options, data: "/nowhere" });
      const ended = await slope(given, NOBODY);
      assert.equal(ended.code, 2, ended.stderr);
      assert.match(ended.stderr, pattern);
      assert.doesNotMatch(ended.stderr, /nowhere/);
      assert.ok(!existsSync(out));
    });
  });
}

test(
  "shards are measured in their folders with one plan, once each, and merged to one run",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const out = join(folder, "out");
      const start = (shard: string, options = {}, env = {}) =>
        slope(shardArguments(out, shard, options), { ...NOBODY, COLUMNS: "100", ...env });
      const first = await start("1/2");
      assert.equal(first.code, 0, first.stderr);
      assert.match(first.stdout, /^⚠ This is shard 1 of 2, with rounds 1 and 3 alone/);
      const auto = await start("auto/2", {}, { JOB_COMPLETION_INDEX: "1" });
      assert.equal(auto.code, 0, auto.stderr);
      assert.deepEqual(readdirSync(out).sort(), ["shard-1-of-2", "shard-2-of-2", "shards.json"]);
      const journal = readFileSync(join(out, "shard-2-of-2", "trials.jsonl"), "utf8");
      const again = await start("2/2");
      assert.deepEqual([again.code, again.stdout], [0, ""]);
      assert.match(again.stderr, /shard-2-of-2 is complete: nothing was measured/);
      assert.equal(readFileSync(join(out, "shard-2-of-2", "trials.jsonl"), "utf8"), journal);
      // What a finished shard has lost is measured again.
      const lossy = join(out, "shard-1-of-2", "trials.jsonl");
      const whole = readFileSync(lossy, "utf8").split("\n");
      writeFileSync(lossy, whole.slice(0, -2).join("\n") + "\n");
      const mended = await start("1/2");
      assert.equal(mended.code, 0, mended.stderr);
      assert.deepEqual(readRun(join(out, "shard-1-of-2")).trials.map(({ round }) => round), [1, 3]);
      const others = [
        [await start("1/3"), /it holds the shards of a run in 2 parts/],
        [await start("2/2", { epochs: "2" }), /epochs of training: 1 when .*, 2 here/],
        [await start("1/2", { rounds: "4" }), /rounds: 3 when .*, 4 here/],
      ] as const;
      for (const [{ code, stderr }, pattern] of others) {
        assert.equal(code, 2, stderr);
        assert.match(stderr, pattern);
      }
      const run = join(folder, "run");
      const merged = await mergeHere([out], { out: run });
      assert.equal(merged.code, 0, merged.stderr);
      assert.doesNotMatch(merged.stdout, /missing|Not complete/);
      const { run: record, trials } = readRun(run);
      RunFile.parse(record);
      assert.deepEqual(trials.map(trialName).sort(), [
        ...[1, 2, 3].map((round) => `fused_typed m=60 B=10 round ${round} ok`),
      ]);
      const { host } = record.environment;
      assert.ok(trials.every(({ node }) => node === host));
    });
  },
);
