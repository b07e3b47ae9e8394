import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import { DryRun } from "../../src/format/dry_run.ts";
import { availableHost } from "../../src/machine/host.ts";
import { PLAN_FIELD_NAMES } from "../../src/format/plan_fields.ts";
import {
  flags,
  latestTrials,
  PROJECT,
  refusesHere,
  slopeHere,
  smallData,
  withFolder,
} from "../support/cli.ts";
import { writeRun } from "../support/runs.ts";
import { SLOW } from "../support/slow.ts";
import { makeRun, makeTrials } from "../support/trials.ts";

const RIGHT = join(PROJECT, "examples", "lists.ts");

/** A folder with a configuration that names a plug-in beside it. */
async function withConfig(
  config: object,
  body: (folder: string, config: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    copyFileSync(RIGHT, join(folder, "mine.ts"));
    const path = join(folder, "slope.config.json");
    writeFileSync(path, JSON.stringify(config));
    await body(folder, path);
  });
}

const BRIEF = {
  sizes: [200],
  rounds: 1,
  epochs: 1,
  maxSampleSeconds: 0.01,
  budgetSeconds: 600,
  data: smallData(),
};

test("config says what is in force and where each value comes from", SLOW, async () => {
  await withConfig(
    { plugins: ["mine.ts"], sizes: ["1k..4k"], rounds: 4, threshold: 0.05, failOn: ["wrong"] },
    async (folder, config) => {
      writeFileSync(join(folder, "plan.json"), '{"epochs": 7}');
      const plan = join(folder, "plan.json");
      const args = ["config", "--quick", "--rounds", "9", ...flags({ config, plan })];
      const { code, stdout, stderr } = await slopeHere([...args, "--format", "json"]);
      assert.equal(code, 0, stderr);
      const { file, fields } = JSON.parse(stdout);
      assert.equal(file, config);
      const inForce = (name: string) => [fields[name].value, fields[name].source.kind];
      assert.deepEqual(inForce("plugins"), [[join(folder, "mine.ts")], "configuration"]);
      assert.deepEqual(inForce("sizes"), [[2000], "preset"]);
      assert.deepEqual(inForce("epochs"), [7, "plan file"]);
      assert.deepEqual(inForce("rounds"), [9, "option"]);
      assert.deepEqual(inForce("batchSizes"), [[10], "default"]);
      assert.deepEqual(inForce("baseline"), [undefined, "default"]);
      assert.deepEqual(inForce("threshold"), [0.05, "configuration"]);
      assert.deepEqual(inForce("failOn"), [["wrong"], "configuration"]);
      assert.deepEqual(inForce("out"), ["results", "default"]);
      const missing = PLAN_FIELD_NAMES.filter((name) => !(name in fields));
      assert.deepEqual(missing, ["against"], "a run or a commit is named by its option alone");

      const told = (await slopeHere(args)).stdout.replaceAll(/ +/g, " ");
      assert.match(told, /^Configuration: .*slope\.config\.json\.\n/);
      assert.match(told, /\nsizes preset quick 2,000\n/);
      assert.match(told, /\nthreshold slope\.config\.json 5 %\n/);
      assert.match(told, /\nseeds default 1\n/);
      const none = await slopeHere(["config", "--config", "none", "--data", smallData()]);
      assert.match(none.stdout, /^No configuration file applies here/);
    },
  );
});

test("bench measures what the configuration says, and options win", SLOW, async () => {
  await withConfig(
    { ...BRIEF, plugins: ["mine.ts"], implementations: ["naive_loop"], out: "runs" },
    async (folder, config) => {
      const args = ["bench", ...flags({ config, sizes: "100", save: "main" })];
      const { code, stderr } = await slopeHere(args);
      assert.equal(code, 0, stderr);
      const out = join(folder, "runs");
      assert.equal(realpathSync(join(out, "main")), realpathSync(join(out, "latest")));
      const itself = await slopeHere(["compare", "main", "latest", "--config", config]);
      assert.match(itself.stderr, /a single trial in A and in B|same run/, "both are found");
      assert.match(stderr, /^configuration: .*slope\.config\.json\n/);
      const cells = latestTrials(out).map(({ cell }) => `${cell.implementation} ${cell.examples}`);
      assert.deepEqual(cells.sort(), ["mine 100", "naive_loop 100"]);
      const verified = await slopeHere(["verify", ...flags({ config, format: "json" })]);
      assert.equal(verified.code, 0, verified.stderr);
      const names = (text: string) =>
        JSON.parse(text).map((one: { cell: { implementation: string } }) =>
          one.cell.implementation
        );
      assert.deepEqual(names(verified.stdout), ["naive_loop", "mine"]);
      const patterns = ["verify", "--implementations", "*_loop,!mine", ...flags({ config })];
      const chosen = await slopeHere([...patterns, "--format", "json"]);
      assert.deepEqual(names(chosen.stdout), ["naive_loop"]);
    },
  );
});

test("a program that is named leaves the plug-ins of the configuration out", SLOW, async () => {
  await withConfig({ ...BRIEF, plugins: ["mine.ts"] }, async (_, config) => {
    const trained = async (...names: string[]) => {
      const { code, stdout, stderr } = await slopeHere([
        ...["train", ...names, "--format", "json"],
        ...flags({ config }),
      ]);
      assert.equal(code, 0, stderr);
      return stdout.trim().split("\n").map((line) => JSON.parse(line).cell.implementation);
    };
    assert.deepEqual(await trained(), ["mine"]);
    assert.deepEqual(await trained("naive_loop"), ["naive_loop"]);
    assert.deepEqual(await trained("mine"), ["mine"]);
  });
});

test("--dry-run prints cells and predicted time, and measures nothing", SLOW, async () => {
  await withConfig({ ...BRIEF, plugins: ["mine.ts"], rounds: 3 }, async (folder, config) => {
    const out = join(folder, "runs");
    const args = ["bench", "--dry-run", ...flags({ config, out, implementations: "naive_loop" })];
    const before = await slopeHere(args);
    assert.equal(before.code, 0, before.stderr);
    assert.match(
      before.stdout,
      /^Would run 6 trials of 2 cells in at most 10 min.*, the budget\.\n/,
    );
    assert.match(before.stdout, /No earlier run/);
    assert.ok(!existsSync(out), "no folder of runs was made");

    const run = makeRun({
      plan: { sizes: [1000, 4000], runtimes: [CURRENT_RUNTIME.name] },
      environment: availableHost(),
    });
    await writeRun(join(out, "a-run"), run, makeTrials(run));
    const half = await slopeHere(args);
    assert.match(half.stdout, /None of them timed mine\./);
    const known = await slopeHere([
      ...["bench", "--dry-run", "--format", "json", "--config", "none", "--sizes", "200,2000"],
      ...flags({ out, implementations: "naive_loop,fused_typed", data: smallData() }),
    ]);
    const { cells, predictedNs, from } = DryRun.parse(JSON.parse(known.stdout));
    assert.deepEqual(from, ["a-run"]);
    assert.equal(cells.length, 4);
    const least = cells.reduce((sum, { trials, trialNs }) => sum + trials * trialNs!, 0);
    assert.ok(least > 0 && predictedNs! >= least);
    assert.ok(cells[1].trialNs! > cells[0].trialNs!, "2,000 examples take longer than 200");
    assert.deepEqual(readdirSync(out), ["a-run"]);

    for (const [name, text] of [["b-old", '{"schema": 1}'], ["c-cut", '{"schema"']]) {
      mkdirSync(join(out, name));
      writeFileSync(join(out, name, "run.json"), text);
    }
    const beside = await slopeHere(args);
    assert.equal(beside.code, 0, beside.stderr);
    assert.match(beside.stderr, /warning: the run c-cut is left out .*\n.*the run b-old is left/);
    assert.equal(beside.stdout, half.stdout, "the whole run counts as before");

    const tooMuch = await slopeHere([
      ...args.slice(0, 2),
      "--budget",
      "1ms",
      ...flags({
        ...{ out, config: "none", implementations: "naive_loop", data: smallData() },
        sizes: "2000",
      }),
    ]);
    assert.match(tooMuch.stdout, /every cell would be skipped|would be skipped/);
  });
});

test("bad configurations and options that exclude each other are refused", SLOW, async () => {
  await withConfig({ round: 3 }, async (_, config) => {
    await refusesHere(["bench", "--config", config], /"round"; did you mean "rounds"\?\nhint:/);
    await refusesHere(["config", "--config", "/nowhere.json"], /no such file\nhint:/);
    await refusesHere(["bench", "--dry-run", "--watch", "--plugin", "a.ts"], /--watch and --dry/);
    await refusesHere(["bench", "--dry-run", "--save", "a"], /--dry-run and --save.*\nhint:/);
    await refusesHere(["bench", "--save", "latest"], /Cannot save a run as "latest".*\nhint:/);
    await refusesHere(["bench", "--dry-run", "--resume", "latest"], /--resume and --dry-run/);
    const args = ["verify", "--config", "none", "--implementations"];
    await refusesHere([...args, "wsam_*,naive_loop"], /"wsam_\*".*\nhint: known are/s);
    await refusesHere([...args, "!naive_lop"], /did you mean "naive_loop"\?/);
  });
});
