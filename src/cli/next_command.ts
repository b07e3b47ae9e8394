import { ownCommand } from "../base/own_command.ts";
import type { Diagnosis, Subject } from "../diagnose/diagnose_cell.ts";
import { verdictOf } from "../diagnose/verdict.ts";
import { isGradientFinding } from "../diagnose/words/finding_words.ts";
import { declaredFlags, nextFlags, otherFlags } from "../diagnose/words/next_flags.ts";
import { isAdvice } from "../diagnose/scaling/scaling_findings.ts";
import type { PlanInput } from "../format/plan.ts";
import { optionWords, quoted } from "../report/plan_words.ts";
import { MODEL_FIELDS, TRAINING_FIELDS } from "./plan_options.ts";

/** What a diagnosis was asked with. */
interface Asked extends PlanInput {
  readonly preset?: string | undefined;
  readonly data?: string | undefined;
  readonly synthetic: boolean;
}

/**
 * The command to run after a diagnosis, with the options that it was asked with: it declares what may be meant, verifies
 * a corrected gradient, or trains as advised. Undefined where nothing is wrong.
 */
export function nextCommand(
  { cell: { implementation }, findings, failures, healthy }: Diagnosis,
  asked: Asked,
): string | undefined {
  if (healthy || failures.length === 0 && findings.every(isAdvice)) return undefined;
  const files = filesOf(asked);
  const model = modelWords(asked);
  const training = trainingWords(asked);
  const command = (name: string, given: readonly string[], more: string) =>
    ownCommand(
      [
        name,
        // verify takes no name without an option.
        name === "verify" ? `--implementations ${implementation}` : implementation,
        ...files,
        ...withoutThose(given, more),
        more,
      ].filter(Boolean).join(" "),
    );
  const meant = verdictOf(findings) === "right-for-another-convention"
    ? declaredFlags(findings)
    : "";
  if (meant !== "") return command("diagnose", training, meant);
  return findings.some(isGradientFinding)
    ? command("verify", model, otherFlags(findings).join(" "))
    : command("diagnose", training, nextFlags(findings));
}

const filesOf = ({ plugins = [] }: Asked): string[] =>
  plugins.map((file) => `--plugin ${quoted(file)}`);

/** The command that shows what was seen of one file among many. */
export const evidenceCommand = (file: string, asked: Asked): string =>
  ownCommand(["diagnose", quoted(file), ...trainingWords(asked), "--explain evidence"].join(" "));

/** The command that examines what an interruption left out. */
export const restCommand = (
  names: readonly string[],
  left: readonly Subject[],
  asked: Asked,
): string =>
  ownCommand(
    [
      "diagnose",
      ...names.map(quoted),
      ...filesOf(asked),
      ...trainingWords(asked),
      `--only ${left.join(",")}`,
    ].join(" "),
  );

const modelWords = (asked: Asked): string[] => [
  ...optionWords(asked, MODEL_FIELDS),
  ...dataWords(asked),
];

const trainingWords = (asked: Asked): string[] => [
  ...modelWords(asked),
  ...(asked.preset === undefined ? [] : [`--preset ${asked.preset}`]),
  ...optionWords(asked, TRAINING_FIELDS),
];

const dataWords = ({ data, synthetic }: Asked): string[] => [
  ...(data === undefined ? [] : [`--data ${quoted(data)}`]),
  ...(synthetic ? ["--synthetic"] : []),
];

/** What is given, without the options that stand in `more`. */
const withoutThose = (given: readonly string[], more: string): string[] => {
  const flags = more.split(" ");
  return given.filter((words) => !flags.includes(words.split(" ")[0]));
};
