import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { readRun, runNames } from "../src/sweep/run_folder.ts";
import {
  briefPlan,
  PROJECT,
  type Running,
  slope,
  smallData,
  startSlope,
  withFolder,
} from "./support/cli.ts";
import { SLOW } from "./support/slow.ts";

const ONE_LAYER = readFileSync(join(PROJECT, "examples", "one_layer.ts"), "utf8");
/** The same, with something to do in every step that takes about as long again as the step itself. */
const SLOWER = ONE_LAYER.replace(
  "gradient.fill(0);",
  "gradient.fill(0);\n      for (let i = 0; i < 60_000; i++) Math.sin(i) > 2 && gradient.fill(1);",
);

/** The runs in `out` when there are `count` that are finished; fails where the process ends before. */
async function finishedRuns(out: string, count: number, watching: Running) {
  let ended = false;
  watching.ended.then(() => ended = true);
  for (;;) {
    const runs = runNames(out).map((name) => readRun(join(out, name)));
    const finished = runs.filter(({ run }) => run.sessions[0].finishedAt !== undefined);
    if (finished.length >= count) return finished;
    assert.ok(!ended, "it ended");
    await pause(100);
  }
}

const until = async (holds: () => boolean) => {
  while (!holds()) await pause(50);
};

test(
  "--watch measures again what an edit affects: a plug-in with the baseline, a new size alone",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const [plugin, plan, out] = ["mine.ts", "plan.json", "out"].map((name) => join(folder, name));
      writeFileSync(plugin, ONE_LAYER);
      const planned = (sizes: number[]) =>
        writeFileSync(
          plan,
          JSON.stringify({
            ...JSON.parse(readFileSync(briefPlan(), "utf8")),
            implementations: ["naive_loop", "fused_typed", "one_layer"],
            layerSizes: [784, 10],
            rounds: 2,
            sizes,
          }),
        );
      planned([60]);
      const watching = startSlope(
        ["bench", "--plan", plan, "--plugin", plugin, "--out", out, "--watch"],
        { SLOPE_DATA: smallData() },
      );
      try {
        await watching.says("watching ");
        const cellsOf = ({ trials }: { trials: ReturnType<typeof readRun>["trials"] }) =>
          [...new Set(trials.map(({ cell }) => `${cell.implementation} ${cell.examples}`))].sort();
        const [first] = await finishedRuns(out, 1, watching);
        assert.deepEqual(cellsOf(first), ["fused_typed 60", "naive_loop 60", "one_layer 60"]);

        writeFileSync(plugin, "this is no program");
        await watching.says("waiting for the next edit");
        writeFileSync(plugin, SLOWER);
        const [, second] = await finishedRuns(out, 2, watching);
        assert.deepEqual(cellsOf(second), ["naive_loop 60", "one_layer 60"]);
        // Before and after stand side by side.
        await until(() => /B {2}\S+.*\n/.test(watching.output()));
        assert.match(watching.output(), /one_layer[^]*60 +[\d.]+ [µm]s +[\d.]+ [µm]s +[\d.]+ × \[/);

        planned([60, 120]);
        const [, , third] = await finishedRuns(out, 3, watching);
        assert.deepEqual(cellsOf(third), ["fused_typed 120", "naive_loop 120", "one_layer 120"]);
        planned([120]);
        await watching.says("nothing to measure");
      } finally {
        watching.kill("SIGINT");
      }
      const { code, stderr } = await watching.ended;
      assert.equal(code, 130, stderr);
      assert.match(stderr, /edited: mine\.ts\n/);
      assert.match(stderr, /edited: plan\.json\n/);
      assert.equal(runNames(out).length, 3);
    });
  },
);

test("with nothing to be edited there is nothing to watch: code 2 and a remedy", SLOW, async () => {
  const { code, stderr } = await slope(["bench", "--watch"]);
  assert.equal(code, 2);
  assert.match(stderr, /Cannot watch: .*\nremedy: name one with --plugin or --plan/);
});
