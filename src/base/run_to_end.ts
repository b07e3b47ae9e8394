import { spawn } from "node:child_process";
import { HAS_GROUPS, signalGroup } from "./end_child.ts";

/** How a command ended that did not end well. */
export class CommandFailed extends Error {
  /** ENOENT: there is no such command. */
  readonly code: string | number | undefined;
  readonly stderr: string;
  constructor(message: string, code: string | number | undefined, stderr: string) {
    super(message);
    this.name = "CommandFailed";
    this.code = code;
    this.stderr = stderr;
  }
}

interface RunOptions {
  /** After this time it is killed, with all that it started. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly cwd?: string | undefined;
  /** Absent: that of this process. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** What a command prints that reads no input. Throws CommandFailed, or the reason of `signal`, which ends it. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  { timeoutMs, signal, cwd, environment }: RunOptions,
): Promise<string> {
  signal?.throwIfAborted();
  return await new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      ...(cwd !== undefined && { cwd }),
      ...(environment && { env: environment }),
      stdio: ["ignore", "pipe", "pipe"],
      detached: HAS_GROUPS,
    });
    let [stdout, stderr] = ["", ""];
    let isLate = false;
    const end = (): void => signalGroup(child, "SIGKILL");
    const timer = setTimeout(() => {
      isLate = true;
      end();
    }, timeoutMs);
    signal?.addEventListener("abort", end, { once: true });
    child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text);
    child.stderr.setEncoding("utf8").on("data", (text: string) => stderr += text);
    child.on("exit", end); // what it left running may hold the pipes open
    const finish = (error?: CommandFailed): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      if (signal?.aborted) reject(signal.reason);
      else if (error) reject(error);
      else resolve(stdout);
    };
    child.on(
      "error",
      (error: Error & { code?: string }) =>
        finish(new CommandFailed(error.message, error.code, stderr)),
    );
    child.on("close", (code, name) => {
      if (code === 0) return finish();
      const how = isLate
        ? `it did not end within ${timeoutMs / 1000} s`
        : name === null
        ? `exit code ${code}`
        : `ended by ${name}`;
      finish(new CommandFailed(stderr.trim() || how, code ?? undefined, stderr));
    });
  });
}
