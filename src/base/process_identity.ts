import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import os from "node:os";
import process from "node:process";
import { z } from "zod";
import { known } from "./known.ts";

const BOOT_ID = "/proc/sys/kernel/random/boot_id";
const PID_NAMESPACE = "/proc/self/ns/pid";

/** A process, and the place in which its number is valid. Optional fields are known on Linux only. */
export const ProcessIdentity = z.strictObject({
  platform: z.string(),
  host: z.string(),
  boot: z.string().exactOptional(),
  pidNamespace: z.string().exactOptional(),
  pid: z.int().positive(),
  /** See `processStart`. */
  start: z.string().exactOptional(),
});
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

export function ownIdentity(): ProcessIdentity {
  const { pid, platform } = process;
  const start = processStart(pid);
  const pidNamespace = platform === "linux" ? ownPidNamespace() : undefined;
  const boot = start?.split(" ")[0];
  return known({ platform, host: os.hostname(), boot, start, pidNamespace, pid });
}

/**
 * Whether a process is still there, as seen from `here`. Unknown wherever that cannot be proved: another machine, boot
 * or PID namespace (container) has its own process numbers.
 *
 * The kernel reuses the number of a PID namespace only once all its processes have ended.
 */
export function processState(
  other: ProcessIdentity,
  here: Omit<ProcessIdentity, "pid" | "start">,
): "alive" | "gone" | "unknown" {
  const isKnown = here.platform !== "linux" ||
    (here.boot !== undefined && here.pidNamespace !== undefined);
  const isHere = other.platform === here.platform && other.host === here.host &&
    other.boot === here.boot && other.pidNamespace === here.pidNamespace;
  if (!isKnown || !isHere) return "unknown";
  const isThere = hasProcess(other.pid);
  if (isThere === false) return "gone";
  const start = processStart(other.pid);
  // Where this process may not ask, /proc decides, if it shows the processes of others.
  if (isThere === undefined && start === undefined) {
    return processStart(1) === undefined ? "unknown" : "gone";
  }
  // Where the system does not tell starts, the number decides.
  return start !== undefined && other.start !== undefined && start !== other.start
    ? "gone"
    : "alive";
}

/** Whether some process, ours or not, has this number now; undefined where Deno may not ask. */
function hasProcess(pid: number): boolean | undefined {
  try {
    process.kill(pid, 0); // signal 0 only asks
    return true;
  } catch (error) {
    if ((error as { name?: string }).name === "NotCapable") return undefined;
    return (error as { code?: string }).code !== "ESRCH"; // EPERM: another user's
  }
}

/**
 * Distinguishes a process from a later one with its number: the boot, and the clock ticks from then to its start.
 * Undefined where there is no such process, and on systems other than Linux.
 */
export function processStart(pid: number): string | undefined {
  if (process.platform !== "linux") return undefined;
  const text = readTogether([BOOT_ID, `/proc/${pid}/stat`]);
  // The second field is a name in parentheses, which may itself hold blanks and parentheses.
  const fields = text?.slice(text.lastIndexOf(")") + 1).trim().split(/\s+/) ?? [];
  const ticks = fields[22 - 3]; // proc_pid_stat(5) counts from 1; these begin with the third
  const boot = text?.split("\n")[0].trim();
  return ticks && boot ? `${boot} ${ticks}` : undefined;
}

// Deno reads these files only with all permissions; `cat` and `readlink`, which sweeps and `serve` may start, do too.

function readTogether(paths: readonly string[]): string | undefined {
  try {
    return paths.map((path) => readFileSync(path, "utf8")).join("");
  } catch {
    return outputOf("cat", paths);
  }
}

function ownPidNamespace(): string | undefined {
  try {
    return readlinkSync(PID_NAMESPACE);
  } catch {
    return outputOf("readlink", [PID_NAMESPACE])?.trim();
  }
}

function outputOf(command: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(command, args, {
      encoding: "utf8",
      timeout: 1000,
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return undefined; // no such process, no /proc, or no permission: callers take it for unknown
  }
}
