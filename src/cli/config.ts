import { basename } from "node:path";
import process from "node:process";
import { merge, message } from "@optique/core";
import { known } from "../base/known.ts";
import { ownCommand } from "../base/own_command.ts";
import type { Terminal } from "../base/terminal.ts";
import { SETTING_NAMES, type SettingName, SETTINGS } from "../format/config.ts";
import type { PlanField } from "../format/field_kinds.ts";
import { PLAN_FIELD_NAMES, PLAN_FIELDS, type PlanFieldName } from "../format/plan_fields.ts";
import { shownText } from "../report/plan_words.ts";
import { paint, wrapped } from "../report/terminal_style.ts";
import { alignedRows } from "../report/text_table.ts";
import { BRIEFS } from "./briefs.ts";
import { fromHere, type MayBeConfigured } from "./configuration.ts";
import { action, dataOptions, formatOption, gateOptions, outOption } from "./options.ts";
import { print } from "./output.ts";
import { type PlanLayer, planLayers, type ValueSource, wholePlanOptions } from "./plan_options.ts";

const options = merge(wholePlanOptions, gateOptions, dataOptions, outOption, formatOption);

const texts = {
  brief: BRIEFS.config,
  description:
    message`Takes the options of bench and prints every field with its value and its origin: an option, a plan file, a preset, the configuration file or the default. Reads no data and runs nothing.`,
};

/** A field and what is in force for it; `value` is absent where it follows from the data or the machine. */
interface InForce {
  readonly name: PlanFieldName | SettingName;
  readonly field: PlanField;
  readonly value?: unknown;
  readonly source: ValueSource;
}

export const configCommand = action("config", options, texts, (given, terminal) => {
  const inForce = [
    ...PLAN_FIELD_NAMES.filter((name) => name !== "against")
      .map((name) => fieldInForce(name, planLayers(given))),
    ...SETTING_NAMES.map((name): InForce => ({
      name,
      field: SETTINGS[name],
      ...known({
        value: given[name] ?? (name === "data" ? process.env.SLOPE_DATA || undefined : undefined),
      }),
      source: originOf(name, given),
    })),
  ];
  const file = given.configured?.path;
  const json = {
    ...file !== undefined && { file },
    fields: Object.fromEntries(
      inForce.map(({ name, value, source }) => [name, {
        ...value !== undefined && { value },
        source,
      }]),
    ),
  };
  print(given.format, terminal, json, () => configText(file, inForce, terminal));
  return Promise.resolve(0);
});

/** `given` is settled, so that its values do not say where they come from. */
function originOf(name: SettingName, { configured, chosen }: MayBeConfigured): ValueSource {
  if (chosen?.has(name)) return { kind: "option" };
  if (configured?.settings[name] !== undefined) {
    return { kind: "configuration", path: configured.path };
  }
  return name === "data" && process.env.SLOPE_DATA
    ? { kind: "environment", variable: "SLOPE_DATA" }
    : { kind: "default" };
}

function fieldInForce(name: PlanFieldName, layers: readonly PlanLayer[]): InForce {
  const field = PLAN_FIELDS[name];
  const last = layers.findLast(({ input }) => input[name] !== undefined);
  const value = last?.input[name] ?? (field as PlanField).default;
  return {
    name,
    field,
    ...value !== undefined && { value },
    source: last?.source ?? { kind: "default" },
  };
}

/** The file first, then what somebody has set, then the defaults. */
function configText(
  file: string | undefined,
  inForce: readonly InForce[],
  terminal: Terminal,
): string[] {
  const isSet = ({ source }: InForce) => source.kind !== "default";
  const set = inForce.filter(isSet);
  const first = file === undefined
    ? `No configuration file applies here; \`${ownCommand("init")}\` writes one.`
    : `Configuration: ${fromHere(file)}.`;
  const head = ["field", "from", "value"];
  const rows = alignedRows(
    [head, ...[...set, ...inForce.filter((one) => !isSet(one))].map(rowOf)],
    terminal.width,
  );
  return [
    ...wrapped(first, terminal, "bold"),
    ...rows.flatMap((lines, i) =>
      i > 0 && i <= set.length ? lines : lines.map((line) => paint("dim", line, terminal))
    ),
  ];
}

const rowOf = ({ name, field, value, source }: InForce): string[] => [
  name,
  sourceText(source),
  valueText(field, value),
];

function valueText(field: PlanField, value: unknown): string {
  if (value === undefined) return field.otherwise ?? "none";
  return shownText(field, value) || (field.kind === "flag" ? "no" : "none");
}

function sourceText(source: ValueSource): string {
  switch (source.kind) {
    case "default":
      return "default";
    case "configuration":
      return basename(source.path); // the first line has its folder
    case "plan file":
      return fromHere(source.path);
    case "preset":
      return `preset ${source.preset}`;
    case "environment":
      return `$${source.variable}`;
    case "option":
      return "option";
  }
}
