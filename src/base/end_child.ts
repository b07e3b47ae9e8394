import type { ChildProcess } from "node:child_process";
import process from "node:process";

/** Whether a process can be started as the first of a group, whose other processes then end with it. */
export const HAS_GROUPS = process.platform !== "win32";

/** Closes the pipes of a process some time after it has ended: what it left running may hold them open for ever. */
export function closePipesAfterExit(child: ChildProcess, ms: number): void {
  child.once("exit", () => {
    const timer = setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, ms);
    child.once("close", () => clearTimeout(timer));
  });
}

/** Sends a signal to a process that was started with `detached: HAS_GROUPS`, and to all that it started. */
export function signalGroup(child: ChildProcess, signal: "SIGINT" | "SIGKILL"): void {
  if (child.pid === undefined) return;
  try {
    if (HAS_GROUPS) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch (error) {
    // The group has gone; or Deno, where it may start only some commands, lets a process signal only its own children.
    if ((error as { code?: string }).code !== "ESRCH") child.kill(signal);
  }
}
