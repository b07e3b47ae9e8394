/** The command line: runs a command in this process, with its terminal, signals and exit code. */
import process from "node:process";
import { processTerminal } from "./base/terminal.ts";
import { EXIT, runCommand } from "./cli/run_command.ts";

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
  const code = interrupted.signal.aborted ? EXIT.interrupted : 0;
  process.exit(error.code === "EPIPE" ? code : EXIT.defect);
});
// Who reads the progress (`slope bench 2>&1 | tee log`) may end at Ctrl-C before what was measured is written.
process.stderr.on("error", () => interrupted.abort());

process.exitCode = await runCommand(process.argv.slice(2), processTerminal(), interrupted.signal);
