import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";

const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/**
 * Tells a process apart from a later one that has its number: the boot, and the clock ticks from then to its start.
 * Undefined where there is no such process, and where the system does not tell (all but Linux).
 */
export function processStart(pid: number): string | undefined {
  if (process.platform !== "linux") return undefined;
  const text = readTogether([BOOT_ID, `/proc/${pid}/stat`]);
  // The second field is a name in parentheses, which may itself hold blanks and parentheses.
  const fields = text?.slice(text.lastIndexOf(")") + 1).trim().split(/\s+/) ?? [];
  const ticks = fields[22 - 3]; // proc_pid_stat(5) counts from 1, and these begin with the third
  const bootId = text?.split("\n")[0].trim();
  return ticks && bootId ? `${bootId} ${ticks}` : undefined;
}

/** Deno reads these with all permissions alone; `cat`, which sweeps and `serve` may start, in some milliseconds. */
function readTogether(paths: readonly string[]): string | undefined {
  try {
    return paths.map((path) => readFileSync(path, "utf8")).join("");
  } catch {
    try {
      return execFileSync("cat", paths, {
        encoding: "utf8",
        timeout: 1000,
        stdio: ["ignore", "pipe", "ignore"],
      });
    } catch {
      return undefined;
    }
  }
}
