import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { HAS_GROUPS, signalGroup } from "../base/end_child.ts";
import type { Terminal } from "../base/terminal.ts";

/** A shell that is starting a command just then keeps the signal from it, so it is repeated. */
const REPEAT_MS = 2000;

/**
 * Runs a script of the shell, and passes on each line that it prints. When the signal is aborted, the script and
 * what it runs get SIGINT, as from Ctrl-C. Returns its exit code: 1 where a signal ended it. Throws the reason of a signal
 * that is aborted before.
 */
export async function runScript(
  path: string,
  { out, note }: Pick<Terminal, "out" | "note">,
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted();
  // A group of its own: a shell that waits for a command does not pass a signal on.
  const child = spawn("sh", [path], { stdio: ["ignore", "pipe", "pipe"], detached: HAS_GROUPS });
  const interrupt = (): void => signalGroup(child, "SIGINT");
  let repeat: ReturnType<typeof setInterval> | undefined;
  const stop = (): void => {
    interrupt();
    repeat ??= setInterval(interrupt, REPEAT_MS);
  };
  signal.addEventListener("abort", stop);
  // A terminal that is closed hangs up on its own group only.
  if (HAS_GROUPS) process.on("SIGHUP", stop);
  try {
    const printed = [[child.stdout, out], [child.stderr, note]] as const;
    const [code] = await Promise.all([
      once(child, "close").then(([code]) => (code as number | null) ?? 1),
      ...printed.map(([input, say]) => once(createInterface({ input }).on("line", say), "close")),
    ]);
    return code;
  } finally {
    clearInterval(repeat);
    signal.removeEventListener("abort", stop);
    if (HAS_GROUPS) process.off("SIGHUP", stop);
  }
}
