import { message, or, type Parser } from "@optique/core";
import { run } from "@optique/run";
import { InputError } from "../base/errors.ts";
import type { Invocation, Terminal } from "../base/terminal.ts";
import { SLOPE_VERSION } from "../base/version.ts";
import { tellError } from "../report/tell_error.ts";
import { isError, parserError } from "./parser_error.ts";

type Command = Parser<"sync", Invocation, unknown>;

/** A command that is named loads alone: the plots and the server of the others take longer to load than it runs. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  bench: async () => (await import("./bench.ts")).benchCommand,
  list: async () => (await import("./list.ts")).listCommand,
  verify: async () => (await import("./verify.ts")).verifyCommand,
  train: async () => (await import("./train.ts")).trainCommand,
  profile: async () => (await import("./profile.ts")).profileCommand,
  diagnose: async () => (await import("./diagnose.ts")).diagnoseCommand,
  compare: async () => (await import("./compare.ts")).compareCommand,
  history: async () => (await import("./history.ts")).historyCommand,
  report: async () => (await import("./report.ts")).reportCommand,
  serve: async () => (await import("./serve.ts")).serveCommand,
  choose: async () => (await import("./choose.ts")).chooseCommand,
  data: async () => (await import("./data.ts")).dataCommand,
};

/** Values of options given without one, because the parser requires a value. `-h` is `--help`. */
const OMITTED_VALUES: Readonly<Record<string, string>> = {
  "--resume": "latest",
  "--null-twin": "auto",
};

/** Exit codes of every command. */
export const EXIT = { input: 2, defect: 1, interrupted: 130 } as const;

/** Thrown where the parser has printed all there is to say: help, a script for a shell, or what is wrong. */
class Ended extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`ended with code ${code}`);
    this.code = code;
  }
}

/** Runs the command that `words` name (["bench", "--quick"]) and returns the exit code. It throws nothing. */
export async function runCommand(
  words: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  try {
    const code = await (await parse(withOmittedValues(words), terminal))(terminal, signal);
    return signal.aborted ? EXIT.interrupted : code;
  } catch (error) {
    if (error instanceof Ended) return error.code;
    if (error instanceof InputError) {
      tellError(error, terminal);
      return EXIT.input;
    }
    if (signal.aborted) return EXIT.interrupted;
    terminal.note(`defect of Slope: ${error instanceof Error ? error.stack : String(error)}`);
    return EXIT.defect;
  }
}

async function parse(args: readonly string[], terminal: Terminal): Promise<Invocation> {
  const wanted = Object.hasOwn(COMMANDS, args[0] ?? "") ? [args[0]] : Object.keys(COMMANDS);
  const parser = or(...await Promise.all(wanted.map((name) => COMMANDS[name]())));
  return run(parser, {
    programName: "slope",
    args,
    brief: message`Which way of computing a gradient to use, how it scales, and why.`,
    help: "both",
    version: { value: SLOPE_VERSION, option: true },
    completion: "command",
    errorExitCode: EXIT.input,
    aboveError: "none", // the usage of all commands would bury the message
    colors: terminal.color, // of help, on standard output
    termWidth: terminal.width < 60 ? 8 : 26, // on narrow terminals, a description stands below its option
    stdout: (text) => terminal.out(text),
    stderr: (text) => isError(text) && tellError(parserError(text, args, parser.usage), terminal),
    onExit: (code) => {
      throw new Ended(code);
    },
    usageLine: [{ type: "ellipsis" }], // each command shows its own usage
    commandList: "top-level",
  });
}

function withOmittedValues(args: readonly string[]): string[] {
  return args.flatMap((arg, index) => {
    if (arg === "-h") return ["--help"];
    const next = args[index + 1];
    return Object.hasOwn(OMITTED_VALUES, arg) && (next === undefined || next.startsWith("-"))
      ? [arg, OMITTED_VALUES[arg]]
      : [arg];
  });
}
