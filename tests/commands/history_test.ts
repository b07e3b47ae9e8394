import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { History } from "../../src/format/history.ts";
import { pointLatest } from "../../src/sweep/run_folder.ts";
import { refusesHere, slope, slopeHere, withFolder } from "../support/cli.ts";
import { dailyRuns, writeRun } from "../support/runs.ts";
import { SLOW } from "../support/slow.ts";

test(
  "history reads every run of a folder, says what it leaves out, and writes a page",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const results = join(folder, "results");
      for (const { name, run, trials } of dailyRuns(8)) {
        await writeRun(join(results, name), run, trials);
      }
      const [{ run, trials }] = dailyRuns(1);
      const [{ startedAt, finishedAt }] = run.sessions;
      const cut = (ended?: "interrupted") => ({
        ...run,
        trials: trials.length,
        sessions: [{ startedAt, finishedAt, ...(ended && { ended }) }],
      });
      await writeRun(join(results, "cut"), cut("interrupted"), trials.slice(0, 9));
      await writeRun(join(results, "cut-of-old"), cut(), trials.slice(0, 8));
      await pointLatest(join(results, "2026-03-08")); // is no further run
      mkdirSync(join(results, "schema"));
      mkdirSync(join(results, "damaged"));
      writeFileSync(join(results, "damaged", "run.json"), "{");
      await writeRun(join(results, "misplaced"), run, []);
      rmSync(join(results, "misplaced", "trials.jsonl"));
      mkdirSync(join(results, "misplaced", "trials.jsonl"));
      const page = join(folder, "pages", "history.html");
      const { code, stdout, stderr } = await slope([
        "history",
        results,
        "--format",
        "json",
        "--page",
        page,
      ]);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /warning: left out: Cannot read ".*damaged.*run\.json"/);
      assert.match(stderr, /left out: cut is unfinished, 9 of 18 trials/);
      assert.match(stderr, /left out: cut-of-old is unfinished, 8 of 18 trials/);
      assert.match(stderr, /warning: left out: Cannot read ".*misplaced.*trials\.jsonl"/);
      const history = History.parse(JSON.parse(stdout));
      assert.equal(history.runs.length, 8);
      const changed = history.trends.filter(({ steps }) => (steps?.length ?? 0) > 0);
      assert.deepEqual([...new Set(changed.map(({ label }) => label))], ["fused_typed"]);
      assert.match(
        readFileSync(page, "utf8"),
        /<h1[^>]*>Gradient benchmarks from 2026-03-01 to 2026-03-08</,
      );
      assert.match(
        (await slopeHere(["history", results])).stdout,
        /2 of 6 cells changed level over 8 runs/,
      );
    });
  },
);

test("a folder without runs, and none at all: code 2 and a hint", SLOW, async () => {
  await withFolder(async (folder) => {
    await refusesHere(["history", folder], /no run in ".*"\nhint: name the folder/);
    await refusesHere(["history", join(folder, "nowhere")], /Cannot list the runs.*\nhint: /);
  });
});
