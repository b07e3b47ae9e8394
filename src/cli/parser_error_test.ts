import assert from "node:assert/strict";
import { test } from "node:test";
import { object, or } from "@optique/core/constructs";
import { argument, command, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { ownCommand, ownProgram } from "../base/own_command.ts";
import { isError, parserError } from "./parser_error.ts";

const { usage } = or(
  command(
    "bench",
    object({
      sizes: option("--sizes", string()),
      batch: option("--batch", string()),
      out: option("--out", string()),
    }),
  ),
  command("compare", argument(string({ metavar: "A" }))),
  command("data", or(command("get", object({})), command("check", object({})))),
);

const told = (text: string, ...args: string[]) => {
  const { message, hint } = parserError(text, args, usage);
  return `${message} | ${hint}`;
};

test("an unknown command is reported with the nearest one, and with the help that lists all", () => {
  const text = "Error: Unexpected option or subcommand: `bensh`.\n\nDid you mean `bench`?";
  assert.equal(
    told(text, "bensh"),
    'Cannot run `slope bensh`: there is no such command; did you mean "bench"?' +
      ` | \`${ownProgram()} --help\` lists the commands`,
  );
  assert.equal(
    told("Error: Unexpected option or subcommand: `chekc`.", "data", "chekc"),
    'Cannot run `slope data chekc`: there is no such command; did you mean "check"?' +
      ` | \`${ownCommand("data")} --help\` lists the commands`,
  );
  assert.match(told("Error: No matching command found.", "data"), /no command is named/);
});

test("an unknown option is reported with the nearest one of its command; a value is not mistaken for one", () => {
  const text = (word: string) =>
    `\x1b[1mError:\x1b[0m Unexpected option or subcommand: \`${word}\`.`;
  assert.equal(
    told(text("--sixes"), "bench", "--out", "--odd", "--sixes=3"),
    'Cannot use --sixes: `slope bench` has no such option; did you mean "--sizes"?' +
      ` | \`${ownCommand("bench")} --help\` lists its options`,
  );
  assert.match(told(text("--frobnicate"), "bench", "--frobnicate"), /no such option \|/);
});

test("the name of a plan's field leads to its option", () => {
  for (const word of ["--batchSizes", "--batch-sizes", "--batchSize"]) {
    assert.match(
      told(`Error: Unexpected option or subcommand: \`${word}\`.`, "bench", word, "10"),
      /did you mean "--batch"\?/,
    );
  }
});

test("missing and surplus arguments are reported in our words, everything else in the parser's", () => {
  assert.match(
    told("Error: Expected a `A`, but too few arguments.", "compare"),
    /^Cannot run `slope compare`: A is missing \| `.* compare --help`/,
  );
  assert.match(
    told("Error: Unexpected option or subcommand: `b`.", "compare", "a", "b"),
    /^Cannot use "b": `slope compare` takes no more arguments/,
  );
  assert.match(
    told('Error: `--sizes`: Cannot use "x":\n expected y.', "bench", "--sizes", "x"),
    /^`--sizes`: Cannot use "x": expected y\. \| `.* bench --help`/,
  );
  assert.ok(isError("\x1b[31mError:\x1b[0m x") && !isError("Usage: slope"));
});
