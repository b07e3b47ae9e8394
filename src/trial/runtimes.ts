import process from "node:process";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf } from "../base/errors.ts";
import { known } from "../base/known.ts";
import { runToEnd } from "../base/run_to_end.ts";
import { IS_PACKAGE, slopeFolder } from "../base/own_files.ts";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import { nativeCacheFolder } from "../base/cache_folder.ts";
import { COMPILING, NATIVE_SOURCE } from "../gradients/native/compiled_library.ts";
import type { Need } from "../gradients/contract.ts";
import type { NoRuntime } from "../format/reason.ts";
import type { CellRuntime, RuntimeName } from "../format/trial_record.ts";
import type { Box } from "./box/bubblewrap.ts";
import type { Ranked } from "./ranks/ranked_command.ts";
import { packageFoldersOf, type PluginProject } from "./plugin_project.ts";

export interface Runtime {
  readonly name: CellRuntime;
  readonly version: string;
  readonly path: string;
}

export type FoundRuntime =
  | { readonly available: true; readonly runtime: Runtime }
  | { readonly available: false; readonly reason: NoRuntime };

/** Lowest version that runs Slope, as [major, minor]. */
const LOWEST: Record<RuntimeName, readonly [number, number]> = {
  deno: [2, 9],
  bun: [1, 4],
  node: [22, 18],
};

/**
 * Finds a runtime: the one of this process, the command of that name on PATH, or the path or npm version ("24.21.0")
 * that the user gave.
 */
export async function findRuntime(
  name: RuntimeName,
  given?: string,
  signal?: AbortSignal,
): Promise<FoundRuntime> {
  if (given === undefined && CURRENT_RUNTIME.name === name) {
    const { version } = CURRENT_RUNTIME;
    return { available: true, runtime: { name, version, path: process.execPath } };
  }
  const isVersion = given !== undefined && /^\d+(\.\d+){0,2}$/.test(given);
  const [command, ...before] = isVersion
    ? ["npx", "-y", `--package=${name}@${given}`, "--", name]
    : [given ?? name];
  const missing = (why: Pick<NoRuntime, "tooOld" | "message">): FoundRuntime => ({
    available: false,
    reason: { kind: "no-runtime", runtime: name, ...known({ given }), ...why },
  });
  try {
    const { path, version } = await identify(
      command,
      [...before, ...askArguments(name)],
      120_000,
      signal,
    );
    const [major, minor] = version.split(".").map(Number);
    const [lowMajor, lowMinor] = LOWEST[name];
    if (major < lowMajor || (major === lowMajor && minor < lowMinor)) {
      return missing({ tooOld: { version, lowest: `${lowMajor}.${lowMinor}` } });
    }
    return { available: true, runtime: { name, version, path } };
  } catch (error) {
    const isMissing = (error as { code?: unknown }).code === "ENOENT";
    return missing(isMissing ? {} : { message: messageOf(error).split("\n")[0] });
  }
}

/** The path and version that a program prints as the last line of its output. */
export async function identify(
  command: string,
  args: readonly string[],
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Pick<Runtime, "path" | "version">> {
  const stdout = await runToEnd(command, args, { timeoutMs, signal });
  const told = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
  const { path, version } = told;
  if (typeof path === "string" && typeof version === "string") return { path, version };
  throw new TypeError(`it answered ${stdout.trim()}`);
}

/** Arguments that make a runtime print its path and version; another program of this name has no such version. */
function askArguments(name: RuntimeName): string[] {
  const code = `console.log(JSON.stringify({ path: process.execPath, ` +
    `version: process.versions.${name} }))`;
  return name === "deno" ? ["eval", code] : ["-e", code];
}

/** What the process of a trial may use; only Deno enforces it. */
export interface Permissions {
  readonly read: readonly string[];
  readonly needs: readonly Need[];
  /** Native libraries to open, absolute paths. Absent: all if `needs` has "ffi", else none. */
  readonly libraries?: readonly string[];
  /** It compiles Slope's own C code and opens what was compiled. */
  readonly compiles?: true | undefined;
  /** It is started as several processes, of which this is the first. */
  readonly ranked?: Ranked | undefined;
  readonly inspector?: boolean;
  /** The project of a module plug-in, whose files and packages it imports. */
  readonly project?: PluginProject | undefined;
  /** It imports packages of its own, which read the environment and the system. */
  readonly packages?: true | undefined;
  /** It runs a plug-in that may be a stranger's; absent where the user trusts it. */
  readonly confinement?: Confinement | undefined;
  /** It starts a program in another language, with which it shares files in these folders. */
  readonly programWrites?: readonly string[];
}

/** What keeps plug-ins from the rest of the machine: the runtime's own permissions, and a box where there is one. */
export interface Confinement {
  readonly box?: Box;
  /** The program is a stranger's: folders that it names are not taken for its own. */
  readonly isStrict?: boolean;
}

/** The command line that runs `script` in `runtime` with these permissions only. */
export function commandFor(
  runtime: Runtime,
  script: string,
  permissions: Permissions,
): { command: string; args: string[] } {
  const { name, path: command } = runtime;
  switch (name) {
    case "bun":
      return { command, args: ["--no-install", script] };
    case "node":
      return {
        command,
        args: ["--disable-warning=ExperimentalWarning", ...nodeFlags(permissions), script],
      };
    case "python":
    case "program": // runs only behind a runtime
      return { command, args: ["-B", script] }; // no __pycache__ beside the program
    case "deno":
      return { command, args: ["run", "--quiet", ...denoFlags(permissions), script] };
  }
}

/** Node's permission model knows no network, and no inspector. */
function nodeFlags({ confinement, project, inspector, read }: Permissions): string[] {
  if (confinement === undefined || project === undefined || inspector) return [];
  const own = slopeFolder();
  const readable = [
    ...["src/", "kits/", "package.json"].map((name) => join(own, name)),
    ...packageFoldersOf(own),
    ...read,
  ];
  return [
    "--permission",
    "--allow-worker",
    "--disable-warning=SecurityWarning",
    ...["/proc/", ...readable].map((path) => `--allow-fs-read=${path}`),
  ];
}

function denoFlags(permissions: Permissions): string[] {
  const read = [
    "/proc/pressure/cpu",
    ...workerPrograms(permissions),
    ...(permissions.compiles ? [NATIVE_SOURCE, ...compiledFolders()] : []),
    ...permissions.read,
  ];
  return [
    "--no-prompt",
    ...(IS_PACKAGE ? ["--no-config", "--no-remote"] : []),
    ...(IS_PACKAGE || permissions.project || permissions.confinement ? LOCAL : ["--no-remote"]),
    ...(permissions.project ? projectFlags(permissions.project) : []),
    `--allow-read=${read.map(withoutComma).join(",")}`,
    ...ffiFlags(permissions),
    ...(permissions.compiles ? compilingFlags() : []),
    ...sysFlags(permissions),
    ...(permissions.packages ? ["--allow-env"] : []),
    ...(permissions.programWrites ? programFlags(permissions.programWrites) : []),
  ];
}

/**
 * Deno takes packages from the nearest node_modules of each file, as Node and Bun do, and not by Slope's own
 * configuration. Nothing is fetched.
 */
const LOCAL = ["--cached-only", "--no-lock", "--node-modules-dir=manual"];

/** The imports of a project's deno.json hold for its files alone. */
function projectFlags({ root, imports }: PluginProject): string[] {
  const scopes = { [pathToFileURL(join(root, "/")).href]: imports };
  const map = encodeURIComponent(JSON.stringify({ scopes }));
  return [
    "--unstable-detect-cjs",
    "--ignore-env", // packages look at variables such as NODE_ENV; they see none
    ...(Object.keys(imports).length > 0 ? [`--import-map=data:application/json,${map}`] : []),
  ];
}

/** Once, because of two such flags Deno heeds the one with names, which does not know "inspector". */
function sysFlags({ inspector, packages, project }: Permissions): string[] {
  if (inspector || packages) return ["--allow-sys"];
  return project ? ["--allow-sys=cpus,systemMemoryInfo,osRelease"] : [];
}

/** Deno must be able to read the program of a worker; Slope's are beside the implementations. */
function workerPrograms({ needs }: Permissions): string[] {
  return needs.includes("threads") ? [join(slopeFolder(), "src", "gradients")] : [];
}

/** Deno separates paths by commas, so that a library whose path has one cannot be allowed. */
function ffiFlags({ needs, libraries, compiles }: Permissions): string[] {
  if (libraries === undefined) return needs.includes("ffi") ? ["--allow-ffi"] : [];
  const nameable = [...libraries, ...(compiles ? compiledFolders() : [])]
    .filter((path) => !path.includes(","));
  return nameable.length > 0 ? [`--allow-ffi=${nameable.join(",")}`] : [];
}

/** Where compiled libraries lie; none where the home folder is unknown. */
function compiledFolders(): string[] {
  const folder = nativeCacheFolder(process.env);
  return folder === undefined ? [] : [folder];
}

const compilingFlags = (): string[] => [
  `--allow-run=${COMPILING.commands.join(",")}`,
  `--allow-env=${COMPILING.variables.join(",")}`,
  ...compiledFolders().map((folder) => `--allow-write=${withoutComma(folder)}`),
];

/** Slope's own code starts the program, which has the rights of the user all the same. */
function programFlags(writes: readonly string[]): string[] {
  return [
    "--allow-run",
    "--allow-env",
    ...(writes.length > 0 ? [`--allow-write=${writes.map(withoutComma).join(",")}`] : []),
  ];
}

/** Deno cannot escape a comma in a path, so that the nearest folder above without one is allowed. */
function withoutComma(path: string): string {
  return path.includes(",") ? withoutComma(dirname(path)) : path;
}
