import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Terminal } from "../base/terminal.ts";

/**
 * Runs a script of the shell, and passes on each line that it prints. When the signal is aborted, the script is asked
 * to end. Returns its exit code: 1 where a signal ended it.
 */
export async function runScript(
  path: string,
  { out, note }: Pick<Terminal, "out" | "note">,
  signal: AbortSignal,
): Promise<number> {
  const child = spawn("sh", [path], { stdio: ["ignore", "pipe", "pipe"] });
  const stop = () => void child.kill("SIGTERM");
  signal.addEventListener("abort", stop);
  try {
    const printed = [[child.stdout, out], [child.stderr, note]] as const;
    const [code] = await Promise.all([
      once(child, "close").then(([code]) => (code as number | null) ?? 1),
      ...printed.map(([input, say]) => once(createInterface({ input }).on("line", say), "close")),
    ]);
    return code;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
