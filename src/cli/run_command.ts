import { or } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import type { Parser } from "@optique/core/parser";
import { command, constant } from "@optique/core/primitives";
import { run } from "@optique/run";
import { InputError, Interrupted, isInterruption } from "../base/errors.ts";
import type { Invocation, Terminal } from "../base/terminal.ts";
import { SLOPE_VERSION } from "../base/version.ts";
import { noteOtherVersion } from "./other_version.ts";
import { BRIEFS, type CommandName } from "./briefs.ts";

type Command = Parser<"sync", Invocation, unknown>;

/** A command that is named loads alone: the plots and the server of the others take longer to load than it runs. */
const COMMANDS: Record<CommandName, () => Promise<Command>> = {
  bench: async () => (await import("./bench.ts")).benchCommand,
  list: async () => (await import("./list.ts")).listCommand,
  verify: async () => (await import("./verify.ts")).verifyCommand,
  train: async () => (await import("./train.ts")).trainCommand,
  profile: async () => (await import("./profile.ts")).profileCommand,
  diagnose: async () => (await import("./diagnose.ts")).diagnoseCommand,
  compare: async () => (await import("./compare.ts")).compareCommand,
  merge: async () => (await import("./merge.ts")).mergeCommand,
  history: async () => (await import("./history.ts")).historyCommand,
  report: async () => (await import("./report.ts")).reportCommand,
  serve: async () => (await import("./serve.ts")).serveCommand,
  choose: async () => (await import("./choose.ts")).chooseCommand,
  data: async () => (await import("./data.ts")).dataCommand,
  config: async () => (await import("./config.ts")).configCommand,
  submit: async () => (await import("./submit.ts")).submitCommand,
  init: async () => (await import("./init.ts")).initCommand,
};

/** Values of options given without one, because the parser requires a value. `-h` is `--help`. */
const OMITTED_VALUES: Readonly<Record<string, string>> = {
  "--resume": "latest",
  "--null-twin": "auto",
  "--shard": "auto",
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

/** What a command that was interrupted comes to, unless it says more. */
const NOTHING_DONE = "nothing was finished; the same command starts anew";

/** Runs the command that `words` name (["bench", "--quick"]) and returns the exit code. It throws nothing. */
export async function runCommand(
  words: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  try {
    const command = await parse(withOmittedValues(words), terminal);
    noteOtherVersion(terminal);
    const code = await command(terminal, signal);
    return signal.aborted ? EXIT.interrupted : code;
  } catch (error) {
    if (error instanceof Ended) return error.code;
    if (error instanceof InputError) {
      await tell(error, terminal);
      return EXIT.input;
    }
    if (signal.aborted || isInterruption(error)) {
      const what = error instanceof Interrupted ? error.message : NOTHING_DONE;
      terminal.note(`interrupted: ${what}`);
      return EXIT.interrupted;
    }
    terminal.note(`defect of Slope: ${error instanceof Error ? error.stack : String(error)}`);
    return EXIT.defect;
  }
}

async function parse(args: readonly string[], terminal: Terminal): Promise<Invocation> {
  const parser = await parserFor(args);
  const told: string[] = [];
  try {
    return await run(parser, {
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
      stderr: (text) => told.push(text),
      onExit: (code) => {
        throw new Ended(code);
      },
      usageLine: [{ type: "ellipsis" }], // each command shows its own usage
      commandList: "top-level",
    });
  } catch (error) {
    if (told.length > 0) {
      const { isError, parserError } = await import("./parser_error.ts");
      const complaint = told.find(isError);
      if (complaint) await tell(parserError(complaint, args, parser.usage), terminal);
    }
    throw error;
  }
}

/** What tells errors takes longer to load than a list of the commands takes to print. */
async function tell(error: InputError, terminal: Terminal): Promise<void> {
  const { tellError } = await import("../report/tell_error.ts");
  tellError(error, terminal);
}

/** The parser of the command that is named, of all, or of their names alone, where only these are to be listed. */
async function parserFor([first, second]: readonly string[]): Promise<Command> {
  const names = Object.keys(COMMANDS) as CommandName[];
  const isCommand = (word: string | undefined): word is CommandName =>
    Object.hasOwn(COMMANDS, word ?? "");
  if (isCommand(first)) return await COMMANDS[first]();
  const isListed = first === undefined || first === "--help" || first === "--version" ||
    (first === "help" ? !isCommand(second) : first !== "completion" && !first.startsWith("-"));
  return or(
    ...isListed
      ? names.map((name) => command(name, constant(NOTHING), { brief: BRIEFS[name] }))
      : await Promise.all(names.map((name) => COMMANDS[name]())),
  );
}

/** A command of the list is not run. */
const NOTHING: Invocation = () => Promise.resolve(EXIT.defect);

function withOmittedValues(args: readonly string[]): string[] {
  return args.flatMap((arg, index) => {
    if (arg === "-h") return ["--help"];
    const next = args[index + 1];
    return Object.hasOwn(OMITTED_VALUES, arg) && (next === undefined || next.startsWith("-"))
      ? [arg, OMITTED_VALUES[arg]]
      : [arg];
  });
}
