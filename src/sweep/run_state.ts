import os from "node:os";
import process from "node:process";
import type { RunFile } from "./plan.ts";

/** running: by a process of this machine that is there; interrupted: its last session ended without an end. */
export type RunState = "running" | "interrupted" | "finished";

export function runState({ sessions, environment }: RunFile): RunState {
  const { finishedAt, pid } = sessions[sessions.length - 1];
  if (finishedAt !== undefined) return "finished";
  const isHere = environment.host === os.hostname();
  return isHere && pid !== undefined && isAlive(pid) ? "running" : "interrupted";
}

/** Signal 0 asks whether there is such a process, and does nothing to it. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}
