import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { randomFrom } from "../../src/base/random.ts";
import { TrialRecord } from "../../src/format/trial_record.ts";
import { briefPlan, flags, smallData, startSlope, trialName, withFolder } from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";

const KILLS = 20;
const ROUNDS = 8;
const CELLS = 3 * 2;

const PLAN = {
  plan: briefPlan(),
  sizes: "200,400",
  epochs: "1",
  rounds: String(ROUNDS),
  budget: "10m",
};

test(
  "a sweep killed twenty times at random moments neither loses, repeats nor truncates a trial",
  SLOW,
  async () => {
    const random = randomFrom(1, "kills");
    await withFolder(async (out) => {
      const common = flags({ data: smallData(), out });
      let before: string[] = [];
      for (let kill = 1; kill <= KILLS; kill++) {
        const place = `kill ${kill}`;
        const running = startSlope(
          kill === 1 ? ["bench", ...common, ...flags(PLAN)] : ["bench", ...common, "--resume"],
        );
        // Without its folder there would be nothing to resume.
        if (kill === 1) await running.says("run: ");
        else if (random.uniform() < 0.5) await running.says("round ");
        await sleep(1500 * random.uniform());
        running.kill("SIGKILL");
        await running.ended;
        const text = readFileSync(join(out, "latest", "trials.jsonl"), "utf8");
        const lines = text.split("\n");
        // Whole lines stay as they were, to the last byte; only the last line can be cut.
        assert.deepEqual(lines.slice(0, before.length), before, place);
        before = lines.slice(0, -1);
        before.forEach((line) => TrialRecord.parse(JSON.parse(line)));
        if (before.length === ROUNDS * CELLS) break;
      }
      const last = await startSlope(["bench", ...common, "--resume"]).ended;
      assert.equal(last.code, 0, last.stderr);
      const text = readFileSync(join(out, "latest", "trials.jsonl"), "utf8");
      assert.equal(text.at(-1), "\n");
      const trials = text.trimEnd().split("\n").map((line) => TrialRecord.parse(JSON.parse(line)));
      assert.equal(new Set(trials.map(trialName)).size, trials.length, "a trial is there twice");
      assert.equal(trials.length, ROUNDS * CELLS, "a trial is missing");
      assert.ok(trials.every(({ status }) => status === "ok"));
    });
  },
);
