import type { HookRecord } from "../format/hook.ts";
import { formatDuration } from "./numbers.ts";

/** What became of a command of the user that failed. */
export function failedHookText(
  { hook, command, exitCode, signal, timedOut, message, lastNs }: HookRecord,
): string {
  const name = `--${hook} "${command}"`;
  if (message !== undefined) return `${name} cannot be started: ${message}`;
  if (timedOut) return `${name} was stopped after ${formatDuration(lastNs)} (--timeout)`;
  return `${name} ended with ${
    signal === undefined ? `exit code ${exitCode}` : `signal ${signal}`
  }`;
}
