import { knownSet } from "../data/known_sets.ts";
import type { Plan, PlanInput } from "../format/plan.ts";
import type { Summary } from "../format/summary.ts";
import type { PlanField } from "../format/field_kinds.ts";
import { PLAN_FIELD_NAMES, PLAN_FIELDS, type PlanFieldName } from "../format/plan_fields.ts";
import { commandIn } from "../base/own_command.ts";
import { formatCount, formatNumber } from "./numbers.ts";

/** The value of a field as its option takes it. */
export function optionText({ kind }: Pick<PlanField, "kind">, value: unknown): string {
  if (kind === "seconds") return `${value}s`;
  if (kind === "share") return percent(value as number).replace(" ", "");
  if (kind === "yes or no") return value ? "yes" : "no";
  return String(value);
}

/** The value of a field as a report shows it; empty where there is nothing to show. */
export function shownText({ kind }: PlanField, value: unknown): string {
  if (value === undefined) return "";
  switch (kind) {
    case "flag":
      return value ? "yes" : "";
    case "seconds":
      return `${formatNumber(value as number)} s`;
    case "share":
      return percent(value as number);
    case "layers":
      return (value as number[][]).map((layerSizes) => layerSizes.join("-")).join(" · ");
    case "subsets":
    case "integers":
      return (value as (number | string)[])
        .map((one) => typeof one === "number" ? formatCount(one) : one).join(" · ");
    case "names":
    case "choices":
    case "numbers":
    case "targets":
      return (value as number[]).join(" · ");
    case "files":
      return (value as string[]).join(", ");
    case "versions":
      return assignments(value).join(", ");
    case "earlier run":
      return againstText(value as NonNullable<Plan["against"]>);
    default:
      return optionText({ kind }, value);
  }
}

/** A run by its folder, a commit by what named it. */
const againstText = (against: NonNullable<Plan["against"]>): string =>
  "ref" in against ? `${against.ref} (${against.gitCommit.slice(0, 12)})` : against.folder;

/** Every field of a plan that has a value: its name and its value. */
export const planFacts = (plan: Plan): (readonly [label: string, value: string])[] =>
  PLAN_FIELD_NAMES
    .filter((name) => name !== "peerThreads" || plan.peers.length > 0)
    .map((name) => [PLAN_FIELDS[name].label, shownText(PLAN_FIELDS[name], plan[name])] as const)
    .filter(([, shown]) => shown !== "");

/** Every option that makes this plan, each with its values. */
export const planOptionsOf = (plan: Plan): string[][] =>
  PLAN_FIELD_NAMES.flatMap((name) => optionsOf(PLAN_FIELDS[name], plan[name]));

/** The options of these fields that have a value, as a command line has them. */
export const optionWords = (given: PlanInput, names: readonly PlanFieldName[]): string[] =>
  names.flatMap((name) =>
    optionsOf(PLAN_FIELDS[name], given[name]).map((words) => words.map(quoted).join(" "))
  );

function optionsOf(field: PlanField, value: unknown): string[][] {
  const flag = `--${field.flag}`;
  if (value === undefined || Array.isArray(value) && value.length === 0) return [];
  switch (field.kind) {
    case "flag":
      return value ? [[flag]] : [];
    case "files":
    case "layers":
      return (value as unknown[]).map((one) => [flag, String(one)]);
    case "versions":
      return assignments(value).map((one) => [flag, one]);
    case "earlier run": {
      const against = value as NonNullable<Plan["against"]>;
      return [
        [flag, "ref" in against ? against.gitCommit : against.folder],
        ["--threshold", optionText({ kind: "share" }, against.threshold)],
      ];
    }
    default:
      return [[flag, optionText(field, value)]];
  }
}

/** The command line that makes this plan: an option a line. */
export function repeatCommand(plan: Plan, data: Summary["data"]): string {
  const start = commandIn(plan.runtimes[0], "bench");
  const options = [...planOptionsOf(plan), ...dataOptionOf(data)];
  return [start, ...options.map((words) => `  ${words.map(quoted).join(" ")}`)].join(" \\\n");
}

/** MNIST needs none; a folder is where its user has it. */
function dataOptionOf({ name, synthetic }: Summary["data"]): string[][] {
  if (synthetic) return [["--synthetic"]];
  return isNamed(name) && name !== "mnist" ? [["--data", name]] : [];
}

/** Whether a set can be had by its name alone. */
export const isNamed = (set: string): boolean => knownSet(set) !== undefined;

const assignments = (value: unknown): string[] =>
  Object.entries(value as Plan["runtimePaths"]).map(([name, path]) => `${name}=${path}`);

/** Without the last digits, which are those of binary fractions: 0.07 → "7 %". */
const percent = (share: number): string => `${Number((100 * share).toPrecision(12))} %`;

/** As a shell takes it for one word. */
export const quoted = (word: string): string =>
  /^[\w./=@:,+%-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
