import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { NEEDS_NODE, printedBy, type RunAction, runAction } from "../support/action_steps.ts";
import { latestTrials, PROJECT, smallData, withFolder } from "../support/cli.ts";
import { NEEDS_COMPILER } from "../support/native.ts";
import { commit, git, makeRepository } from "../support/repository.ts";
import { SLOW } from "../support/slow.ts";

const RIGHT = readFileSync(join(PROJECT, "examples", "lists.ts"), "utf8");
const WRONG = RIGHT.replace("error * a * (1 - a)", "error").replace("e * a[l + 1][o] *", "e *");
/** In C, with a header of its own. */
const IN_C = {
  "mine.c": readFileSync(join(PROJECT, "kits", "templates", "my_gradient.c"), "utf8")
    .replace("a[o] * (1 - a[o])", "SLOPE_OF(a[o])")
    .replace("#include <math.h>", '#include "slope_of.h"\n#include <math.h>'),
  "slope_of.h": "#define SLOPE_OF(a) ((a) * (1 - (a)))\n",
};
const BRIEF = {
  options: `--sizes 100 --epochs 1 --max-sample 10ms --data ${smallData()}`,
  rounds: "2",
  plugins: "mine.ts",
};

const annotations = (ran: RunAction): string[] =>
  printedBy(ran).split("\n").filter((line) => line.startsWith("::"));

test("a gradient that became wrong fails the job, with a remark on its file", {
  ...SLOW,
  ...NEEDS_NODE,
}, async () => {
  await withFolder(async (folder) => {
    const repository = join(folder, "repository");
    const sha = makeRepository(repository, { "mine.ts": RIGHT });
    commit(repository, { "mine.ts": WRONG });
    assert.notEqual(WRONG, RIGHT);
    const event = { name: "pull_request", content: { pull_request: { base: { sha } } } };
    const origin = join(folder, "origin.git");
    git(folder, "init", "--quiet", "--bare", origin);
    git(repository, "remote", "add", "origin", origin);
    const inputs = { ...BRIEF, history: "branch" };
    const ran = await runAction(folder, repository, event, inputs);
    const { steps, outputs, summary, failed } = ran;
    assert.equal(
      git(origin, "branch", "--list"),
      "",
      "a proposal, perhaps of a fork, pushes nothing",
    );
    assert.ok(failed, printedBy(ran));
    assert.equal(outputs.verdict, "wrong");
    const [first] = annotations(ran);
    assert.match(first, /^::error file=mine\.ts,line=9,title=Wrong gradient::mine at m = 100: /);
    assert.match(summary, /^## Slope\n/);
    const kept = steps.find(({ name }) => name === "Keep the report");
    assert.equal(kept?.with?.path, outputs.report, "the report is kept although the job fails");
    assert.ok(existsSync(join(outputs.report, "report.html")));
    assert.equal(steps.at(-1)!.name, "Judge");
  });
});

test("a proposal that repairs the gradient passes, and a shallow clone fetches the base", {
  ...SLOW,
  ...NEEDS_NODE,
}, async () => {
  await withFolder(async (folder) => {
    const origin = join(folder, "origin");
    const sha = makeRepository(origin, { "src/mine.ts": WRONG, "src/slope.config.json": "{}" });
    git(origin, "config", "uploadpack.allowAnySHA1InWant", "true");
    commit(origin, {
      "src/mine.ts": RIGHT,
      "src/slope.config.json": '{"plugins": ["mine.ts"]}',
    });
    const repository = join(folder, "repository");
    git(folder, "clone", "--quiet", "--depth", "1", `file://${origin}`, repository);
    const event = { name: "pull_request", content: { pull_request: { base: { sha } } } };
    const inputs = { ...BRIEF, plugins: "", "working-directory": "src" };
    const ran = await runAction(folder, repository, event, inputs);
    const { outputs, failed } = ran;
    assert.ok(!failed, printedBy(ran));
    assert.deepEqual(annotations(ran).filter((line) => line.startsWith("::error")), []);
    assert.equal(outputs.verdict, "not-compared", "the base version gave no figures");
  });
});

test("both versions are compared, and a push adds its run to the branch of the history", {
  ...SLOW,
  ...NEEDS_NODE,
}, async () => {
  await withFolder(async (folder) => {
    const origin = join(folder, "origin.git");
    git(folder, "init", "--quiet", "--bare", origin);
    const repository = join(folder, "repository");
    const before = makeRepository(repository, { "mine.ts": RIGHT });
    const after = commit(repository, { "mine.ts": `${RIGHT}// the same\n` });
    git(repository, "remote", "add", "origin", origin);
    const event = { name: "push", content: { before } };
    const inputs = { ...BRIEF, history: "branch" };
    for (const count of [1, 2]) {
      const ran = await runAction(folder, repository, event, inputs);
      const { outputs, summary } = ran;
      assert.match(outputs.verdict, /^(same|unresolved|faster|slower)$/, printedBy(ran));
      assert.match(summary, /\*\*.*of 1 cell 1 /);
      assert.match(summary, /mine +m = 100 .*●/);
      assert.ok(existsSync(join(outputs.report, "comparison.html")));
      assert.ok(existsSync(join(outputs.report, "history.html")), printedBy(ran));
      const listed = git(repository, "ls-tree", "-r", "--name-only", "FETCH_HEAD").split("\n");
      assert.equal(listed.length, 2 * count, "run.json and trials.jsonl of every push");
    }
    assert.equal(git(repository, "rev-parse", "HEAD"), after);
    assert.equal(git(repository, "status", "--porcelain"), "");
    assert.equal(git(origin, "rev-list", "--count", "slope-history"), "2");
  });
});

test("plug-ins that the configuration alone names are compared, wherever it lies", {
  ...SLOW,
  ...NEEDS_NODE,
}, async () => {
  await withFolder(async (folder) => {
    const repository = join(folder, "repository");
    const sha = makeRepository(repository, {
      "src/mine.ts": RIGHT,
      "src/slope.config.json": JSON.stringify({ plugins: ["mine.ts"] }),
    });
    commit(repository, { "src/mine.ts": `${RIGHT}// the same\n` });
    const event = { name: "pull_request", content: { pull_request: { base: { sha } } } };
    const inputs = { ...BRIEF, plugins: "", "working-directory": "src" };
    const ran = await runAction(folder, repository, event, inputs);
    assert.match(ran.outputs.verdict, /^(same|unresolved|faster|slower)$/, printedBy(ran));
    assert.match(ran.summary, /\*\*.*of 1 cell 1 /);
  });
});

test("a plug-in in C is compiled as it was and as it is, and both are compared", {
  ...SLOW,
  ...NEEDS_NODE,
  ...NEEDS_COMPILER,
}, async () => {
  assert.match(IN_C["mine.c"], /slope_of\.h[^]*SLOPE_OF\(a\[o\]\)/);
  await withFolder(async (folder) => {
    const repository = join(folder, "repository");
    const sha = makeRepository(repository, IN_C);
    commit(repository, { "slope_of.h": `/* the same */ ${IN_C["slope_of.h"]}` });
    const event = { name: "pull_request", content: { pull_request: { base: { sha } } } };
    const inputs = { ...BRIEF, plugins: "mine.c", runtime: "deno" };
    const ran = await runAction(folder, repository, event, inputs);
    assert.match(ran.outputs.verdict, /^(same|unresolved|faster|slower)$/, printedBy(ran));
    assert.match(ran.summary, /\*\*.*of 1 cell 1 /);
    const trials = latestTrials(join(ran.outputs.report, "runs"));
    assert.deepEqual(
      trials.map(({ cell: { copy }, status }) => `${copy ?? "now"} ${status}`).sort(),
      ["now ok", "now ok", "reference ok", "reference ok", "twin ok", "twin ok"],
    );
    assert.equal(git(repository, "status", "--porcelain"), "");

    // Only the header changes, and only for the proposal.
    commit(repository, { "slope_of.h": "#define SLOPE_OF(a) (a)\n" });
    const wrong = await runAction(folder, repository, event, inputs);
    assert.ok(wrong.failed, printedBy(wrong));
    assert.equal(wrong.outputs.verdict, "wrong");
    assert.match(
      annotations(wrong)[0],
      /^::error file=mine\.c,line=\d+,title=Wrong gradient::mine/,
    );

    commit(repository, { "slope_of.h": "#define SLOPE_OF(a) nothing\n" });
    const broken = await runAction(folder, repository, event, inputs);
    assert.ok(broken.failed, printedBy(broken));
    assert.match(printedBy(broken), /::error .*Cannot compile plug-in .*mine\.c.*nothing/s);
  });
});
