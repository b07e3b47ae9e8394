import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { flag, type InferValue, merge, message, object, text, withDefault } from "@optique/core";
import { InputError } from "../base/errors.ts";
import { ownCommand } from "../base/own_command.ts";
import { terminalReport, verboseReport } from "../report/terminal_report.ts";
import { watchedText } from "../report/shard_words.ts";
import { publish as publishRun } from "../library/runs.ts";
import { shardOf } from "../sweep/shards/shard_choice.ts";
import { startShard } from "../sweep/shards/start_shard.ts";
import { resumeRun, type RunHandle, startRun } from "../sweep/start_run.ts";
import { PLAN_FIELDS } from "../format/plan_fields.ts";
import { checkSavedName, findRunFolder, saveRun } from "../sweep/run_folder.ts";
import { isComplete } from "../sweep/run_state.ts";
import { gate } from "../compare/gate.ts";
import { nothingCompared } from "../report/nothing_compared.ts";
import { BRIEFS } from "./briefs.ts";
import {
  action,
  dataOptions,
  formatOption,
  gateOptions,
  loadData,
  outOption,
  textOption,
  verboseOption,
} from "./options.ts";
import { wholePlanOptions } from "./plan_options.ts";
import { findEarlier, inputsAgainst } from "./against.ts";
import { dryRun } from "./dry_run.ts";
import { readNamedRun } from "./output.ts";
import { runSweep } from "./run_sweep.ts";
import type { MayBeConfigured } from "./configuration.ts";
import type { Terminal } from "../base/terminal.ts";
import type { ResolvedData } from "../data/resolve_data.ts";
import { watch } from "../watch/watch.ts";

const options = merge(
  wholePlanOptions,
  object("Run", {
    resume: textOption(
      "--resume",
      "RUN",
      message`Resume an interrupted run: its folder, or latest (the default).`,
    ),
    shard: textOption(
      "--shard",
      "I/N",
      message`Measure a part of the rounds: 2/4 for every fourth from the second on, in the folder shard-2-of-4 under --out; auto (without a value), or auto/N, where a scheduler or launcher numbers its tasks. Started again, it goes on. ${
        text("`merge` makes one run of the shards.")
      }`,
    ),
    save: textOption(
      "--save",
      "NAME",
      message`Give the run a name, once it is complete: compare NAME latest.`,
    ),
    dryRun: withDefault(
      flag("--dry-run", {
        description: message`Print the cells and how long they would take; measure nothing.`,
      }),
      false,
    ),
    watch: withDefault(
      flag("--watch", {
        description:
          message`Then wait: editing a plug-in, a file it imports or the plan file re-measures what it affects. With --format json, each line is a document: the summary of a run, or the comparison after an edit.`,
      }),
      false,
    ),
    against: textOption("--against", "RUN|REF", message`${text(`${PLAN_FIELDS.against.help}.`)}`),
  }),
  gateOptions,
  dataOptions,
  outOption,
  formatOption,
  verboseOption,
);
type BenchOptions = InferValue<typeof options>;

const texts = {
  brief: BRIEFS.bench,
  description:
    message`Runs every implementation on every subset in rounds, each trial in a fresh process, and writes a run folder with raw trials, a summary and reports.`,
};

export const benchCommand = action("bench", options, texts, async (given, terminal, signal) => {
  checkTogether(given);
  const data = () => loadData(given, terminal, signal);
  if (given.resume !== undefined) {
    const handle = await resumeRun(await findRunFolder(given.resume, given.out), data, signal);
    return await runAndPublish(handle, given, terminal);
  }
  if (given.shard !== undefined) {
    return await measureShard(given.shard, given, data, terminal, signal);
  }
  const against = given.against === undefined ? undefined : await findEarlier(given, terminal);
  const inputsOf = (given: BenchOptions & MayBeConfigured) => inputsAgainst(against, given);
  if (given.dryRun) return await dryRun(inputsOf(given), data, given, terminal, signal);
  if (!given.watch) {
    const handle = await startRun(inputsOf(given), data, given.out, signal);
    return await runAndPublish(handle, given, terminal);
  }
  const others = given.plan === undefined ? [] : [given.plan];
  return await watch({
    inputs: () => inputsOf(given),
    inputsOfFlags: () => inputsOf({ ...given, plan: undefined }),
    sources: () => ({ plugins: Object.assign({}, ...inputsOf(given)).plugins ?? [], others }),
    named: { plugins: given.plugins ?? given.configured?.plan.plugins ?? [], others },
    data,
    async sweep(inputs, signal) {
      const handle = await startRun(inputs, data, given.out, signal);
      return { folder: handle.folder, isComplete: await runSweep(handle, terminal, "end") };
    },
    publish: (folder) => publish(folder, given, terminal),
    format: given.format,
    terminal,
    signal,
  });
});

function checkTogether(given: BenchOptions & MayBeConfigured): void {
  const { resume, against, watch, dryRun, plan, save, out, shard } = given;
  checkShardAlone(shard, { resume, against, watch, dryRun, save });
  if (save !== undefined) checkSavedName(save, out);
  const plugins = given.plugins ?? given.configured?.plan.plugins ?? [];
  const others = { "--against": against !== undefined, "--watch": watch, "--dry-run": dryRun };
  const other = Object.entries(others).find(([, isGiven]) => isGiven)?.[0];
  if (resume !== undefined && other !== undefined) {
    throw new InputError(
      `Cannot use --resume and ${other} at once: a resumed run keeps its plan`,
      `leave ${other} out`,
    );
  }
  if (watch && dryRun) {
    throw new InputError(
      "Cannot use --watch and --dry-run at once: there would be nothing to watch for",
      "leave one of the two out",
    );
  }
  if (dryRun && save !== undefined) {
    throw new InputError(
      "Cannot use --dry-run and --save at once: there would be no run to save",
      "leave one of the two out",
    );
  }
  const gateOption = given.chosen?.has("failOn")
    ? "--fail-on"
    : given.chosen?.has("threshold")
    ? "--threshold"
    : undefined;
  // A resumed run may compare, and a watched one does after each edit.
  if (gateOption !== undefined && against === undefined && resume === undefined && !watch) {
    throw new InputError(
      `Cannot use ${gateOption} without --against: nothing would be compared`,
      `name earlier code with --against, or compare two runs: \`${ownCommand("compare A B")}\``,
    );
  }
  if (watch && plan === undefined && plugins.length === 0) {
    throw new InputError(
      "Cannot watch: there is neither a plug-in nor a plan file to edit",
      "name one with --plugin or --plan",
    );
  }
  const absent = watch && [...plugins, ...(plan === undefined ? [] : [plan])]
    .find((path) => !path.startsWith("cmd:") && !existsSync(path));
  if (absent) {
    throw new InputError(`Cannot watch "${absent}": there is no such file`, "check the path");
  }
}

/** Throws InputError for options that mean nothing for a part of a run. */
function checkShardAlone(
  shard: string | undefined,
  others: Pick<BenchOptions, "resume" | "against" | "watch" | "dryRun" | "save">,
): void {
  const [other] =
    Object.entries(others).find(([, value]) => value !== undefined && value !== false) ??
      [];
  if (shard === undefined || other === undefined) return;
  throw new InputError(
    `Cannot use --shard and --${other === "dryRun" ? "dry-run" : other} at once`,
    SHARD_HINTS[other as keyof typeof others],
  );
}

const SHARD_HINTS: Record<"resume" | "against" | "watch" | "dryRun" | "save", string> = {
  resume: "leave --resume out: a shard that is started again goes on",
  against:
    "measure both versions on one node, or each in shards of its own, and compare the merged runs",
  watch: "watch on one machine, without --shard",
  dryRun: "leave --shard out: the whole plan is shown",
  save: "leave --save out: `merge` takes a folder for the whole run with --out",
};

/** Measures a part of the rounds of the plan, or says that it has been measured. */
async function measureShard(
  named: string,
  given: BenchOptions & MayBeConfigured,
  loadData: () => Promise<ResolvedData>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { folder, handle } = await startShard({
    inputs: inputsAgainst(undefined, given),
    shard: shardOf(named, process.env),
    out: given.out,
    loadData,
    signal,
    onWatch: (watched) => terminal.note(watchedText(watched)),
  });
  if (handle !== undefined) return await runAndPublish(handle, given, terminal);
  terminal.note(`${folder} is complete: nothing was measured`);
  return 0;
}

async function runAndPublish(
  handle: RunHandle,
  given: BenchOptions,
  terminal: Terminal,
): Promise<number> {
  await runSweep(handle, terminal);
  return await publish(handle.folder, given, terminal);
}

/**
 * Writes and prints the summary of a run, complete or not. The exit code: 1 when a trial or the gate failed, or
 * nothing could be compared with earlier code: a check that saw nothing must not pass.
 */
async function publish(folder: string, given: BenchOptions, terminal: Terminal): Promise<number> {
  const raw = readNamedRun(folder, terminal);
  const { run, trials, summary } = raw;
  await publishRun(raw);
  // A reader of several documents needs to know where each ends.
  const indent = given.watch ? undefined : 2;
  if (given.format === "json") terminal.out(JSON.stringify(summary, undefined, indent));
  else terminal.out((given.verbose ? verboseReport : terminalReport)(summary, terminal));
  terminal.note(`report: ${join(folder, "report.html")}`);
  if (given.save !== undefined && isComplete(run)) {
    await saveRun(folder, given.save);
    terminal.note(`saved as ${given.save}`);
  }
  if (!isComplete(run)) {
    const planned = run.trials === undefined ? "" : ` of ${run.trials}`;
    terminal.note(
      `interrupted: ${trials.length}${planned} trials are kept; ` +
        `\`${ownCommand(`bench --resume ${folder}`)}\` continues`,
    );
  }
  const isUncompared = nothingCompared(summary) !== undefined;
  if (isUncompared) {
    terminal.note("failed: nothing was compared, so that --fail-on has nothing to judge");
  }
  const gated = summary.against
    ? gate(summary.against, given.failOn, terminal)
    : Number(isUncompared);
  return summary.counts.failed > 0 ? 1 : gated;
}
