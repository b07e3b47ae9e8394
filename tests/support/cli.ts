import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Terminal } from "../../src/base/terminal.ts";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import { SLOPE_VERSION } from "../../src/base/version.ts";
import { runCommand } from "../../src/cli/run_command.ts";
import { syntheticDigits } from "../../src/data/synthetic.ts";
import { readJournal } from "../../src/sweep/journal.ts";
import type { TrialRecord } from "../../src/format/trial_record.ts";
import { writeIdxSet } from "./idx.ts";
import "./given_data.ts";

export const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number | undefined;
  readonly ended: Promise<Ended>;
  kill(signal: "SIGINT" | "SIGKILL"): void;
  /** What it printed so far. */
  output(): string;
  /** What it printed to standard error so far. */
  errors(): string;
  /** Resolves when standard error holds this text, or the process has ended. */
  says(text: string): Promise<void>;
}

/** What starts the command line as a user does: under Deno with the permissions of the task of that name. */
export function commandLine(args: readonly string[]): [string, string[]] {
  const main = join(PROJECT, "src/main.ts");
  switch (CURRENT_RUNTIME.name) {
    case "deno": {
      const { tasks } = JSON.parse(readFileSync(join(PROJECT, "deno.json"), "utf8"));
      const task = tasks[args[0]] ?? tasks.slope;
      const flags = (task.command as string).split(" ").filter((word) => word.startsWith("--"));
      return [process.execPath, ["run", ...flags, main, ...args]];
    }
    case "bun":
      return [process.execPath, ["--no-install", main, ...args]];
    case "node":
      return [process.execPath, [main, ...args]];
  }
}

/** Starts `slope <args>` in a process of its own, with this runtime. */
export const startSlope = (args: readonly string[], env: Record<string, string> = {}): Running =>
  startProcess(...commandLine(args), env);

/** Starts a command in the folder of the project. */
export function startProcess(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Running {
  const child = spawn(command, args, {
    cwd: PROJECT,
    env: { ...process.env, NO_COLOR: "1", SLOPE_DATA: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const waiting: { text: string; resolve: () => void }[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text);
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    waiting.filter((one) => stderr.includes(one.text)).forEach((one) => one.resolve());
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => {
      waiting.forEach((one) => one.resolve());
      // Deno reports an exit code above 128 as the signal that it stands for in a shell.
      const meant = signal === "SIGINT" ? 130 : code;
      resolve({ code: meant, signal, stdout, stderr });
    });
  });
  return {
    pid: child.pid,
    ended,
    output: () => stdout,
    errors: () => stderr,
    kill: (signal) => void child.kill(signal),
    says: (text) =>
      new Promise((resolve) => {
        if (stderr.includes(text)) resolve();
        else waiting.push({ text, resolve });
      }),
  };
}

/** Runs `slope <args>` to its end. */
export async function slope(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  return await startSlope(args, env).ended;
}

/**
 * Runs `slope <args>` in this process, in a tenth of the time: for what it prints and its exit code. Processes that it
 * starts are real.
 */
export async function slopeHere(
  args: readonly string[],
  { width = 100 }: { width?: number } = {},
): Promise<Pick<Ended, "code" | "stdout" | "stderr">> {
  const [out, notes]: [string[], string[]] = [[], []];
  const keep = (lines: string[]) => (line: string) => void lines.push(line + "\n");
  const terminal: Terminal = {
    out: keep(out),
    note: keep(notes),
    width,
    color: false,
    live: false,
  };
  // Tests that run at the same time share their variables: no other can be set here.
  process.env.SLOPE_DATA = "";
  const code = await runCommand(args, terminal, new AbortController().signal);
  return { code, stdout: out.join(""), stderr: notes.join("") };
}

/** Asserts that `slope <args>` is refused: exit code 2, a message of this kind, and no stack trace. */
export async function refuses(
  args: readonly string[],
  pattern: RegExp,
  env: Record<string, string> = {},
): Promise<void> {
  assertRefused(await slope(args, env), pattern);
}

/** The same without a process. */
export async function refusesHere(
  args: readonly string[],
  pattern: RegExp,
): Promise<void> {
  assertRefused(await slopeHere(args), pattern);
}

function assertRefused({ code, stderr }: Pick<Ended, "code" | "stderr">, pattern: RegExp): void {
  assert.equal(code, 2, stderr);
  assert.match(stderr, pattern);
  assert.doesNotMatch(stderr, /\n\s+at /);
}

/** The commit that is checked out here, or undefined without a git repository. */
export function committed(): string | undefined {
  try {
    return execFileSync("git", ["-C", PROJECT, "rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}

/** Environment without Python: asking whether the peers in Python can run costs seconds. */
export const NO_PYTHON = { SLOPE_PYTHON: "/nowhere/to/be/found" };

/** { sizes: "200" } → ["--sizes", "200"]; a value of "" makes a flag. */
export function flags(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(options).flatMap(([name, value]) =>
    value === "" ? [`--${name}`] : [`--${name}`, value]
  );
}

/** Runs `body` with an empty folder that is removed afterwards. */
export async function withFolder(
  body: (folder: string) => void | Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "slope-test-"));
  try {
    await body(folder);
  } finally {
    // Windows refuses to remove a file that a process which has just ended had open.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** A folder with 2,000 + 500 synthetic digits as IDX files; made once and kept for all test processes. */
export function smallData(): string {
  const folder = join(tmpdir(), `slope-test-data-${SLOPE_VERSION}-3`);
  if (existsSync(folder)) return folder;
  const made = mkdtempSync(`${folder}-`);
  writeIdxSet(made, {
    train: syntheticDigits(2000, 1, "train"),
    test: syntheticDigits(500, 1, "test"),
    rows: 28,
    columns: 28,
  });
  writeFileSync(join(made, "plan.json"), JSON.stringify(BRIEF_PLAN));
  try {
    renameSync(made, folder);
  } catch {
    rmSync(made, { recursive: true }); // another test process was quicker
  }
  return folder;
}

/** Three implementations that run everywhere, so that a new one changes no count in these tests. */
const BRIEF_PLAN = {
  implementations: ["naive_loop", "outer_product", "fused_typed"],
  maxSampleSeconds: 0.01,
  budgetSeconds: 600, // on the slowest machine no trial is skipped
};

/** A plan file with minimal sampling, for tests of everything but the figures. */
export const briefPlan = (): string => join(smallData(), "plan.json");

/** Writes a plug-in file and returns its path. */
export function writePlugin(folder: string, name: string, code: string): string {
  const path = join(folder, name);
  writeFileSync(path, code);
  return path;
}

/** The trials of the newest run in `out`. */
export function latestTrials(out: string): TrialRecord[] {
  return readJournal(join(out, "latest", "trials.jsonl")).trials;
}

/** Identifies a trial, to compare the trials of two runs. */
export const trialName = ({ cell, round, status }: TrialRecord): string =>
  `${cell.implementation} m=${cell.examples} B=${cell.batchSize} round ${round} ${status}`;
