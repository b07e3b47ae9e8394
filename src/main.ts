/** The command line: picks a command, runs it, and turns its outcome into an exit code. */
import process from "node:process";
import { message, or, type Parser } from "@optique/core";
import { run } from "@optique/run";
import { InputError } from "./base/errors.ts";
import { SLOPE_VERSION } from "./base/version.ts";
import { isError, parserError } from "./cli/parser_error.ts";
import { tellError } from "./report/tell_error.ts";
import { type Invocation, processTerminal, type Terminal } from "./base/terminal.ts";

type Command = Parser<"sync", Invocation, unknown>;

/** A command that is named loads alone: the plots and the server of the others take longer to load than it runs. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  bench: async () => (await import("./cli/bench.ts")).benchCommand,
  list: async () => (await import("./cli/list.ts")).listCommand,
  verify: async () => (await import("./cli/verify.ts")).verifyCommand,
  train: async () => (await import("./cli/train.ts")).trainCommand,
  profile: async () => (await import("./cli/profile.ts")).profileCommand,
  diagnose: async () => (await import("./cli/diagnose.ts")).diagnoseCommand,
  compare: async () => (await import("./cli/compare.ts")).compareCommand,
  history: async () => (await import("./cli/history.ts")).historyCommand,
  report: async () => (await import("./cli/report.ts")).reportCommand,
  serve: async () => (await import("./cli/serve.ts")).serveCommand,
  choose: async () => (await import("./cli/choose.ts")).chooseCommand,
  data: async () => (await import("./cli/data.ts")).dataCommand,
};

/** Values of options given without one, because the parser requires a value. `-h` is `--help`. */
const OMITTED_VALUES: Readonly<Record<string, string>> = {
  "--resume": "latest",
  "--null-twin": "auto",
};

/** Exit codes of every command. */
const EXIT = { input: 2, defect: 1, interrupted: 130 } as const;

const terminal = processTerminal();
const args = withOmittedValues(process.argv.slice(2));
const wanted = Object.hasOwn(COMMANDS, args[0] ?? "") ? [args[0]] : Object.keys(COMMANDS);
const parser = or(...await Promise.all(wanted.map((name) => COMMANDS[name]())));

const invocation: Invocation = run(parser, {
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
  stderr: (text) => isError(text) && tellError(parserError(text, args, parser.usage), terminal),
  onExit: (code) => process.exit(code),
  usageLine: [{ type: "ellipsis" }], // each command shows its own usage
  commandList: "top-level",
});

const interrupted = new AbortController();
let interruptedAt = 0;
process.on("SIGINT", () => {
  // A task runner repeats the signal that its whole process group got: a second one within a moment is the same
  // key press. A later one comes from a person who will not wait.
  if (!interrupted.signal.aborted) interruptedAt = performance.now();
  else if (performance.now() - interruptedAt > 300) process.exit(EXIT.interrupted);
  interrupted.abort();
});
process.on("SIGTERM", () => interrupted.abort());
// A reader that has enough (`slope list | head -1`) closes the pipe, which is no failure.
process.stdout.on("error", (error: { code?: string }) => {
  process.exit(error.code === "EPIPE" ? 0 : EXIT.defect);
});

process.exitCode = await finish(invocation, terminal);

async function finish(invoke: Invocation, terminal: Terminal): Promise<number> {
  try {
    const code = await invoke(terminal, interrupted.signal);
    return interrupted.signal.aborted ? EXIT.interrupted : code;
  } catch (error) {
    if (error instanceof InputError) {
      tellError(error, terminal);
      return EXIT.input;
    }
    if (interrupted.signal.aborted) return EXIT.interrupted;
    terminal.note(`defect of Slope: ${error instanceof Error ? error.stack : String(error)}`);
    return EXIT.defect;
  }
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
