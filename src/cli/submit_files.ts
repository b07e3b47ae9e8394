import { join, resolve } from "node:path";
import { InputError } from "../base/errors.ts";
import type { Terminal } from "../base/terminal.ts";
import { wrapped } from "../report/terminal_style.ts";
import { runScript } from "../submit/run_script.ts";
import { type ScriptFile, SUBMIT_SCRIPT } from "../submit/submission.ts";
import { submissionTexts } from "../submit/submission_words.ts";
import { writeScripts } from "../submit/write_scripts.ts";
import { programOnPath } from "../sweep/program_command.ts";
import { fromHere } from "./configuration.ts";
import { print } from "./output.ts";
import type { SubmitOptions } from "./submit_options.ts";

export interface Prepared {
  readonly scheduler: string;
  /** The program that submits to it. */
  readonly tool: string;
  readonly files: readonly ScriptFile[];
  /** Where the merged run is. */
  readonly merged: string;
  /** What helps where the script that submits did not end well, and what becomes of an interrupted one. */
  readonly failed: string;
  readonly interrupted: string;
}

/** Writes or prints the files, and with `--now` runs the script that submits them. */
export async function submit(
  { out, now, dryRun, format, shards }: SubmitOptions,
  { scheduler, tool, files, merged, failed, interrupted }: Prepared,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  if (now && dryRun) {
    throw new InputError(
      "Cannot use --now and --dry-run at once: there would be nothing to submit",
      "leave one of the two out",
    );
  }
  const folder = join(resolve(out!), scheduler);
  if (dryRun) {
    const shown = files.map(({ name, text }) => ({ path: join(folder, name), text }));
    print(
      format,
      terminal,
      { files: shown },
      () => shown.flatMap(({ path, text }) => [`# ==> ${fromHere(path)} <==`, text]),
    );
    return 0;
  }
  if (now && programOnPath(tool) === undefined) {
    throw new InputError(
      `Cannot submit: there is no program "${tool}" on PATH`,
      `leave --now out, and run ${SUBMIT_SCRIPT} on a machine that has it`,
    );
  }
  const { written, kept } = await writeScripts(folder, files);
  const script = join(folder, SUBMIT_SCRIPT);
  const said: string[] = [];
  if (format === "text") {
    const told = {
      shards: shards!,
      script: fromHere(script),
      written: written.map(fromHere),
      kept: kept.map(fromHere),
    };
    submissionTexts(told, now)
      .flatMap((text) => wrapped(text, terminal, undefined, "  ")).forEach(terminal.out);
  }
  const code = now
    ? await runScript(script, {
      out: format === "text" ? terminal.out : (line) => void said.push(line),
      note: terminal.note,
    }, signal)
    : 0;
  if (format === "json") {
    terminal.out(JSON.stringify({ written, kept, ...(now && { submitted: said }) }, undefined, 2));
  }
  if (code !== 0 && signal.aborted) {
    terminal.note(`interrupted: ${interrupted}`);
    return 1;
  }
  if (code !== 0) {
    terminal.note(
      `error: ${fromHere(script)} ended with code ${code}; what it said stands above`,
    );
    terminal.note(`hint: ${failed}`);
    return 1;
  }
  if (now) terminal.note(`the merged run: ${merged}`);
  return 0;
}
