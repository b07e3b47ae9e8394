import {
  type InferValue,
  merge,
  message,
  multiple,
  object,
  option,
  text,
  withDefault,
} from "@optique/core";
import { resolve } from "node:path";
import { Interrupted } from "../base/errors.ts";
import { known } from "../base/known.ts";
import type { Terminal } from "../base/terminal.ts";
import { type Subject, SUBJECTS } from "../diagnose/diagnose_cell.ts";
import { outcomeOf, sorted } from "../diagnose/folder/classes.ts";
import {
  type ExaminedFiles,
  type ExaminedProgram,
  examineMany,
} from "../diagnose/folder/examine_many.ts";
import { areMany, foldersWithout, pluginPaths } from "../diagnose/folder/plugin_paths.ts";
import {
  diagnosisJson,
  diagnosisText,
  type Explain,
  EXPLANATIONS,
} from "../diagnose/words/diagnosis_text.ts";
import { folderCsv, folderJson } from "../diagnose/words/folder_data.ts";
import { folderPage } from "../diagnose/words/folder_page.ts";
import { folderText } from "../diagnose/words/folder_text.ts";
import { folderOf, languageOf, rowOf } from "../diagnose/words/program_row.ts";
import type { PlanInput } from "../format/plan.ts";
import type { Cell } from "../format/trial_record.ts";
import { DIAGNOSIS_DEFAULTS, examineCells } from "../library/diagnose.ts";
import { availableCores } from "../machine/host.ts";
import { counted, formatCount } from "../report/numbers.ts";
import { reasonText } from "../report/reason_words.ts";
import { FOR_STRANGERS } from "../sweep/confinement.ts";
import { resolveSetup } from "../sweep/resolve_setup.ts";
import { BRIEFS } from "./briefs.ts";
import {
  action,
  dataOptions,
  isOneNamed,
  loadData,
  namedImplementations,
  noneRunsHere,
  pageOption,
  textArgument,
  withFile,
} from "./options.ts";
import { checkPage, print, writePage } from "./output.ts";
import { evidenceCommand, nextCommand, restCommand } from "./next_command.ts";
import { modelOptions, planInputs, runtimeOptions, trainingOptions } from "./plan_options.ts";
import { createProgramLog } from "./program_log.ts";
import { noteSandbox } from "./sandbox_note.ts";
import { choiceList, oneOf } from "./values.ts";

const DIAGNOSIS_FORMATS = ["text", "json", "csv", "html"] as const;
type DiagnosisFormat = typeof DIAGNOSIS_FORMATS[number];

const options = merge(
  object({
    names: multiple(
      textArgument(
        "NAME",
        message`Implementation to examine, or your own file; a folder or several files for a row each.`,
      ),
    ),
  }),
  modelOptions(DIAGNOSIS_DEFAULTS),
  trainingOptions,
  runtimeOptions,
  dataOptions,
  object({
    format: withDefault(
      option("--format", oneOf("FORMAT", DIAGNOSIS_FORMATS), {
        description:
          message`What to print on standard output: text (default), json (an object; an array for several cells), csv (a line for each program) or html (a page).`,
      }),
      "text" as DiagnosisFormat,
    ),
    only: withDefault(
      option("--only", choiceList("WHAT", SUBJECTS), {
        description: message`Examine only these: ${text(SUBJECTS.join(", "))} (default: all).`,
      }),
      [...SUBJECTS] as Subject[],
    ),
    explain: multiple(
      option("--explain", oneOf("WHAT", EXPLANATIONS), {
        description:
          message`Print more: the evidence for each problem, or advice on speed, memory or data in full.`,
      }),
    ),
  }),
  pageOption,
);

const texts = {
  brief: BRIEFS.diagnose,
  description:
    message`Compares an implementation with the oracle at several points and minibatches. Where they differ, it reads the program stage by stage from gradients of single rows, and names the stages that differ. Then it trains for some seconds beside a correct implementation, and times growing subsets. A folder, a pattern in quotation marks or several files stand for every plug-in in them: a row each, gradient and training in parallel. Exit code 1 if something is wrong.`,
};

export const diagnoseCommand = action(
  "diagnose",
  options,
  texts,
  async (options, terminal, signal) => {
    if (options.page !== undefined) await checkPage(options.page);
    if (areMany(options.names)) return await diagnoseMany(options, terminal, signal);
    const given = withFile({ ...options, name: options.names[0] });
    const implementations = namedImplementations("diagnose", given);
    const setup = await resolveSetup(
      [DIAGNOSIS_DEFAULTS, ...planInputs({ ...given, implementations })],
      () => loadData(given, terminal, signal),
      { onlyNamed: isOneNamed(given), signal },
    );
    const { diagnoses, notReached, skipped } = await examineCells(setup, {
      signal,
      subjects: given.only,
      onLog: createProgramLog(terminal),
      onPrepared: () => noteSandbox(setup.plan, terminal),
      onStart: (cell, subject) =>
        terminal.note(`${cell.implementation}: examining the ${subject} …`),
      onSkip: (cell, why) => terminal.note(`${cell.implementation}: skipped: ${reasonText(why)}`),
    });
    if (signal.aborted && diagnoses.length === 0) throw new Interrupted(NOTHING_EXAMINED);
    if (diagnoses.length === 0) throw noneRunsHere("diagnose");
    const fileOf = ({ implementation }: Cell) =>
      given.plugins?.length === 1 ? given.plugins[0] : implementation;
    const programs = [
      ...diagnoses.map((diagnosis) => ({ diagnosis, ...diagnosis })),
      ...skipped,
    ].map(({ cell, ...rest }): ExaminedProgram => ({
      file: fileOf(cell),
      program: cell.implementation,
      ...("diagnosis" in rest ? { diagnosis: rest.diagnosis } : { skipped: rest.skipped }),
    }));
    const examined = { programs, withoutProgram: [] };
    const ended = (): number => {
      if (!signal.aborted) return diagnoses.every(({ healthy }) => healthy) ? 0 : 1;
      const left = SUBJECTS.filter((one) =>
        given.only.includes(one) &&
        (notReached > 0 || diagnoses.some(({ interrupted }) => interrupted?.includes(one)))
      );
      throw new Interrupted(
        `what was examined stands above; \`${
          restCommand(options.names, left, options)
        }\` examines the rest`,
      );
    };
    if (given.page !== undefined) await writePage(given.page, folderPage(examined), terminal);
    if (given.format === "csv" || given.format === "html") {
      printWhole(given.format, examined, terminal);
      return ended();
    }
    const language = given.plugins?.some((file) => file.endsWith(".py")) ? "python" : "typescript";
    const documents = [...diagnoses.map((one) => diagnosisJson(one, language)), ...skipped];
    const [{ cell: _, ...alone }] = documents;
    print(
      given.format,
      terminal,
      documents.length === 1 ? alone : documents,
      () =>
        diagnoses.flatMap((one, i) => [
          ...(i === 0 ? [] : [""]),
          ...diagnosisText(one, terminal.width, {
            explain: given.explain,
            language,
            ...known({ next: nextCommand(one, { ...options, plugins: given.plugins }) }),
          }),
        ]),
    );
    return ended();
  },
);

const NOTHING_EXAMINED = "nothing was examined to its end; the same command starts anew";

const printWhole = (
  format: "csv" | "html",
  examined: ExaminedFiles,
  { out }: Terminal,
): void => out((format === "csv" ? folderCsv(examined.programs) : folderPage(examined)).trimEnd());

type Options = InferValue<typeof options>;

/** What many programs, whose authors are strangers, get where no option says otherwise. */
const OF_STRANGERS: PlanInput = {
  ...DIAGNOSIS_DEFAULTS,
  ...FOR_STRANGERS,
  trialTimeoutSeconds: 60,
};

/** Examines every plug-in of folders, patterns and files. */
async function diagnoseMany(
  options: Options,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { names, plugins = [], format, page, only, explain } = options;
  const files = [...pluginPaths(names).map((path) => resolve(path)), ...plugins];
  const without = foldersWithout(names);
  if (without.length > 0) terminal.note(`warning: no program in ${without.join(", ")}`);
  const folder = folderOf(files);
  const examined = await examineMany({
    files,
    inputsOf: (file) => [
      OF_STRANGERS,
      ...planInputs({ ...options, implementations: [], plugins: [file] }),
    ],
    loadData: () => loadData(options, terminal, signal),
    subjects: only,
    workers: availableCores(),
    signal,
    onExamined(one, count, all) {
      const { mark, name, verdict, cause } = rowOf(one, folder);
      terminal.note(
        `${count} of ${all}: ${mark} ${name}: ${verdict}${cause === "" ? "" : `: ${cause}`}`,
      );
    },
  });
  const { programs } = examined;
  if (signal.aborted && programs.length === 0) throw new Interrupted(NOTHING_EXAMINED);
  if (page !== undefined) await writePage(page, folderPage(examined), terminal);
  if (format === "csv" || format === "html") printWhole(format, examined, terminal);
  else {
    const [worst] = sorted(programs).filter(isWrong);
    const next = worst && evidenceCommand(worst.file, options);
    print(format, terminal, folderJson(examined), () => [
      ...folderText(examined, terminal, next),
      ...(explain.length > 0 ? detailsText(programs, terminal.width, explain) : []),
    ]);
  }
  if (signal.aborted) {
    const finished = programs.filter(({ diagnosis }) => !diagnosis?.interrupted).length;
    throw new Interrupted(
      `${formatCount(finished)} of ${counted(files.length, "file")} ${
        files.length === 1 ? "was" : "were"
      } examined to the end; the same command starts anew; fewer files take less time`,
    );
  }
  return programs.some(isWrong) ? 1 : 0;
}

/** What is wrong with each program, as it is printed alone. */
const detailsText = (
  programs: readonly ExaminedProgram[],
  width: number,
  explain: readonly Explain[],
): string[] =>
  sorted(programs).filter(isWrong).flatMap((one) =>
    one.diagnosis
      ? ["", ...diagnosisText(one.diagnosis, width, { explain, language: languageOf(one) })]
      : []
  );

const isWrong = (one: ExaminedProgram): boolean => !["right", "skipped"].includes(outcomeOf(one));
