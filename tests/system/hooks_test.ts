import assert from "node:assert/strict";
import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import type { HookRecord } from "../../src/format/hook.ts";
import { RunFile } from "../../src/format/plan.ts";
import {
  briefPlan,
  flags,
  latestTrials,
  slope,
  smallData,
  startSlope,
  withFolder,
} from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";
import { skipFor } from "../support/skips.ts";

const OPTIONS = {
  ...SLOW,
  ...(process.platform === "win32" && { skip: skipFor("there is no sh") }),
};

const COMMON = {
  data: smallData(),
  plan: briefPlan(),
  implementations: "fused_typed",
  sizes: "200",
  epochs: "1",
  rounds: "3",
};

const sessionsOf = (out: string) =>
  RunFile.parse(JSON.parse(readFileSync(join(out, "latest", "run.json"), "utf8"))).sessions;
const outcome = ({ hook, times, exitCode }: HookRecord) => `${hook} ${times} ${exitCode}`;

test("bench runs its hooks, and one that fails costs no trial", OPTIONS, async () => {
  await withFolder(async (out) => {
    const log = join(out, "log");
    // The second trial's hook fails once.
    const beforeTrial = `sh -c 'echo "trial $SLOPE_PROGRAM $SLOPE_ROUND" >> ${log}; ` +
      `[ $(grep -c trial ${log}) != 2 ]'`;
    const hooks = {
      "before-run": `sh -c 'echo first >> ${log}'`,
      "before-trial": beforeTrial,
      "after-run": `sh -c 'echo last $SLOPE_RUN >> ${log}'`,
    };
    const stopped = await slope(["bench", ...flags({ ...COMMON, out, ...hooks })]);
    assert.equal(stopped.code, 2, stopped.stderr);
    assert.match(stopped.stderr, /Cannot run the next trial: --before-trial ".*exit code 1/);
    assert.match(stopped.stderr, /hint: .*--resume/);
    assert.deepEqual(latestTrials(out).map(({ status }) => status), ["ok"]);
    const run = realpathSync(join(out, "latest"));
    assert.equal(
      readFileSync(log, "utf8"),
      `first\ntrial fused_typed 1\ntrial fused_typed 2\nlast ${run}\n`,
    );
    const resumed = await slope(["bench", ...flags({ data: smallData(), out, resume: run })]);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.equal(latestTrials(out).length, 3);
    assert.deepEqual(sessionsOf(out).map(({ hooks = [] }) => hooks.map(outcome)), [
      ["before-run 1 0", "before-trial 2 1", "after-run 1 0"],
      ["before-run 1 0", "before-trial 2 0", "after-run 1 0"],
    ]);
  });
});

test("the hook after the run runs after an interruption, too", OPTIONS, async () => {
  await withFolder(async (out) => {
    const hooks = { "before-trial": "sleep 20", "after-run": "sh -c 'echo tidied up; exit 4'" };
    const running = startSlope(["bench", ...flags({ ...COMMON, out, ...hooks })]);
    await running.says("trials, at most");
    running.kill("SIGINT");
    const { code, stderr } = await running.ended;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /^tidied up$/m);
    assert.match(stderr, /warning: --after-run .* ended with exit code 4/);
    assert.deepEqual(sessionsOf(out)[0].ended, "interrupted");
  });
});
