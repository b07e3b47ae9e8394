import os from "node:os";
import { hasProcess, processStart } from "../base/process_identity.ts";
import type { RunFile, Session } from "../format/plan.ts";

/** running: by a process of this machine that is there; interrupted: its last session ended before the plan did. */
export type RunState = "running" | "interrupted" | "finished";

/** What has become of a run. */
export function runState(run: RunFile): RunState {
  const last = run.sessions[run.sessions.length - 1];
  if (last.finishedAt === undefined) {
    return run.environment.host === os.hostname() && isAlive(last) ? "running" : "interrupted";
  }
  return isComplete(run) ? "finished" : "interrupted";
}

/** Whether the last session came to the end of the plan. */
export const isComplete = ({ sessions }: RunFile): boolean =>
  sessions[sessions.length - 1].ended === "complete";

/** Whether the process of this session is there, and not another one that got its number since. */
function isAlive({ pid, processStart: start }: Session): boolean {
  if (pid === undefined || !hasProcess(pid)) return false;
  const now = start === undefined ? undefined : processStart(pid);
  return now === undefined || now === start; // where the system does not tell, the number decides
}
