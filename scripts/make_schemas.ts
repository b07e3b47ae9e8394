/**
 * Writes what follows from the schemas: the JSON Schemas of a run's files in results/schema/, and the table of plan
 * fields in docs/FORMAT.md.
 * Run: deno task schemas [--check]; with --check it writes nothing and fails when a file is out of date.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { Answer } from "../src/format/answer.ts";
import { Comparison } from "../src/format/comparison.ts";
import { Config } from "../src/format/config.ts";
import { DryRun } from "../src/format/dry_run.ts";
import { History } from "../src/format/history.ts";
import { Summary } from "../src/format/summary.ts";
import { PlanInput, RunFile } from "../src/format/plan.ts";
import { choicesOf, type PlanField } from "../src/format/field_kinds.ts";
import { PLAN_FIELD_NAMES, PLAN_FIELDS } from "../src/format/plan_fields.ts";
import { ProfileFile } from "../src/format/profile_file.ts";
import { Message } from "../src/format/protocol.ts";
import { Request } from "../src/format/request.ts";
import { SharedPlan } from "../src/format/shared_plan.ts";
import { TrialRecord } from "../src/format/trial_record.ts";
import { SLOPE_VERSION } from "../src/base/version.ts";
import { splice } from "./splice.ts";

const SCHEMAS = {
  "run.schema.json": { title: "run.json", schema: RunFile },
  "trial.schema.json": { title: "one line of trials.jsonl", schema: TrialRecord },
  "shards.schema.json": { title: "shards.json", schema: SharedPlan },
  "summary.schema.json": { title: "summary.json", schema: Summary },
  "comparison.schema.json": { title: "compare --format json", schema: Comparison },
  "answer.schema.json": { title: "choose --format json", schema: Answer },
  "history.schema.json": { title: "history --format json", schema: History },
  "profile.schema.json": { title: "profile.json", schema: ProfileFile },
  "plan.schema.json": { title: "a plan file, for --plan", schema: PlanInput },
  "config.schema.json": { title: "slope.config.json", schema: Config },
  "dry_run.schema.json": { title: "bench --dry-run --format json", schema: DryRun },
  "request.schema.json": { title: "protocol: what the parent asks", schema: Request },
  "message.schema.json": { title: "protocol: what a child says", schema: Message },
};

/** The table of plan fields, laid out as `deno fmt` does. */
function planTable(): string {
  const rows = PLAN_FIELD_NAMES.map((name) => {
    const field: PlanField = PLAN_FIELDS[name];
    const byDefault = field.otherwise ?? `\`${JSON.stringify(field.default)}\``;
    const choices = choicesOf(field).map((choice) => `\`${choice}\``).join(", ");
    const meaning = choices === "" ? field.help : `${field.help}: ${choices}`;
    return [`\`${name}\``, `\`--${field.flag}\``, byDefault, meaning];
  });
  const head = ["field", "option", "default", "meaning"];
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

const fromRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const FORMAT = fromRoot("docs/FORMAT.md");
const files = [
  ...Object.entries(SCHEMAS).map(([file, { title, schema }]) => ({
    path: fromRoot(`results/schema/${file}`),
    text: JSON.stringify(
      { title, $comment: `Slope ${SLOPE_VERSION}`, ...z.toJSONSchema(schema) },
      undefined,
      2,
    ) + "\n",
  })),
  { path: FORMAT, text: splice(readFileSync(FORMAT, "utf8"), "plan fields", planTable()) },
];

if (process.argv.includes("--check")) {
  const stale = files.filter(({ path, text }) =>
    !existsSync(path) || readFileSync(path, "utf8") !== text
  );
  stale.forEach(({ path }) => console.error(`${path} is out of date: run \`deno task schemas\``));
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const { path, text } of files) {
    writeFileSync(path, text);
    console.log(path);
  }
}
