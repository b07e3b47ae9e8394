import { merge } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { command } from "@optique/core/primitives";
import { diagnoseScaling, type ScalingDiagnosis } from "../diagnose/scaling_findings.ts";
import { describeHost } from "../machine/host.ts";
import { type Diagnosis, diagnosisJson, diagnosisText } from "../diagnose/diagnosis_text.ts";
import { examineScaling } from "../diagnose/examine_scaling.ts";
import { resolveSetup } from "../sweep/resolve_setup.ts";
import { prepareSweep } from "../sweep/prepared_sweep.ts";
import { examine } from "../diagnose/examine.ts";
import { type Finding, isAdvice } from "../format/finding.ts";
import type { Cell } from "../format/trial_record.ts";
import type { TrialOptions } from "../trial/run_trial.ts";
import { loadData } from "./load_data.ts";
import {
  dataOptions,
  nameArgument,
  namedImplementations,
  noneRunsHere,
  severalFormatOption,
} from "./options.ts";
import { print } from "./output.ts";
import { modelOptions, planInputs, runtimeOptions, trainingOptions } from "./plan_options.ts";
import type { Invocation, Terminal } from "../base/terminal.ts";
import type { Unavailable } from "../format/reason.ts";
import { reasonText } from "../report/reason_words.ts";

const options = merge(
  nameArgument(message`Implementation to examine (default: that of the plug-in).`),
  modelOptions,
  trainingOptions,
  runtimeOptions,
  dataOptions,
  severalFormatOption,
);

export const diagnoseCommand = command(
  "diagnose",
  map(options, (given): Invocation => (terminal, signal) => diagnose(given, terminal, signal)),
  {
    brief:
      message`Say what is wrong with an implementation, why it does not learn, and what to change.`,
    description:
      message`Compares an implementation with the oracle at several points and minibatches. Where they differ, it simulates common mistakes, alone and in pairs, until one gives the same wrong numbers. Then it trains for some seconds beside a correct implementation, and times growing subsets. Exit code 1 if something is wrong.`,
  },
);

/** In this order, because a wrong gradient explains more than a learning rate does. */
const SUBJECTS = ["gradient", "training"] as const;
/** Time of one examination; a network of half a million weights takes four times as long. */
const PREDICTED_NS = 20e9;

async function diagnose(
  given: InferValue<typeof options>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const implementations = namedImplementations("diagnose", given);
  const setup = await resolveSetup(
    [{ sizes: ["all"] }, ...planInputs({ ...given, implementations })],
    () => loadData(given, terminal),
    { signal },
  );
  const prepared = await prepareSweep(setup, signal);
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
      const diagnosis = await examined(trial, setup.plan.epochs, terminal);
      if (diagnosis === undefined) break;
      diagnoses.push(diagnosis);
    }
  } finally {
    await prepared.close();
  }
  if (signal.aborted) return 1;
  if (diagnoses.length === 0) throw noneRunsHere("diagnose");
  const documents = [...diagnoses.map(diagnosisJson), ...skipped];
  const [{ cell: _, ...alone }] = documents;
  print(
    given.format,
    terminal,
    documents.length === 1 ? alone : documents,
    () => diagnoses.flatMap((one) => diagnosisText(one, terminal.width)),
  );
  return diagnoses.every(({ healthy }) => healthy) ? 0 : 1;
}

/** The findings of all examinations of one cell; undefined when interrupted. */
async function examined(
  trial: TrialOptions,
  epochs: number,
  terminal: Terminal,
): Promise<Diagnosis | undefined> {
  const findings: Finding[] = [];
  const failures: Diagnosis["failures"][number][] = [];
  const { cell } = trial.request;
  for (const subject of SUBJECTS) {
    terminal.note(`${cell.implementation}: examining the ${subject} …`);
    const answer = await examine(trial, subject, epochs);
    if (answer.ended === "aborted") return undefined;
    if (answer.ended === "failed") failures.push({ subject, failure: answer.failure });
    else findings.push(...answer.reply);
  }
  let scaling: ScalingDiagnosis | undefined;
  // A program that failed above would fail here too.
  if (failures.length === 0) {
    terminal.note(`${cell.implementation}: examining the scaling …`);
    const answer = await examineScaling(trial);
    if (answer === undefined) return undefined;
    if ("failed" in answer) failures.push({ subject: "scaling", failure: answer.failed });
    else scaling = diagnoseScaling(answer, (await describeHost()).cachesBytes);
    findings.push(...scaling?.findings ?? []);
  }
  return {
    cell,
    healthy: failures.length === 0 && findings.every(isAdvice),
    failures,
    findings,
    ...(scaling && { scaling }),
  };
}
