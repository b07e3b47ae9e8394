import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Comparison } from "../../src/format/comparison.ts";
import { Summary } from "../../src/format/summary.ts";
import { runNames } from "../../src/sweep/run_folder.ts";
import { slope, smallData, withFolder, writePlugin } from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";
import {
  allRuns,
  cellsOf,
  finishedRuns,
  named,
  ONE_LAYER,
  SLOWER,
  until,
  watch,
  writePlan,
} from "../support/watching.ts";

test(
  "--watch re-measures what an edit affects: a plug-in with the baseline, or a new size alone",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const plugin = writePlugin(folder, "mine.ts", ONE_LAYER);
      const plan = { implementations: ["naive_loop", "fused_typed", "one_layer"] };
      const planned = (sizes: number[]) => writePlan(join(folder, "plan.json"), { ...plan, sizes });
      const { stdout, stderr } = await watch(
        folder,
        plan,
        ["--plugin", plugin],
        async (watching, out) => {
          await watching.says("watching ");
          const [first] = await finishedRuns(out, 1, watching);
          assert.deepEqual(cellsOf(first), ["fused_typed 60", "naive_loop 60", "one_layer 60"]);

          writeFileSync(plugin, "this is no program");
          await watching.says("waiting for the next edit");
          writeFileSync(plugin, SLOWER);
          const [, second] = await finishedRuns(out, 2, watching);
          assert.deepEqual(cellsOf(second), ["naive_loop 60", "one_layer 60"]);
          // Before and after stand side by side.
          await until(() => /B {2}\S+.*\n/.test(watching.output()));
          assert.match(
            watching.output(),
            /one_layer[^]*60 +[\d.]+ [µm]s +[\d.]+ [µm]s +(?:≈ )?[\d.]+ × \[/,
          );

          planned([60, 120]);
          const [, , third] = await finishedRuns(out, 3, watching);
          assert.deepEqual(cellsOf(third), ["fused_typed 120", "naive_loop 120", "one_layer 120"]);
          planned([120]);
          await watching.says("nothing to measure");
          assert.equal(runNames(out).length, 3);
        },
      );
      assert.match(stderr, /edited: mine\.ts\n/);
      assert.match(stderr, /edited: plan\.json\n/);
      assert.match(stderr, /nothing to measure: every cell of the plan has been measured\n/);
      assert.match(stdout, /Edited between A and B: mine\.ts [0-9a-f]{12} → [0-9a-f]{12}\n/);
      // An error names its plug-in once.
      assert.equal(/error: (.*)/.exec(stderr)?.[1].match(/Cannot load/g)?.length, 1, stderr);
    });
  },
);

test("--watch without a file to edit: code 2 and a hint", SLOW, async () => {
  const { code, stderr } = await slope(["bench", "--watch"]);
  assert.equal(code, 2);
  assert.match(stderr, /Cannot watch: .*\nhint: name one with --plugin or --plan/);
});

test(
  "an edit during the first sweep ends it, and only the new code is measured and shown",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const plugin = writePlugin(folder, "mine.ts", ONE_LAYER);
      const plan = { implementations: ["fused_typed", "one_layer"], rounds: 4 };
      const { stdout, stderr } = await watch(
        folder,
        plan,
        ["--plugin", plugin, "--format", "json"],
        async (watching, out) => {
          await watching.says("2/8");
          writeFileSync(plugin, SLOWER);
          const [run] = await finishedRuns(out, 1, watching);
          assert.equal(run.trials.filter(({ status }) => status === "ok").length, 8);
          const [abandoned, ...others] = allRuns(out);
          assert.equal(others.length, 1);
          assert.equal(abandoned.run.sessions[0].ended, "interrupted");
          assert.notEqual(run.run.plugins![0].sha256, abandoned.run.plugins![0].sha256);
          writeFileSync(plugin, ONE_LAYER);
          await until(() => watching.output().split("\n").length > 3);
        },
      );
      // One document per line: two summaries and a comparison, none of the abandoned run.
      const [first, second, comparison, ...rest] = stdout.split("\n");
      assert.deepEqual(rest, [""], stdout);
      const names = runNames(join(folder, "out"));
      assert.equal(Summary.parse(JSON.parse(first)).run, names[1]);
      assert.equal(Summary.parse(JSON.parse(second)).run, names[2]);
      const { a, b, edits } = Comparison.parse(JSON.parse(comparison));
      assert.deepEqual([a.run, b.run], names.slice(1));
      assert.deepEqual(edits?.map(({ path }) => path), [plugin]);
      assert.match(stderr, /an edit ended this sweep; \S+ stays interrupted/);
    });
  },
);

test(
  "a plug-in deleted during a sweep is waited for, and a failed run is no reference",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const plugin = writePlugin(folder, "mine.ts", ONE_LAYER);
      const plan = { implementations: ["naive_loop", "one_layer"], rounds: 3 };
      const { stderr } = await watch(folder, plan, ["--plugin", plugin], async (watching, out) => {
        await finishedRuns(out, 1, watching);
        writeFileSync(plugin, SLOWER);
        await until(() => allRuns(out).length === 2 && allRuns(out)[1].trials.length > 0);
        rmSync(plugin);
        await watching.says("mine.ts is gone; waiting");
        await pause(500);
        assert.equal(allRuns(out).length, 2);
        assert.equal(allRuns(out)[1].run.sessions[0].ended, "interrupted");
        // The same text again, because it was not measured.
        writeFileSync(plugin, SLOWER);
        await finishedRuns(out, 2, watching);
        await until(() => /B {2}\S+.*\n/.test(watching.output()));
        // Its gradient is wrong now: this run is no reference for the next.
        writeFileSync(
          plugin,
          ONE_LAYER.replace("gradient.fill(0);", "gradient.fill(0); return 0;"),
        );
        await finishedRuns(out, 3, watching);
        await pause(1000);
        writeFileSync(plugin, ONE_LAYER);
        await finishedRuns(out, 4, watching);
        await until(() => watching.output().split("Edited between").length > 3);
        const [first, , slower, , last] = runNames(out);
        const shown = [...watching.output().matchAll(/^[AB] {2}(\S+)/gm)].map(([, name]) => name);
        assert.deepEqual(shown.slice(0, 2), [first, slower]);
        assert.deepEqual(shown.slice(-2), [slower, last]);
      });
      assert.match(stderr, /stays interrupted/);
    });
  },
);

test(
  "files that a plug-in imports are watched, and other plug-ins are not re-measured",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const helper = writePlugin(folder, "helper.ts", "export const more = 1;");
      const one = writePlugin(
        folder,
        "one.ts",
        `import { more } from "./helper.ts"; more;\n${named("one")}`,
      );
      const two = writePlugin(folder, "two.ts", named("two"));
      const plan = {
        implementations: ["naive_loop", "one", "two"],
        plugins: [one, two],
        rounds: 1,
      };
      const { stderr } = await watch(folder, plan, [], async (watching, out) => {
        await finishedRuns(out, 1, watching);
        writeFileSync(helper, "export const more = 2;");
        const [, second] = await finishedRuns(out, 2, watching);
        assert.deepEqual(cellsOf(second), ["naive_loop 60", "one 60"]);
        assert.deepEqual(second.run.plugins!.map(({ path }) => path), [one]);
        assert.deepEqual(second.run.plugins![0].imports?.map(({ path }) => path), [helper]);
        await watching.says("no comparison with");
        const file = join(folder, "plan.json");
        writePlan(file, { ...plan, implementations: [...plan.implementations, "fused_typed"] });
        const [, , third] = await finishedRuns(out, 3, watching);
        assert.deepEqual(cellsOf(third), ["fused_typed 60", "naive_loop 60"]);
        await watching.says("no comparison of");
      });
      assert.match(stderr, /watching \S*plan\.json, \S*one\.ts, \S*helper\.ts, \S*two\.ts; /);
      // One round says nothing about the spread between processes.
      assert.match(
        stderr,
        /no comparison with .*two trials.*m = 60: a single trial in A and in B/,
      );
      assert.match(
        stderr,
        /no comparison of fused_typed at m = 60: no earlier run has a good trial/,
      );
    });
  },
);

test(
  "--watch waits for an edit where a plug-in is broken or hangs while it loads",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const plugin = writePlugin(folder, "mine.ts", "this is no program");
      const plan = { implementations: ["one_layer"], rounds: 1 };
      const { stderr } = await watch(folder, plan, ["--plugin", plugin], async (watching, out) => {
        await watching.says("waiting for the next edit");
        const mark = join(folder, "plan.json");
        writeFileSync(
          plugin,
          "await new Promise((r) => setTimeout(r, 60_000)); export default {};",
        );
        await watching.says("edited: mine.ts");
        await pause(1500); // it hangs
        writeFileSync(plugin, ONE_LAYER);
        await finishedRuns(out, 1, watching);
        // It waits for an edit of a broken plan as well.
        writeFileSync(mark, "{");
        await until(() => watching.errors().split("waiting for the next edit").length > 2);
        writePlan(mark, { ...plan, sizes: [60, 120] });
        const [, second] = await finishedRuns(out, 2, watching);
        assert.deepEqual(cellsOf(second), ["one_layer 120"]);
      });
      assert.doesNotMatch(stderr, /timed out/);
    });
  },
);

test("an error in the command line ends --watch: code 2", SLOW, async () => {
  await withFolder(async (folder) => {
    const plan = join(folder, "plan.json");
    writePlan(plan, {});
    const plugin = writePlugin(folder, "mine.ts", ONE_LAYER);
    const env = { SLOPE_DATA: smallData() };
    for (
      const [given, message] of [
        [["--plan", plan, "--implementations", "nope"], /Cannot find implementation "nope"/],
        [["--plan", plan, "--data", join(folder, "nowhere")], /nowhere/],
        [["--plugin", plugin, "--implementations", "nope"], /Cannot find implementation "nope"/],
        [["--plugin", `${plugin}x`], /Cannot watch ".*mine\.tsx": there is no such file/],
      ] as const
    ) {
      const { code, stderr } = await slope(["bench", "--watch", "--out", folder, ...given], env);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    }
  });
});
