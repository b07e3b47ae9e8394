import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { earlierRuns } from "../../src/choose/earlier_runs.ts";
import { Answer } from "../../src/format/answer.ts";
import { availableHost } from "../../src/machine/host.ts";
import { flags, refusesHere, slope, slopeHere, smallData, withFolder } from "../support/cli.ts";
import { writeRun } from "../support/runs.ts";
import { SLOW } from "../support/slow.ts";
import { makeRun, makeTrials } from "../support/trials.ts";

/** A run of this machine, as a sweep leaves it. */
const writeMade = (folder: string, environment: ReturnType<typeof availableHost>) => {
  const run = makeRun({ plan: { sizes: [1000, 4000, 16_000] }, environment });
  return writeRun(folder, run, makeTrials(run));
};

test("choose answers from a run that covers the question, without measuring", SLOW, async () => {
  await withFolder(async (out) => {
    const run = await writeMade(join(out, "a-run"), availableHost());
    const question = { run, out, examples: "8k", epochs: "20" };
    const { code, stdout, stderr } = await slope(["choose", ...flags(question)]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^✓ Choose fused_typed: [\d.]+ \w+ \[[^\]]+\] for 20 epochs\.\n/);
    assert.equal(stderr, "");
    const told = await slopeHere(["choose", ...flags({ ...question, format: "json" })]);
    const { predictions, runs } = Answer.parse(JSON.parse(told.stdout));
    assert.deepEqual(runs, ["a-run"]);
    assert.deepEqual(predictions.map(({ label }) => label), [
      ...["fused_typed", "outer_product", "naive_loop"],
    ]);
    assert.ok(!existsSync(join(out, "choose")), "nothing was measured");
  });
});

test("what no run answers is measured, beside the runs of bench", SLOW, async () => {
  await withFolder(async (out) => {
    const question = {
      ...{ out, data: smallData(), examples: "400", epochs: "2", layers: "784,8,10" },
      ...{ implementations: "naive_loop,fused_typed", budget: "60s" },
    };
    const { code, stdout, stderr } = await slope(["choose", ...flags(question)]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /no run answers this: measuring/);
    assert.match(stdout, /^(✓ Choose \w+|≈ \w+ seems fastest): .* for 2 epochs\./);
    assert.ok(existsSync(join(out, "choose", "latest")));
    assert.ok(!existsSync(join(out, "latest")), "the latest run of bench stays what it was");
  });
});

test("runs that cannot be read answer nothing, unless one is named", async () => {
  await withFolder(async (out) => {
    const made = await writeMade(join(out, "choose", "a-run"), availableHost());
    for (const path of [join(out, "latest"), join(out, "choose", "b-run")]) {
      mkdirSync(path);
      writeFileSync(join(path, "run.json"), '{"schema"');
    }
    const { main, own, passedOver } = await earlierRuns({ out });
    assert.deepEqual([main, own.map(({ name }) => name)], [undefined, [basename(made)]]);
    assert.match(passedOver!.why, /run\.json/);
    await assert.rejects(earlierRuns({ out, run: "latest" }), /run\.json/);
  });
});

for (
  const [what, options, expected] of [
    ["a run that is not there", { run: "nowhere" }, /Cannot read run "nowhere".*\nhint:/s],
    ["more examples than the data has", { examples: "70k" }, /m = 70000.*60000.*\nhint:/s],
    ["layers without the pixels", { layers: "100,10" }, /layer size 1 is 100.*784.*\nhint:/s],
    ["minibatches larger than m", { examples: "1k", batch: "2000" }, /of 2000.*1000.*\nhint:/s],
    ["two questions at once", { batch: "10,20" }, /2 values of --batch.*\nhint:/s],
    ["a range of m", { examples: "1k..4k" }, /expected one number of examples/],
    [
      "no examples",
      { examples: "0" },
      /expected one number of examples from 1, as 2000, 2k or all\.\n/,
    ],
  ] as [string, Record<string, string>, RegExp][]
) {
  test(`choose with ${what} is refused with a hint`, SLOW, async () => {
    await withFolder(async (out) => {
      await writeMade(join(out, "a-run"), availableHost());
      const all = { run: join(out, "a-run"), out, ...options };
      await refusesHere(["choose", ...flags(all)], expected);
    });
  });
}

test(
  "a run of another machine answers for that machine, and nothing is added to it",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      const run = await writeMade(join(out, "a-run"), { cpu: "Other", cores: 64, arch: "x64" });
      const covered = await slopeHere(["choose", ...flags({ run, out, examples: "8k" })]);
      assert.equal(covered.code, 0, covered.stderr);
      assert.match(covered.stdout, /Other, 64 cores/);
      await refusesHere(
        ["choose", ...flags({ run, out, batch: "100" })],
        /measured on another machine \(Other, 64 cores\).*\nhint:/s,
      );
    });
  },
);
