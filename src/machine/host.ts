import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import os from "node:os";
import { basename, dirname } from "node:path";
import { promisify } from "node:util";
import { readProc } from "../base/proc.ts";
import type { Environment } from "../format/plan.ts";

const run = promisify(execFile);

/** What decides a machine's speed; unknown is absent. */
export type Host = Omit<
  Environment,
  "runtimes" | "peers" | "gitCommit" | "codeSha256" | "slope"
>;

/** Describes this machine within some milliseconds. Caches are known on Linux only. */
export async function describeHost(): Promise<Host> {
  const load = os.loadavg();
  return {
    host: os.hostname(),
    os: `${os.type()} ${os.release()}`,
    ...availableHost(),
    memoryBytes: os.totalmem(),
    cachesBytes: await cacheSizes(),
    // Windows has no load average and reports zeros.
    ...(load.some((value) => value > 0) && { loadAverage: load }),
  };
}

/** What two runs must share for their times to be of one machine. */
export const availableHost = (): Pick<Host, "cpu" | "cores" | "arch"> => ({
  arch: os.arch(),
  cpu: cpuModel(),
  cores: availableCores(),
});

const cpuModel = (): string => os.cpus()[0]?.model.trim() || "unknown";

/** Threads that can run at once. */
export const availableCores = (): number =>
  Math.max(1, os.availableParallelism?.() ?? os.cpus().length);

/** Cores, of which each may run several threads; absent where the system does not tell. */
export async function physicalCores(): Promise<number | undefined> {
  const processors = (await readProc("/proc/cpuinfo") ?? "").split("\n\n");
  const places = processors.flatMap((text) => {
    const [socket, core] = ["physical id", "core id"].map((name) =>
      new RegExp(`^${name}\\s*: (\\d+)$`, "m").exec(text)?.[1]
    );
    return core === undefined ? [] : [`${socket}:${core}`];
  });
  return places.length === 0 ? undefined : new Set(places).size;
}

/**
 * The commit of the working tree around a file, with "-dirty" where tracked files were changed, or where it is not
 * tracked itself. Undefined outside a repository.
 */
export async function gitCommitOf(file: string): Promise<string | undefined> {
  const commit = await gitCommit(dirname(file));
  if (commit === undefined || commit.endsWith("-dirty")) return commit;
  const tracked = [
    ...GIT,
    "-C",
    dirname(file),
    "ls-files",
    "--error-unmatch",
    "--",
    basename(file),
  ];
  return await run("git", tracked, { timeout: 5000 }).then(() => commit, () => `${commit}-dirty`);
}

/**
 * The commit of the working tree around `folder`, with "-dirty" if tracked files were changed. Undefined, too, where the
 * repository names commands of its own: to compare files, git would run them, and the repository may be anybody's.
 */
export async function gitCommit(folder: string): Promise<string | undefined> {
  try {
    if (await hasOwnCommands(folder)) return undefined;
    const { stdout } = await run(
      "git",
      [...GIT, "-C", folder, "describe", "--always", "--abbrev=12", "--dirty", "--exclude=*"],
      { timeout: 5000 },
    );
    return stdout.trim() || undefined;
  } catch {
    return undefined; // no git, or no repository
  }
}

/** A repository may name a command that tells which files have changed. */
const GIT = ["-c", "core.fsmonitor=false"];

/** What Git LFS writes into the configuration of a repository (`git lfs install --local`). */
const LFS: Readonly<Record<string, string>> = {
  "filter.lfs.clean": "git-lfs clean -- %f",
  "filter.lfs.smudge": "git-lfs smudge -- %f",
  "filter.lfs.process": "git-lfs filter-process",
  "filter.lfs.required": "true",
};
const COMMANDS = String.raw`^(filter\..*|diff\..*\.command|diff\.external)$`;

/** Whether the repository itself, not the user, names commands that git runs to compare files. */
async function hasOwnCommands(folder: string): Promise<boolean> {
  const asked = ["-C", folder, "config", "--show-scope", "--null", "--get-regexp", COMMANDS];
  const told = await run("git", asked, { timeout: 5000 }).then(({ stdout }) => stdout, () => "");
  const words = told.split("\0"); // scope, name and value, scope, …
  return words.some((word, n) => {
    const [name, ...value] = word.split("\n");
    const isOfUser = /^(system|global|command)$/.test(words[n - 1] ?? "");
    return n % 2 === 1 && !isOfUser && LFS[name] !== value.join("\n");
  });
}

/** Levels of caches: their name in getconf, and their index in /sys. */
const CACHES = [
  ["l1d", "LEVEL1_DCACHE_SIZE", 0],
  ["l2", "LEVEL2_CACHE_SIZE", 2],
  ["l3", "LEVEL3_CACHE_SIZE", 3],
] as const;

/** Size of one cache of each level, from getconf (Linux, glibc), where 0 means unknown; else from /sys. */
async function cacheSizes(): Promise<Host["cachesBytes"]> {
  const told = await run("getconf", ["-a"], { timeout: 5000 }).catch(() => undefined);
  const sizes = await Promise.all(CACHES.map(async ([level, name, index]) => {
    const bytes = told === undefined
      ? await cacheSizeFromSys(index)
      : Number(new RegExp(`^${name}\\s+(\\d+)`, "m").exec(told.stdout)?.[1]);
    return bytes > 0 ? [[level, bytes]] : [];
  }));
  return Object.fromEntries(sizes.flat());
}

/** For systems without getconf, such as musl's. In Deno this needs all permissions. */
async function cacheSizeFromSys(index: number): Promise<number> {
  const path = `/sys/devices/system/cpu/cpu0/cache/index${index}/size`;
  const size = (await readFile(path, "utf8").catch(() => "")).trim();
  return parseInt(size) * (size.endsWith("K") ? 1024 : size.endsWith("M") ? 2 ** 20 : 1);
}
