import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { validateAction, validateWorkflow } from "@action-validator/core";
import { readInputs } from "../../action/inputs.ts";
import { settingsOf } from "../../action/settings.ts";
import { judge } from "../../action/judge.ts";
import { SLOPE_VERSION } from "../../src/base/version.ts";
import type { Problem, Summary } from "../../src/format/summary.ts";
import type { Cell } from "../../src/format/trial_record.ts";
import { ACTION, NEEDS_NODE, printedBy, runAction } from "../support/action_steps.ts";
import { PROJECT, smallData, withFolder } from "../support/cli.ts";
import { makeRepository, writeFiles } from "../support/repository.ts";
import { SLOW } from "../support/slow.ts";
import { because, makeRun, makeTrial, tooLong } from "../support/trials.ts";

const RIGHT = readFileSync(join(PROJECT, "examples", "lists.ts"), "utf8");
const BRIEF = {
  options: `--sizes 100 --epochs 1 --max-sample 10ms --data ${smallData()}`,
  rounds: "2",
  plugins: "mine.ts",
};

test(
  "what cannot be measured is an annotation, and the job fails",
  { ...SLOW, ...NEEDS_NODE },
  async () => {
    await withFolder(async (folder) => {
      const repository = join(folder, "repository");
      makeRepository(repository, { "mine.ts": RIGHT });
      const event = { name: "workflow_dispatch", content: {} };
      for (
        const [inputs, pattern] of [
          [{ base: "mian" }, /::error title=Slope cannot measure::.*"mian".*fetch-depth: 0/],
          [{ plugins: "" }, /::error title=Slope cannot measure::There is nothing to measure/],
          [{ history: "somewhere" }, /input history.*expected none/],
          [{ "fail-on": "slower,worng" }, /input fail-on: "worng".*did you mean "wrong"\?/],
          [{ base: "HEAD", options: "--sizse 100" }, /cannot measure::error: .*sizse.*%0Ahint: /s],
        ] as const
      ) {
        const ran = await runAction(folder, repository, event, { ...BRIEF, ...inputs });
        assert.ok(ran.failed);
        assert.match(printedBy(ran), pattern);
      }
    });
  },
);

test("an input wins over the configuration, which wins over the defaults of the action", {
  ...SLOW,
  ...NEEDS_NODE,
}, async () => {
  await withFolder(async (folder) => {
    const configuration = { plugins: ["mine.ts"], rounds: 7, failOn: ["unresolved"] };
    writeFiles(folder, { "slope.config.json": JSON.stringify(configuration) });
    const settled = (given: Readonly<Record<string, string>>) =>
      settingsOf(readInputs({ GITHUB_WORKSPACE: folder, SLOPE_RUNTIME: "deno", ...given }));
    const plugin = ["--plugin", join(realpathSync(folder), "mine.ts")];
    const { plugins, ...rest } = await settled({ SLOPE_OPTIONS: "--threshold 5% --verbose" });
    assert.deepEqual(plugins, [plugin[1]]);
    assert.deepEqual(rest, { options: [...plugin, "--budget", "480s"], failOn: ["unresolved"] });
    assert.deepEqual(
      await settled({
        SLOPE_PLUGINS: "mine.ts",
        SLOPE_ROUNDS: "3",
        SLOPE_BUDGET: "1m",
        SLOPE_THRESHOLD: "9%",
        SLOPE_FAIL_ON: "wrong, slower",
      }),
      {
        plugins: ["mine.ts"],
        options: ["--plugin", "mine.ts", "--rounds", "3", "--budget", "1m", "--threshold", "9%"],
        failOn: ["wrong", "slower"],
      },
    );
    writeFiles(folder, { "slope.config.json": "{}" });
    assert.deepEqual(await settled({ SLOPE_OPTIONS: "--plugin mine.ts" }), {
      plugins: plugin.slice(1),
      options: ["--rounds", "20", "--budget", "480s"],
      failOn: ["slower", "wrong"],
    });
  });
});

test("a job in which no plug-in was timed fails, and says why", () => {
  const run = makeRun({ plan: { plugins: ["mine.c"], runtimes: ["node"], sizes: [100] } });
  const cell: Cell = { ...makeTrial().cell, implementation: "mine" };
  const own = { cell: { ...cell, implementation: "fused_typed" } };
  const unavailable = { kind: "unavailable", message: "Node cannot call it" } as const;
  const wrong = { kind: "stage-failed", stage: "verify", message: "no" } as const;
  const judged = (
    cells: readonly { readonly cell: Cell }[],
    problems: readonly Pick<Problem, "status" | "cell" | "reasons">[],
    failOn = ["slower", "wrong"],
  ) => judge({ plan: run.plan, cells, problems } as unknown as Summary, failOn);
  const skipped = { status: "skipped" as const, cell, reasons: [unavailable] };
  const none = judged([own], [skipped]);
  assert.ok(none.failed);
  assert.match(none.annotations[0].message, /^mine: .*Node cannot call it; .*`runtime: deno`$/);
  assert.match(judged([own], []).annotations[0].message, /^No plug-in has a timed trial/);
  const failed = { status: "failed" as const, cell, reasons: [wrong] };
  assert.ok(judged([own], [failed], ["slower"]).failed, "although `wrong` fails nothing");
  assert.equal(judged([own], [failed]).annotations.length, 1, "one reason is enough");
  const other = { ...cell, implementation: "other" };
  const one = judged([{ cell: other }], [skipped]);
  assert.deepEqual([one.failed, one.annotations[0].level], [false, "warning"]);
  assert.deepEqual(judged([{ cell }], []).annotations, []);
  assert.ok(judged([{ cell: { ...cell, copy: "reference" } }], []).failed, "of the base alone");
});

test("a job that compared nothing with the base fails, unless the base itself is broken", () => {
  const plan = {
    plugins: ["mine.ts"],
    sizes: [100],
    against: { ref: "main", gitCommit: "a".repeat(40), repository: "/r", threshold: 0.03 },
  };
  const run = makeRun({ plan });
  const cell: Cell = { ...makeTrial().cell, implementation: "mine" };
  const judged = (
    reasons: Problem["reasons"],
    status: Problem["status"],
    of: readonly Pick<Cell, "copy">[] = [{ copy: "reference" }],
  ) => {
    const problems = of.map((one) => ({ status, cell: { ...cell, ...one }, reasons }));
    const summary = { plan: run.plan, run: "now", cells: [{ cell }], problems, warnings: [] };
    return judge(summary as unknown as Summary, ["slower"]);
  };
  const uncompared = judged(tooLong(9), "skipped");
  assert.deepEqual([uncompared.verdict, uncompared.failed], ["not-compared", true]);
  assert.match(
    uncompared.annotations[0].message,
    /^Nothing could be compared with main: the budget/,
  );
  const broken = judged(because("broke"), "failed");
  assert.equal(broken.failed, false, "a proposal that repairs it must pass");
  assert.equal(broken.annotations[0].level, "notice");
  for (const proposal of [[{}], [{ copy: "reference" as const }, {}]]) {
    assert.ok(judged(because("broke"), "failed", proposal).failed, "the proposal fails, too");
  }
});

test("install.sh installs what the lock file pins, and the runtime that is asked for", {
  ...SLOW,
  ...NEEDS_NODE,
}, async () => {
  await withFolder((folder) => {
    // A copy beside a lock file, and an npm that only says what it was called with.
    const script = join(folder, "action", "install.sh");
    makeRepository(folder, { "bin/npm": '#!/bin/sh\necho "$PWD: npm $*"\n', "action/x": "" });
    chmodSync(join(folder, "bin", "npm"), 0o755);
    copyFileSync(join(PROJECT, "action", "install.sh"), script);
    writeFileSync(join(folder, "path"), "");
    const run = (runtime: string) =>
      execFileSync("bash", [script], {
        encoding: "utf8",
        env: {
          ...process.env,
          PATH: `${join(folder, "bin")}:${process.env.PATH}`,
          RUNNER_TEMP: folder,
          GITHUB_PATH: join(folder, "path"),
          SLOPE_RUNTIME: runtime,
        },
      });
    assert.match(run("node"), /npm ci --omit=dev --ignore-scripts .*\n$/);
    assert.match(run("bun"), /npm ci .*\n.*npm install --prefix \S+slope-runtime .*bun@1\.4\.5\n/);
    assert.match(readFileSync(join(folder, "path"), "utf8"), /slope-runtime\/node_modules\/\.bin/);
    assert.throws(() => run("rust"), /Command failed/);
  });
});

test("every input that a step reads is declared, and the README names all of them", () => {
  const text = readFileSync(join(PROJECT, "action.yml"), "utf8");
  const read = new Set([...text.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name));
  assert.deepEqual([...read].sort(), Object.keys(ACTION.inputs).sort());
  const readme = readFileSync(join(PROJECT, "action", "README.md"), "utf8");
  for (const [name, { default: value }] of Object.entries(ACTION.inputs)) {
    const row = new RegExp(`\\| \`${name}\` +\\| ([^|]*[^| ]|) +\\|`).exec(readme);
    assert.ok(row !== null, `${name} stands in the table`);
    if (value !== "") assert.equal(row[1], value);
  }
  assert.ok(readme.includes(`slope@v${SLOPE_VERSION} `), "the example names this version");
});

test("action.yml and the workflow that init writes fit GitHub's schemas", () => {
  for (
    const [path, check] of [
      ["action.yml", validateAction],
      ["kits/templates/slope.yml", validateWorkflow],
    ] as const
  ) {
    const text = readFileSync(join(PROJECT, path), "utf8");
    assert.deepEqual(check(text).errors, [], path);
    assert.notDeepEqual(check(text.replace(/^(runs|jobs):/m, "steps:")).errors, [], path);
  }
});
