import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** /proc/stat counts in USER_HZ, which Linux fixes at 100 for every architecture that Slope runs on. */
const NS_PER_TICK = 1e9 / 100;

/**
 * Nanoseconds since boot that the hypervisor gave to others, summed over the CPUs (`man 5 proc_stat`,
 * eighth figure of the first line); absent where there is no /proc/stat.
 */
export async function readStealNs(): Promise<number | undefined> {
  const text = await readProcStat();
  const figures = /^cpu +(.*)$/m.exec(text ?? "")?.[1].split(/\s+/);
  const steal = figures?.[7];
  return steal === undefined ? undefined : Number(steal) * NS_PER_TICK;
}

/**
 * Deno lets nothing short of all permissions read /proc/stat (it would tell keystroke timing); `cat`,
 * which the sweep may start, reads it in a millisecond, between trials.
 */
async function readProcStat(): Promise<string | undefined> {
  try {
    return await readFile("/proc/stat", "utf8");
  } catch {
    try {
      return (await run("cat", ["/proc/stat"], { timeout: 1000 })).stdout;
    } catch {
      return undefined;
    }
  }
}
