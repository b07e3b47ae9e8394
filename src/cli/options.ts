import { object } from "@optique/core/constructs";
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
import { FAIL_ON, type FailOn, THRESHOLD } from "../compare/gate.ts";
import type { ResolvedData } from "../data/resolve_data.ts";
import { dataOf } from "../library/measure.ts";
import { eventText } from "../report/data_words.ts";
import { choiceList, oneOf, percentage } from "./values.ts";

/** A command that `run` carries out with its options. */
export const action = <T extends object, S>(
  name: string,
  options: Parser<"sync", T, S>,
  texts: CommandOptions,
  run: (given: T, terminal: Terminal, signal: AbortSignal) => Promise<number>,
) =>
  command(
    name,
    map(options, (given): Invocation => async (terminal, signal) => {
      checkData(given);
      return await run(given, terminal, signal);
    }),
    texts,
  );

/** An argument that is any text, and an option that may have one. */
export const textArgument = (metavar: NonEmptyString, description: Message) =>
  argument(string({ metavar }), { description });
export const textOption = (name: `--${string}`, metavar: NonEmptyString, description: Message) =>
  optional(option(name, string({ metavar }), { description }));

export const dataOptions = object("Data", {
  data: textOption(
    "--data",
    "DATA",
    message`A folder or file with images and labels (IDX, npz, CSV, zip), as DIR#letters where it holds several sets; or a known set, as fashion-mnist (default: $SLOPE_DATA, the cache, a download).`,
  ),
  synthetic: withDefault(
    flag("--synthetic", {
      description: message`Draw synthetic digits instead of reading a data set.`,
    }),
    false,
  ),
});
export type DataOptions = InferValue<typeof dataOptions>;

/** The data that the options name. How they are read, downloads and substitutes are told on standard error. */
export async function loadData(
  { data, synthetic }: DataOptions,
  { note }: Terminal,
): Promise<ResolvedData> {
  return await dataOf({ data, synthetic }, (event) => note(eventText(event)));
}

/** Throws InputError for options that name two sets of data. */
function checkData({ data, synthetic }: Partial<DataOptions>): void {
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

export const outOption = object({
  out: withDefault(
    option("--out", string({ metavar: "DIR" }), {
      description: message`Folder that holds the folders of runs (default: results).`,
    }),
    "results",
  ),
});

/** The implementation that a command is about. */
export const nameArgument = (description: Message) =>
  object({ name: optional(textArgument("NAME", description)) });

/** Which differences of a comparison count, and which end the command with exit code 1. */
export const gateOptions = object("Comparison", {
  threshold: withDefault(
    option("--threshold", percentage("PERCENT"), {
      description: message`Smaller differences do not count (default: 3%).`,
    }),
    THRESHOLD,
  ),
  failOn: withDefault(
    option("--fail-on", choiceList("VERDICTS", FAIL_ON), {
      description:
        message`Exit code 1 where one of these occurs: slower (default), wrong, unresolved.`,
    }),
    ["slower"] as FailOn[],
  ),
});

/** A file in place of the name is a plug-in: `slope diagnose mine.py`. */
export function withFile<
  T extends { readonly name?: string | undefined; readonly plugins?: unknown },
>(
  given: T,
): Omit<T, "plugins" | "name"> & { name: string | undefined; plugins: string[] | undefined } {
  const { name } = given;
  const plugins = given.plugins as string[] | undefined;
  const isFile = name !== undefined && /[./\\]/.test(name) &&
    statSync(name, { throwIfNoEntry: false })?.isFile();
  return isFile
    ? { ...given, name: undefined, plugins: [...plugins ?? [], resolve(name)] }
    : { ...given, name, plugins };
}

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
