import { merge, message, multiple, object, option } from "@optique/core";
import { diagnoseCell, type Diagnosis } from "../diagnose/diagnose_cell.ts";
import { diagnosisJson, diagnosisText, EXPLANATIONS } from "../diagnose/words/diagnosis_text.ts";
import { isGradientFinding } from "../diagnose/words/finding_words.ts";
import { nextFlags } from "../diagnose/words/next_flags.ts";
import { ownCommand } from "../base/own_command.ts";
import { resolveSetup } from "../sweep/resolve_setup.ts";
import { prepareSweep } from "../sweep/prepared_sweep.ts";
import type { PlanInput } from "../format/plan.ts";
import type { Cell } from "../format/trial_record.ts";
import {
  action,
  dataOptions,
  loadData,
  nameArgument,
  namedImplementations,
  noneRunsHere,
  severalFormatOption,
  withFile,
} from "./options.ts";
import { print } from "./output.ts";
import { oneOf } from "./values.ts";
import { createProgramLog } from "./program_log.ts";
import { modelOptions, planInputs, runtimeOptions, trainingOptions } from "./plan_options.ts";
import type { Unavailable } from "../format/reason.ts";
import { reasonText } from "../report/reason_words.ts";

const DEFAULTS: PlanInput = { sizes: ["all"] };

const options = merge(
  nameArgument(message`Implementation to examine, or your own file.`),
  modelOptions(DEFAULTS),
  trainingOptions,
  runtimeOptions,
  dataOptions,
  severalFormatOption,
  object({
    explain: multiple(
      option("--explain", oneOf("WHAT", EXPLANATIONS), {
        description:
          message`Print more: the evidence for each problem, or advice on speed or memory in full.`,
      }),
    ),
  }),
);

const texts = {
  brief:
    message`Say what is wrong with an implementation, why it does not learn, and what to change.`,
  description:
    message`Compares an implementation with the oracle at several points and minibatches. Where they differ, it reads the program stage by stage from gradients of single rows, and names the stages that depart. Then it trains for some seconds beside a correct implementation, and times growing subsets. Exit code 1 if something is wrong.`,
};

/** Time of one examination; a network of half a million weights takes four times as long. */
const PREDICTED_NS = 20e9;

export const diagnoseCommand = action(
  "diagnose",
  options,
  texts,
  async (options, terminal, signal) => {
    const given = withFile(options);
    const implementations = namedImplementations("diagnose", given);
    const setup = await resolveSetup(
      [DEFAULTS, ...planInputs({ ...given, implementations })],
      () => loadData(given, terminal),
      { signal },
    );
    const prepared = await prepareSweep(setup, signal, createProgramLog(terminal));
    const diagnoses: Diagnosis[] = [];
    const skipped: { cell: Cell; skipped: Unavailable }[] = [];
    try {
      // Smaller subsets only learn less: the largest is what needs an explanation.
      const examples = Math.max(...setup.plan.sizes);
      for (const cell of prepared.cells.filter((one) => one.examples === examples)) {
        const unavailable = prepared.unavailable(cell);
        if (unavailable !== undefined) {
          terminal.note(`${cell.implementation}: skipped: ${reasonText(unavailable)}`);
          skipped.push({ cell, skipped: unavailable });
          continue;
        }
        const trial = prepared.trial(cell, 1, PREDICTED_NS, {});
        const diagnosis = await diagnoseCell(trial, setup.plan.epochs, (subject) => {
          terminal.note(`${cell.implementation}: examining the ${subject} …`);
        });
        if (diagnosis === undefined) break;
        diagnoses.push(diagnosis);
      }
    } finally {
      await prepared.close();
    }
    if (signal.aborted) return 1;
    if (diagnoses.length === 0) throw noneRunsHere("diagnose");
    const language = given.plugins?.some((file) => file.endsWith(".py")) ? "python" : "typescript";
    const documents = [...diagnoses.map((one) => diagnosisJson(one, language)), ...skipped];
    const nextOf = ({ cell: { implementation }, findings, healthy }: Diagnosis) => {
      if (healthy) return {};
      const whose = [implementation, ...(given.plugins ?? []).map((file) => `--plugin ${file}`)];
      const command = findings.some(isGradientFinding)
        ? `verify ${whose.join(" ")}`
        : `diagnose ${[...whose, nextFlags(findings)].filter((one) => one !== "").join(" ")}`;
      return { next: ownCommand(command) };
    };
    const [{ cell: _, ...alone }] = documents;
    print(
      given.format,
      terminal,
      documents.length === 1 ? alone : documents,
      () =>
        diagnoses.flatMap((one) =>
          diagnosisText(one, terminal.width, { explain: given.explain, language, ...nextOf(one) })
        ),
    );
    return diagnoses.every(({ healthy }) => healthy) ? 0 : 1;
  },
);
