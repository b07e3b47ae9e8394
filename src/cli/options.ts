import { merge, object } from "@optique/core/constructs";
import { type Message, message } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import type { InferValue, Parser } from "@optique/core/parser";
import { argument, command, type CommandOptions, flag, option } from "@optique/core/primitives";
import type { NonEmptyString } from "@optique/core/nonempty";
import { string } from "@optique/core/valueparser";
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { InputError } from "../base/errors.ts";
import { ownCommand } from "../base/own_command.ts";
import type { Invocation, Terminal } from "../base/terminal.ts";
import type { ResolvedData } from "../data/resolve_data.ts";
import { type SettingName, SETTINGS } from "../format/config.ts";
import { dataOf } from "../library/measure.ts";
import { eventText } from "../report/data_words.ts";
import { checkIsFile } from "../sweep/program_command.ts";
import { type MayBeConfigured, settle } from "./configuration.ts";
import { optionOf } from "./plan_options.ts";
import { oneOf } from "./values.ts";

const configOption = object("Configuration", {
  configFile: optional(option("--config", string({ metavar: "FILE" }), {
    description:
      message`Configuration file to use, or none (default: slope.config.ts or slope.config.json here or above).`,
  })),
});

/** A command that `run` carries out with its options, what a configuration file adds to them, and defaults. */
export const action = <T extends object, S>(
  name: string,
  options: Parser<"sync", T, S>,
  texts: CommandOptions,
  run: (given: T & MayBeConfigured, terminal: Terminal, signal: AbortSignal) => Promise<number>,
) =>
  command(
    name,
    map(
      merge(options as Parser<"sync", Record<string, unknown>, object>, configOption),
      (given): Invocation => async (terminal, signal) => {
        const settled = await settle(given as T & typeof given, terminal);
        checkData(settled);
        return await run(settled, terminal, signal);
      },
    ),
    texts,
  );

/** The same for a command that nothing configures. */
export const plainAction = <T extends object, S>(
  name: string,
  options: Parser<"sync", T, S>,
  texts: CommandOptions,
  run: (given: T, terminal: Terminal, signal: AbortSignal) => Promise<number>,
) =>
  command(
    name,
    map(options, (given): Invocation => (terminal, signal) => run(given, terminal, signal)),
    texts,
  );

type SettingOf<N extends SettingName> = (typeof SETTINGS)[N]["schema"]["_output"];

/** Options for these settings. Where none is given, `action` takes the configuration's, then the default. */
function settingOptions<const N extends SettingName>(label: string, names: readonly N[]) {
  const parsers = Object.fromEntries(names.map((name) => [name, optionOf(SETTINGS[name])]));
  return object(
    label,
    parsers as unknown as {
      [K in N]: Parser<"sync", K extends "data" ? string | undefined : SettingOf<K>, unknown>;
    },
  );
}

/** An argument that is any text, and an option that may have one. */
export const textArgument = (metavar: NonEmptyString, description: Message) =>
  argument(string({ metavar }), { description });
export const textOption = (name: `--${string}`, metavar: NonEmptyString, description: Message) =>
  optional(option(name, string({ metavar }), { description }));

export const dataOptions = settingOptions("Data", ["data", "synthetic"]);
export type DataOptions = InferValue<typeof dataOptions>;

/** The data that the options name. How they are read, downloads and substitutes are told on standard error. */
export async function loadData(
  { data, synthetic }: DataOptions,
  { note }: Terminal,
  signal?: AbortSignal,
): Promise<ResolvedData> {
  return await dataOf({ data, synthetic }, (event) => note(eventText(event)), signal);
}

/** Throws InputError for options that name two sets of data. */
function checkData(given: object): void {
  const { data, synthetic }: Partial<DataOptions> = given;
  if (synthetic && data !== undefined) {
    throw new InputError(
      "Cannot use --synthetic and --data at once: they name different data",
      "leave one of the two out",
    );
  }
}

export type PrintFormat = "text" | "json";

/** `json` says what is printed for json; by default one JSON document. */
const formatOptionWith = (json: Message) =>
  object({
    format: withDefault(
      option("--format", oneOf("FORMAT", ["text", "json"]), {
        description: message`What to print on standard output: text (default) or json${json}.`,
      }),
      "text" as PrintFormat,
    ),
  });
export const formatOption = formatOptionWith(message``);
/** For commands that examine one implementation after the other. */
export const severalFormatOption = formatOptionWith(
  message`: an object, or an array for several cells`,
);
/** For commands that print as they go. */
export const linesFormatOption = formatOptionWith(message`: one object per cell, each on a line`);

/** For commands whose text is short. */
export const verboseOption = object({
  verbose: withDefault(
    flag("--verbose", { description: message`Print every table, not only the answer.` }),
    false,
  ),
});

export const pageOption = object({
  page: textOption(
    "--page",
    "FILE",
    message`Also write a page in one file; creates parent folders.`,
  ),
});

export const outOption = settingOptions("Output", ["out"]);

/** The implementation that a command is about. */
export const nameArgument = (description: Message) =>
  object({ name: optional(textArgument("NAME", description)) });

/** Which differences of a comparison count, and which end the command with exit code 1. */
export const gateOptions = settingOptions("Comparison", ["threshold", "failOn"]);

/** A name that can only be a file's or a folder's. */
const PATH_NAME = /^(?!cmd:).*(?:[\\/]|\.\w+$)/;

/**
 * A file in place of the name is a plug-in: `slope diagnose mine.py`. Where neither a name nor a plug-in is given, those of
 * the configuration are meant.
 */
export function withFile<
  T extends
    & { readonly name?: string | undefined; readonly plugins?: unknown }
    & MayBeConfigured,
>(
  given: T,
): Omit<T, "plugins" | "name"> & { name: string | undefined; plugins: string[] | undefined } {
  const { name, configured } = given;
  const plugins = given.plugins as string[] | undefined;
  if (name !== undefined && plugins === undefined && PATH_NAME.test(name)) {
    checkIsFile("read", name);
  }
  const isFile = name !== undefined && /[./\\]/.test(name) &&
    statSync(name, { throwIfNoEntry: false })?.isFile();
  if (isFile) return { ...given, name: undefined, plugins: [...plugins ?? [], resolve(name)] };
  const usual = name === undefined ? configured?.plan.plugins : undefined;
  return { ...given, name, plugins: plugins ?? usual };
}

/** Whether a program is named, so that a plug-in which only the configuration names is not meant. */
export const isOneNamed = (
  { name, plugins }: { readonly name: string | undefined; readonly plugins: unknown },
): boolean => name !== undefined && plugins === undefined;

/** Names given to a command: that of its argument, or none where a plug-in stands for it. Throws InputError for neither. */
export function namedImplementations(
  act: string,
  { name, plugins }: { readonly name: string | undefined; readonly plugins: unknown },
): string[] {
  if (name === undefined && plugins === undefined) {
    throw new InputError(
      `Cannot ${act}: no implementation is named`,
      `name one, as \`${ownCommand(`${act} fused_typed`)}\`, or a file with --plugin FILE`,
    );
  }
  return name === undefined ? [] : [name];
}

export const noneRunsHere = (act: string): InputError =>
  new InputError(
    `Cannot ${act}: no implementation that was named runs here`,
    `\`${ownCommand("list")}\` says what each needs`,
  );
