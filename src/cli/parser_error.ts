import { stripVTControlCharacters } from "node:util";
import { extractOptionNames, type Usage } from "@optique/core/usage";
import { closestTo } from "../base/closest.ts";
import { PLAN_FIELD_NAMES, PLAN_FIELDS } from "../format/plan_fields.ts";
import { InputError } from "../base/errors.ts";
import { ownCommand, ownProgram } from "../base/own_command.ts";

/** Commands that the parser adds to ours. */
const OWN_COMMANDS = ["help", "completion"];

/**
 * The parser's complaint about `args`. For an unknown command or option, which the parser only names, it suggests the
 * nearest known one. The hint names the command that shows help.
 */
export function parserError(text: string, args: readonly string[], usage: Usage): InputError {
  const told = plainText(text);
  if (args[0] === "completion") {
    return new InputError(told, `\`${ownProgram()} completion --help\` lists the shells`);
  }
  const { path, rest, usage: inner } = descend(usage, args[0] === "help" ? args.slice(1) : args);
  const command = ["slope", ...path].join(" ");
  const help = path.length === 0
    ? `${ownProgram()} --help`
    : `${ownCommand(path.join(" "))} --help`;
  const commands = branchesOf(inner).flatMap(([term]) => term?.type === "command" ? term.name : []);
  if (commands.length > 0) {
    const hint = `\`${help}\` lists the commands`;
    const [word] = rest;
    if (word === undefined) {
      return new InputError(`Cannot run \`${command}\`: no command is named`, hint);
    }
    if (!word.startsWith("-")) {
      const known = path.length === 0 ? [...commands, ...OWN_COMMANDS] : commands;
      return new InputError(
        `Cannot run \`${command} ${word}\`: there is no such command` +
          didYouMean(closestTo(word, known)),
        hint,
      );
    }
    return new InputError(told, hint);
  }
  const hint = `\`${help}\` lists its options`;
  const options = extractOptionNames(inner);
  const unknown = rest.map((arg) => arg.split("=")[0]).find((arg) =>
    // A word that the parser does not complain about is the value of an option.
    arg.startsWith("--") && !options.has(arg) && told.includes(arg)
  );
  if (unknown !== undefined) {
    const near = didYouMean(nearestOption(unknown, options));
    return new InputError(
      `Cannot use ${unknown}: \`${command}\` has no such option${near}`,
      hint,
    );
  }
  const missing = /^Expected an? `(.+)`, but too few arguments/.exec(told)?.[1];
  if (missing !== undefined) {
    return new InputError(`Cannot run \`${command}\`: ${missing} is missing`, hint);
  }
  const odd = /^Unexpected option or subcommand: `(.+)`/.exec(told)?.[1];
  return new InputError(
    odd === undefined ? told : `Cannot use "${odd}": \`${command}\` takes no more arguments`,
    hint,
  );
}

/** The option that was meant: one that is spelt alike, or that sets a field of a plan whose name is. */
function nearestOption(typed: string, options: ReadonlySet<string>): string | undefined {
  const byField = new Map<string, string>(
    PLAN_FIELD_NAMES.map((name) => [name, `--${PLAN_FIELDS[name].flag}`] as const)
      .filter(([, option]) => options.has(option)),
  );
  const word = typed.replaceAll("-", "");
  const field = closestTo(word, [...byField.keys()]);
  const meant = field === undefined ? undefined : byField.get(field);
  if (field?.toLowerCase() === word.toLowerCase()) return meant;
  return closestTo(typed, [...options]) ?? meant;
}

/** Whether a text of the parser is an error, rather than the usage that it prints above some. */
export const isError = (text: string): boolean =>
  stripVTControlCharacters(text).startsWith("Error:");

const didYouMean = (word: string | undefined): string =>
  word === undefined ? "" : `; did you mean "${word}"?`;

/** The text without colours, line breaks and the leading "Error:". */
const plainText = (text: string): string =>
  stripVTControlCharacters(text).replace(/^Error:\s*/, "").replaceAll(/\s*\n\s*/g, " ").trim();

/** The commands at the beginning of `args`, the arguments after them, and the usage of the last command. */
function descend(
  usage: Usage,
  args: readonly string[],
  path: readonly string[] = [],
): { path: readonly string[]; rest: readonly string[]; usage: Usage } {
  for (const [term, ...more] of branchesOf(usage)) {
    if (term?.type === "command" && term.name === args[0]) {
      return descend(more, args.slice(1), [...path, term.name]);
    }
  }
  return { path, rest: args, usage };
}

const branchesOf = (usage: Usage): readonly Usage[] => {
  const [first] = usage;
  return first?.type === "exclusive" ? first.terms.flatMap(branchesOf) : [usage];
};
