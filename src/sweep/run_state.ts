import os from "node:os";
import { join } from "node:path";
import { hasProcess, processStart } from "../base/process_identity.ts";
import { countRecords } from "./journal.ts";
import type { RunFile, Session } from "../format/plan.ts";
import { JOURNAL_FILE } from "./run_folder.ts";

/** running: by a process of this machine that is there; interrupted: its last session ended before the plan did. */
export type RunState = "running" | "interrupted" | "finished";

/** What has become of the run in `folder`. Counts its records only where an old `run.json` does not say. */
export function runState(run: RunFile, folder: string): RunState {
  const last = run.sessions[run.sessions.length - 1];
  if (last.finishedAt === undefined) {
    return run.environment.host === os.hostname() && isAlive(last) ? "running" : "interrupted";
  }
  const recorded = () => countRecords(join(folder, JOURNAL_FILE));
  return isComplete(run, recorded) ? "finished" : "interrupted";
}

/**
 * Whether the last session came to the end of the plan. Runs of before sessions said so are complete when there are
 * as many records as the plan asks for, or when that is not known either.
 */
export function isComplete(run: RunFile, recorded: () => number): boolean {
  const { finishedAt, ended } = run.sessions[run.sessions.length - 1];
  if (finishedAt === undefined) return false;
  if (ended !== undefined) return ended === "complete";
  return run.trials === undefined || recorded() >= run.trials;
}

/** Whether the process of this session is there, and not another one that got its number since. */
function isAlive({ pid, processStart: start }: Session): boolean {
  if (pid === undefined || !hasProcess(pid)) return false;
  const now = start === undefined ? undefined : processStart(pid);
  return now === undefined || now === start; // where the system does not tell, the number decides
}
