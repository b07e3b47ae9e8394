import { basename, join } from "node:path";
import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { command, flag, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { ALPHA } from "../analysis/reading.ts";
import { unresolvedCells } from "../analysis/resolve.ts";
import { summarise } from "../analysis/summarise.ts";
import { InputError } from "../base/errors.ts";
import { terminalReport } from "../report/terminal.ts";
import { writeReports } from "../report/write.ts";
import { resumeRun, type RunHandle, startRun } from "../sweep/run.ts";
import type { Plan, PlanInput } from "../sweep/plan.ts";
import { findRunFolder, readRun, readRunFile } from "../sweep/run_folder.ts";
import type { SweepEvent } from "../sweep/sweep.ts";
import { gate, gateOptions } from "./gate.ts";
import { loadData } from "./load_data.ts";
import {
  dataOptions,
  formatOption,
  implementationsOption,
  modelOptions,
  outOption,
  peersOption,
  planInputs,
  runtimesOption,
  sweepOptions,
  trainingOptions,
} from "./options.ts";
import type { TrialRecord } from "../trial/record.ts";
import { createProgress } from "./progress.ts";
import type { Invocation, Terminal } from "./terminal.ts";
import { watch } from "./watch.ts";

const options = merge(
  implementationsOption,
  peersOption,
  runtimesOption,
  modelOptions,
  trainingOptions,
  sweepOptions,
  object("Run", {
    resume: optional(option("--resume", string({ metavar: "RUN" }), {
      description:
        message`Go on with a run that was interrupted: its folder, or latest (the default).`,
    })),
    watch: withDefault(
      flag("--watch", {
        description:
          message`Then wait, and measure again what an edit of a plug-in or of the plan file affects.`,
      }),
      false,
    ),
    against: optional(option("--against", string({ metavar: "RUN" }), {
      description:
        message`Measure the code of an earlier run in the same rounds, with its plan: its folder, or latest.`,
    })),
  }),
  gateOptions,
  dataOptions,
  outOption,
  formatOption,
);
type BenchOptions = InferValue<typeof options>;

export const benchCommand = command(
  "bench",
  map(options, (given): Invocation => (terminal, signal) => bench(given, terminal, signal)),
  {
    brief: message`Train implementations on growing subsets and compare them.`,
    description:
      message`Runs implementations × subset sizes in rounds, each trial in a fresh process, and leaves a run folder with raw trials, a summary and reports.`,
  },
);

async function bench(
  given: BenchOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  checkTogether(given);
  const data = () => loadData(given, terminal);
  if (given.resume !== undefined) {
    const handle = await resumeRun(await findRunFolder(given.resume, given.out), data, signal);
    return (await runThrough(handle, given, terminal)).code;
  }
  const measure = async (inputs: readonly PlanInput[], signal: AbortSignal) => {
    const handle = await startRun(inputs, data, given.out, signal);
    return { folder: handle.folder, ...await runThrough(handle, given, terminal) };
  };
  const { folder, code } = await measure(await inputsOf(given), signal);
  if (!given.watch || signal.aborted) return code;
  return await watch({
    inputs: () => inputsOf(given),
    files: [...given.plugins, ...(given.plan === undefined ? [] : [given.plan])],
    first: folder,
    data,
    measure,
    format: given.format,
    terminal,
    signal,
  });
}

function checkTogether({ resume, against, watch, plan, plugins }: BenchOptions): void {
  if (resume !== undefined && (against !== undefined || watch)) {
    const other = against === undefined ? "watch" : "measure against one";
    throw new InputError(
      `Cannot resume a run and ${other} at once: a run that is resumed keeps its plan`,
      `leave --${against === undefined ? "watch" : "against"} out`,
    );
  }
  if (watch && plan === undefined && plugins.length === 0) {
    throw new InputError(
      "Cannot watch: there is neither a plug-in nor a plan file to be edited",
      "name one with --plugin or --plan",
    );
  }
}

/** Sweeps, with progress, and leaves reports. */
async function runThrough(
  handle: RunHandle,
  given: BenchOptions,
  terminal: Terminal,
): Promise<{ code: number; isComplete: boolean }> {
  const announce = (event: SweepEvent) => progress.show(event);
  const progress = createProgress(terminal);
  handle.warnings.forEach((line) => terminal.note(`warning: ${line}`));
  terminal.note(`run: ${handle.folder}`);
  let ended: "complete" | "interrupted";
  try {
    ended = await handle.sweep(announce, unresolved);
  } catch (error) {
    progress.stop();
    await handle.close().catch(() => {}); // what ended the sweep is to be told, not what came of it
    throw error;
  }
  progress.stop();
  await handle.close();
  const code = await publish(handle.folder, given, terminal);
  return { code, isComplete: ended === "complete" };
}

/** The cells of a plan with `resolve` that another round may resolve. */
const unresolved = ({ resolve: threshold }: Plan, trials: readonly TrialRecord[]) =>
  threshold === undefined
    ? new Set<string>()
    : unresolvedCells(trials, { threshold, alpha: ALPHA });

/** With `--against` the plan of that run lies below the flags, and a null twin tells what is noise. */
async function inputsOf(given: BenchOptions): Promise<PlanInput[]> {
  const inputs = planInputs(given);
  if (given.against === undefined) return inputs;
  const folder = await findRunFolder(given.against, given.out);
  const { plan, environment: { gitCommit } } = readRunFile(folder);
  // With --resolve the number of rounds is a limit, and that of the earlier run was none.
  const { rounds, ...rest } = plan;
  const before: PlanInput = given.resolve === undefined ? { ...rest, rounds } : rest;
  const { threshold } = given;
  const against = { folder, threshold, ...(gitCommit !== undefined && { gitCommit }) };
  return [{ ...before, nullTwin: "auto" }, ...inputs, { against }];
}

/** Summary and reports of what was measured, whole or interrupted; 1 when a trial or the gate failed. */
async function publish(
  folder: string,
  given: BenchOptions,
  terminal: Terminal,
): Promise<number> {
  const { run, trials } = readRun(folder);
  const name = basename(folder);
  const summary = summarise(run, trials, name);
  await writeReports(folder, summary, { name, run, trials });
  if (given.format === "json") terminal.out(JSON.stringify(summary, undefined, 2));
  else terminal.out(terminalReport(summary, { width: terminal.width, color: terminal.color }));
  terminal.note(`report: ${join(folder, "report.html")}`);
  const gated = summary.against ? gate(summary.against, given, terminal) : 0;
  return summary.counts.failed > 0 ? 1 : gated;
}
