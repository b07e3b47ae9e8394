import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { programOnPath } from "../../src/sweep/program_command.ts";
import { readJournal } from "../../src/sweep/journal.ts";
import { briefPlan, flags, slope, smallData, trialName, withFolder } from "../support/cli.ts";
import { skipFor } from "../support/required.ts";
import { SLOW } from "../support/slow.ts";

/** GNU parallel; a program of moreutils has the same name. */
const skip = skipFor(
  programOnPath("parallel") === undefined &&
    "no GNU parallel here: no program of this name on PATH",
);

test("GNU parallel runs the shards on the hosts of a list that answer, and the merge follows", {
  ...SLOW,
  skip,
}, async () => {
  await withFolder(async (folder) => {
    const [plan, hosts, out] = ["the plan.json", "hosts {1}.txt", "{#} it's 3 shards"]
      .map((name) => join(folder, name));
    const fields = JSON.parse(readFileSync(briefPlan(), "utf8"));
    writeFileSync(plan, JSON.stringify({ ...fields, sizes: [200], epochs: 1, rounds: 3 }));
    // A host that refuses, and this machine, without ssh.
    writeFileSync(hosts, "ssh -p 1 127.0.0.1\n:\n");
    const { code, stdout, stderr } = await slope([
      ...["submit", "ssh", "--now"],
      ...flags({ plan, hosts, out, shards: "3", data: smallData() }),
    ]);
    assert.equal(code, 0, stdout + stderr);
    const { trials } = readJournal(join(out, "merged", "trials.jsonl"));
    assert.equal(new Set(trials.map(trialName)).size, 3 * 3);
    assert.ok(trials.every(({ status }) => status === "ok"));
    const log = readFileSync(join(out, "ssh", "shards.log"), "utf8").trim().split("\n");
    assert.equal(log.length, 1 + 3, log.join("\n"));
  });
});
