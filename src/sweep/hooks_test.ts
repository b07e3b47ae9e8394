import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { InputError } from "../base/errors.ts";
import { errorText } from "../report/reason_words.ts";
import { assertEnds } from "../../tests/support/processes.ts";
import { withFolder } from "../../tests/support/cli.ts";
import { hooksOf } from "./hooks.ts";
import { skipFor } from "../../tests/support/skips.ts";

const POSIX = process.platform === "win32" && { skip: skipFor("there is no sh") };
const PLAN = {
  beforeRun: undefined,
  beforeTrial: undefined,
  afterRun: undefined,
  trialTimeoutSeconds: 30,
};

/** What a hook before the run is told. */
async function toldOf(beforeRun: string, trialTimeoutSeconds = 30): Promise<string> {
  let told = "";
  await assert.rejects(
    hooksOf({ ...PLAN, beforeRun, trialTimeoutSeconds }).run("before-run", {}),
    (error: unknown) => {
      assert.ok(error instanceof InputError);
      told = errorText(error);
      return true;
    },
  );
  return told;
}

test("a hook gets its words without a shell, and variables", POSIX || {}, async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "told");
    const hooks = hooksOf({
      ...PLAN,
      beforeTrial: `sh -c 'echo "$1|$2|$SLOPE_ROUND" >> ${file}' name "a  b" $HOME`,
    });
    await hooks.run("before-run", {}); // the plan has none
    await hooks.run("before-trial", { SLOPE_ROUND: "1" });
    await hooks.run("before-trial", { SLOPE_ROUND: "2" });
    assert.equal(readFileSync(file, "utf8"), "a  b|$HOME|1\na  b|$HOME|2\n");
    const [{ hook, times, exitCode, durationNs, lastNs }, ...others] = hooks.records();
    assert.deepEqual([hook, times, exitCode, others], ["before-trial", 2, 0, []]);
    assert.ok(durationNs > lastNs && lastNs > 0);
  });
});

test("a hook that fails says how", POSIX || {}, async () => {
  assert.match(await toldOf("sh -c 'exit 3'"), /^Cannot start the run: --before-run "sh.*code 3$/);
  assert.match(await toldOf("sh -c 'kill -9 $$'"), /ended with signal SIGKILL$/);
  assert.match(await toldOf("a-command-of-nobody x"), /cannot be started: .*a-command-of-nobody/);
  const hooks = hooksOf({ ...PLAN, afterRun: "sh -c 'exit 5'" });
  await hooks.run("after-run", {}); // nothing needs what comes after the run
  assert.equal(hooks.records()[0].exitCode, 5);
});

test("a hook that hangs is stopped with what it started", POSIX || {}, async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "pid");
    const told = await toldOf(`sh -c 'sleep 60 & echo $! > ${file}; wait'`, 0.5);
    assert.match(told, /was stopped after .*\(--timeout\)/);
    await assertEnds(file);
  });
});
