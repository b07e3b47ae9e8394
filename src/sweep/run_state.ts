import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ownIdentity, processState } from "../base/process_identity.ts";
import type { RunFile } from "../format/plan.ts";

/** running: by a process that is there; interrupted: its last session ended before the plan did. */
export type RunState = "running" | "interrupted" | "finished";

/** What has become of the run in a folder. */
export function runState(run: RunFile, folder: string): RunState {
  const last = run.sessions[run.sessions.length - 1];
  if (last.finishedAt !== undefined) return isComplete(run) ? "finished" : "interrupted";
  if (last.process === undefined) return "interrupted";
  const state = processState(last.process, ownIdentity());
  if (state !== "unknown") return state === "alive" ? "running" : "interrupted";
  // Another container or machine may share the folder: nobody here sees its processes, but its trials arrive.
  const silentMs = Date.now() - lastChangeMs(folder);
  return silentMs < 1000 * run.plan.trialTimeoutSeconds ? "running" : "interrupted";
}

/** Whether the last session came to the end of the plan. */
export const isComplete = ({ sessions }: RunFile): boolean =>
  sessions[sessions.length - 1].ended === "complete";

/** When a file of the run was last written. */
const lastChangeMs = (folder: string): number =>
  Math.max(
    ...readdirSync(folder).map((file) =>
      statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0
    ),
  );
