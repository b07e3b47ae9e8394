import { type InferValue, merge, message, object, option, withDefault } from "@optique/core";
import { Interrupted } from "../base/errors.ts";
import { callTree, hotFunctions } from "../profile/call_tree.ts";
import { linesOf } from "../profile/original_lines.ts";
import { type ProfileSummary, summariseProfile } from "../profile/profile_summary.ts";
import { counted, formatCount } from "../report/numbers.ts";
import { profileText } from "../profile/profile_text.ts";
import {
  groupByExamples,
  keepProfile,
  profileCells,
  writeCpuProfile,
} from "../profile/profile_cells.ts";
import { resolveSetup } from "../sweep/resolve_setup.ts";
import { type PreparedSweep, prepareSweep, type Setup } from "../sweep/prepared_sweep.ts";
import type { Cell } from "../format/trial_record.ts";
import { BRIEFS } from "./briefs.ts";
import {
  action,
  dataOptions,
  isOneNamed,
  loadData,
  nameArgument,
  namedImplementations,
  noneRunsHere,
  outOption,
  severalFormatOption,
  withFile,
} from "./options.ts";
import { modelOptions, planInputs, runtimeOptions, trainingOptions } from "./plan_options.ts";
import { kindOf } from "../trial/program/kinds.ts";
import { createProgramLog } from "./program_log.ts";
import { noteSandbox } from "./sandbox_note.ts";
import type { Terminal } from "../base/terminal.ts";
import { duration } from "./values.ts";
import type { Failure, Unavailable } from "../format/reason.ts";
import { reasonText } from "../report/reason_words.ts";
import { diagnoseCommand } from "../report/failure_words.ts";

/** Four subsets, each twice the one before, give an exponent with an interval. */
const USUAL_SIZES = [1250, 2500, 5000, 10000];

const options = merge(
  nameArgument(message`Implementation to profile, or your own file.`),
  object({
    budget: withDefault(
      option("--budget", duration("TIME"), {
        description: message`Time for each m, as 10s (default: 6s).`,
      }),
      6,
    ),
  }),
  modelOptions({ sizes: USUAL_SIZES }),
  trainingOptions,
  runtimeOptions,
  dataOptions,
  outOption,
  severalFormatOption,
);

const texts = {
  brief: BRIEFS.profile,
  description:
    message`Times the phases of a step, and the same steps without a clock inside, and says whether they add up. Measures allocations and garbage collections. At the largest m it takes a CPU profile, which speedscope and browsers open, and draws a flame graph. With several m, each phase gets a scaling exponent.`,
};

const LISTED_FUNCTIONS = 8;

export const profileCommand = action(
  "profile",
  options,
  texts,
  async (options, terminal, signal) => {
    const given = withFile(options);
    const implementations = namedImplementations("profile", given);
    const setup = await resolveSetup(
      planInputs({ ...given, implementations }),
      () => loadData(given, terminal, signal),
      { usualSizes: USUAL_SIZES, onlyNamed: isOneNamed(given), signal },
    );
    const prepared = await prepareSweep(setup, signal, createProgramLog(terminal));
    await noteSandbox(setup.plan, terminal);
    const groups = groupByExamples(prepared.cells);
    const profiled: Profiled[] = [];
    try {
      for (const cells of groups) {
        const unavailable = prepared.unavailable(cells[0]);
        if (unavailable !== undefined) {
          terminal.note(`${cells[0].implementation}: skipped: ${reasonText(unavailable)}`);
          profiled.push({ cell: cells[0], skipped: unavailable });
          continue;
        }
        const one = await profileOne(given, setup, prepared, cells, terminal);
        if (one === undefined) throw interruptedAfter(profiled.length, groups.length);
        profiled.push(one);
      }
    } finally {
      await prepared.close();
    }
    if (profiled.every((one) => "skipped" in one)) throw noneRunsHere("profile");
    if (given.format === "json") {
      terminal.out(JSON.stringify(groups.length === 1 ? profiled[0] : profiled, undefined, 2));
    }
    return profiled.every((one) => "skipped" in one || isSound(one)) ? 0 : 1;
  },
);

const interruptedAfter = (profiled: number, planned: number): Interrupted =>
  new Interrupted(
    `${formatCount(profiled)} of ${counted(planned, "program")} ${
      planned === 1 ? "was" : "were"
    } profiled; the same command starts anew; a smaller --budget or fewer --sizes take less time`,
  );

/** What `--format json` prints for one implementation: its profile, or why there is none. */
type Profiled =
  | ProfileSummary
  | { readonly cell: Cell; readonly failed: Failure }
  | { readonly cell: Cell; readonly skipped: Unavailable };

function isNative(prepared: PreparedSweep, cell: Cell): boolean {
  const { plugin } = prepared.trial(cell, 1, 0, {}).request;
  return plugin !== undefined && kindOf(plugin) === "native";
}

const isSound = (one: Profiled): boolean =>
  "subsets" in one && one.subsets.every(({ closure }) => closure === undefined || closure.closes);

/** Profiles one implementation on all subsets; undefined when interrupted. */
async function profileOne(
  given: InferValue<typeof options>,
  setup: Setup,
  prepared: PreparedSweep,
  cells: readonly Cell[],
  terminal: Terminal,
): Promise<Profiled | undefined> {
  const { implementation, runtime } = cells[0];
  const sizes = cells.map(({ examples }) => formatCount(examples));
  terminal.note(`${implementation}, ${runtime}: profiling m = ${sizes.join("; ")} …`);
  const profile = await profileCells(prepared, cells, given.budget);
  if (profile === undefined) return undefined;
  if ("failed" in profile) {
    terminal.note(`${implementation}: failed: ${reasonText(profile.failed)}`);
    terminal.note(`hint: \`${diagnoseCommand(implementation, setup.plan)}\` says why`);
    return { cell: cells[0], failed: profile.failed };
  }
  const { record, cpuProfile } = profile;
  if (record.subsets.length === 0) {
    const { verdict: _, ...figures } = record.verification!;
    const failed: Failure = { kind: "wrong-gradient", ...figures };
    const diagnose = diagnoseCommand(implementation, setup.plan);
    const hint = `it is not profiled. \`${diagnose}\` says what is wrong.`;
    terminal.note(`${implementation}: ${reasonText(failed)}; ${hint}`);
    return { cell: cells[0], failed };
  }
  const summary = summariseProfile(record);
  const folder = await keepProfile(given.out, setup, record);
  const title = `${implementation}, m = ${sizes[sizes.length - 1]}, ${runtime}`;
  const ranIn = prepared.trial(cells[0], 1, 0, {}).runtime;
  const tree = cpuProfile && callTree(cpuProfile, await linesOf(ranIn));
  const files = tree ? await writeCpuProfile(folder, cpuProfile, tree, title) : [];
  if (record.noCpuProfile !== undefined) {
    terminal.note(`no CPU profile: ${record.noCpuProfile}`);
  }
  if (isNative(prepared, cells[0])) {
    terminal.note("native code is one frame of the CPU profile; `perf record` shows its inside");
  }
  if (given.format === "text") {
    const hot = tree ? hotFunctions(tree, LISTED_FUNCTIONS) : [];
    profileText(summary, hot, terminal).forEach(terminal.out);
  }
  terminal.note(`${folder}: ${["profile.json", ...files].join(", ")}`);
  return summary;
}
