import { timestamp } from "../base/clock.ts";
import { known } from "../base/known.ts";
import { ownIdentity } from "../base/process_identity.ts";
import type { HookRecord } from "../format/hook.ts";
import type { Environment, RunFile, Session } from "../format/plan.ts";
import type { Shard } from "../format/shard.ts";

/** A session that begins. That of a shard says on which machine, because another may resume it. */
export function newSession(
  startedAt: string,
  shard?: Shard,
  before?: Environment,
  now?: Environment,
): Session {
  const process = ownIdentity();
  if (shard === undefined) return { startedAt, process };
  const environment = before && now && !isSame(before, now) ? now : undefined;
  return { startedAt, process, ...known({ boot: process.boot, environment }) };
}

/** Whether two environments are of one machine with one software. */
function isSame(before: Environment, now: Environment): boolean {
  const text = ({ loadAverage: _, ...rest }: Environment) => JSON.stringify(rest);
  return text(before) === text(now);
}

/** The run with its last session ended now. */
export function finished(
  run: RunFile,
  ended: "complete" | "interrupted",
  hooks: readonly HookRecord[] = [],
): RunFile {
  const { process: _, ...begun } = run.sessions[run.sessions.length - 1];
  const last: Session = {
    ...begun,
    finishedAt: timestamp(),
    ended,
    ...(hooks.length > 0 && { hooks: [...hooks] }),
  };
  return { ...run, sessions: [...run.sessions.slice(0, -1), last] };
}
