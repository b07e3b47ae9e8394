import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import os from "node:os";
import { promisify } from "node:util";
import type { Environment } from "../format/plan.ts";

const run = promisify(execFile);

/** What decides a machine's speed; unknown is absent. */
export type Host = Omit<Environment, "runtimes" | "peers" | "gitCommit" | "slope">;

/** Describes this machine within some milliseconds. Caches are known on Linux only. */
export async function describeHost(): Promise<Host> {
  const cpus = os.cpus();
  const load = os.loadavg();
  return {
    host: os.hostname(),
    os: `${os.type()} ${os.release()}`,
    arch: os.arch(),
    cpu: cpus[0]?.model.trim() || "unknown",
    cores: availableCores(),
    memoryBytes: os.totalmem(),
    cachesBytes: await cacheSizes(),
    // Windows has no load average and reports zeros.
    ...(load.some((value) => value > 0) && { loadAverage: load }),
  };
}

/** Threads that can run at once. */
export const availableCores = (): number =>
  Math.max(1, os.availableParallelism?.() ?? os.cpus().length);

/** The commit of the working tree around `folder`, with "-dirty" if tracked files were changed. */
export async function gitCommit(folder: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(
      "git",
      ["-C", folder, "describe", "--always", "--abbrev=12", "--dirty", "--exclude=*"],
      { timeout: 5000 },
    );
    return stdout.trim() || undefined;
  } catch {
    return undefined; // no git, or no repository
  }
}

/** Size of one cache of each level, from getconf (Linux, glibc), where 0 means unknown. */
async function cacheSizes(): Promise<Host["cachesBytes"]> {
  let text = "";
  try {
    text = (await run("getconf", ["-a"], { timeout: 5000 })).stdout;
  } catch {
    return await cacheSizesFromSys();
  }
  const caches: Host["cachesBytes"] = {};
  for (const [key, name] of Object.entries(GETCONF_NAMES)) {
    const bytes = Number(new RegExp(`^${name}\\s+(\\d+)`, "m").exec(text)?.[1]);
    if (bytes > 0) caches[key as keyof Host["cachesBytes"]] = bytes;
  }
  return caches;
}

const GETCONF_NAMES = {
  l1d: "LEVEL1_DCACHE_SIZE",
  l2: "LEVEL2_CACHE_SIZE",
  l3: "LEVEL3_CACHE_SIZE",
} as const;

/** For systems without getconf, such as musl's. In Deno this needs all permissions. */
async function cacheSizesFromSys(): Promise<Host["cachesBytes"]> {
  const caches: Host["cachesBytes"] = {};
  const folder = "/sys/devices/system/cpu/cpu0/cache";
  for (const [key, index] of [["l1d", 0], ["l2", 2], ["l3", 3]] as const) {
    try {
      const size = (await readFile(`${folder}/index${index}/size`, "utf8")).trim();
      const bytes = parseInt(size) * (size.endsWith("K") ? 1024 : size.endsWith("M") ? 2 ** 20 : 1);
      if (bytes > 0) caches[key] = bytes;
    } catch {
      // unknown stays absent
    }
  }
  return caches;
}
