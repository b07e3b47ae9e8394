/**
 * Writes the JSON Schemas of a run's files to results/schema/, from the zod schemas that read them.
 * Run: deno task schemas [--check]; with --check it writes nothing and fails when one is out of date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { Comparison } from "../src/format/comparison.ts";
import { History } from "../src/format/history.ts";
import { Summary } from "../src/format/summary.ts";
import { PlanInput, RunFile } from "../src/format/plan.ts";
import { ProfileFile } from "../src/format/profile_file.ts";
import { Message, Request } from "../src/format/protocol.ts";
import { TrialRecord } from "../src/format/trial_record.ts";

const SCHEMAS = {
  "run.schema.json": { title: "run.json", schema: RunFile },
  "trial.schema.json": { title: "one line of trials.jsonl", schema: TrialRecord },
  "summary.schema.json": { title: "summary.json", schema: Summary },
  "comparison.schema.json": { title: "compare --format json", schema: Comparison },
  "history.schema.json": { title: "history --format json", schema: History },
  "profile.schema.json": { title: "profile.json", schema: ProfileFile },
  "plan.schema.json": { title: "a plan file, for --plan", schema: PlanInput },
  "request.schema.json": { title: "protocol: what the parent asks", schema: Request },
  "message.schema.json": { title: "protocol: what a child says", schema: Message },
};

const check = process.argv.includes("--check");
let stale = 0;
for (const [file, { title, schema }] of Object.entries(SCHEMAS)) {
  const path = fileURLToPath(new URL(`../results/schema/${file}`, import.meta.url));
  const text = JSON.stringify({ title, ...z.toJSONSchema(schema) }, undefined, 2) + "\n";
  if (check) {
    if (readOrEmpty(path) !== text) {
      stale++;
      console.error(`${file} is out of date: run \`deno task schemas\``);
    }
  } else {
    writeFileSync(path, text);
    console.log(path);
  }
}
if (stale > 0) process.exit(1);

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
