import { execFile } from "node:child_process";
import process from "node:process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { messageOf } from "../base/errors.ts";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import type { Need } from "../gradients/contract.ts";
import type { CellRuntime, RuntimeName } from "../format/trial_record.ts";

const run = promisify(execFile);

/** A runtime that was found and asked for its version. */
export interface Runtime {
  readonly name: CellRuntime;
  readonly version: string;
  /** Absolute path of its executable. */
  readonly path: string;
}

export type FoundRuntime =
  | { readonly available: true; readonly runtime: Runtime }
  | { readonly available: false; readonly name: RuntimeName; readonly reason: string };

/** Lowest version that runs the code, as [major, minor]. */
const LOWEST: Record<RuntimeName, readonly [number, number]> = {
  deno: [2, 9],
  bun: [1, 4],
  node: [22, 18],
};

const EXAMPLE_VERSION: Record<RuntimeName, string> = {
  deno: "2.9.6",
  bun: "1.4.5",
  node: "24.21.0",
};

/**
 * Finds a runtime: the one that runs this code, a command of that name on PATH, or what `given` says,
 * either a path or a version that npm delivers ("24.21.0").
 */
export async function findRuntime(name: RuntimeName, given?: string): Promise<FoundRuntime> {
  if (given === undefined && CURRENT_RUNTIME.name === name) {
    const { version } = CURRENT_RUNTIME;
    return { available: true, runtime: { name, version, path: process.execPath } };
  }
  const isVersion = given !== undefined && /^\d+(\.\d+){0,2}$/.test(given);
  const [command, ...before] = isVersion
    ? ["npx", "-y", `--package=${name}@${given}`, "--", name]
    : [given ?? name];
  try {
    const { stdout } = await run(command, [...before, ...askArguments(name)], { timeout: 120_000 });
    const answer = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
    const { path, version } = answer;
    if (typeof path !== "string" || typeof version !== "string") {
      throw new TypeError(`it answered ${stdout.trim()}`);
    }
    const [major, minor] = version.split(".").map(Number);
    const [lowMajor, lowMinor] = LOWEST[name];
    if (major < lowMajor || (major === lowMajor && minor < lowMinor)) {
      throw new RangeError(`it is version ${version}, expected ${lowMajor}.${lowMinor} or later`);
    }
    return { available: true, runtime: { name, version, path } };
  } catch (error) {
    const where = given === undefined ? `no usable "${name}" on PATH` : `"${given}"`;
    return {
      available: false,
      name,
      reason: `${where}: ${plain(error)}; name one with --runtime-path ` +
        `${name}=PATH, or ${name}=${EXAMPLE_VERSION[name]} to have it from npm`,
    };
  }
}

/** Arguments that make a runtime print where it lies and which version it is. */
function askArguments(name: RuntimeName): string[] {
  const code = `console.log(JSON.stringify({ path: process.execPath, ` +
    `version: process.versions.${name} }))`;
  // A runtime that is not what its name says has no such version and answers without one.
  return name === "deno" ? ["eval", code] : ["-e", code];
}

function plain(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  return code === "ENOENT" ? "not found" : messageOf(error).split("\n")[0];
}

/** What the process of a trial may touch; only Deno enforces it. */
export interface Permissions {
  /** Files and folders that it may read. */
  readonly read: readonly string[];
  readonly needs: readonly Need[];
  /** Native libraries that it may open, absolute paths. Left out: every one if `needs` has "ffi", else none. */
  readonly libraries?: readonly string[];
  /** Where it may look into itself, to see which functions run. */
  readonly inspector?: boolean;
  /** A peer also writes its gradients to these folders and has packages of its own beside its program. */
  readonly peerWrites?: readonly string[];
}

/** The command line that runs `script` in `runtime` with no more than these permissions. */
export function commandFor(
  runtime: Runtime,
  script: string,
  permissions: Permissions,
): { command: string; args: string[] } {
  switch (runtime.name) {
    case "deno":
      return {
        command: runtime.path,
        args: [
          "run",
          "--quiet",
          "--no-prompt",
          "--no-remote",
          `--allow-read=${
            ["/proc/pressure/cpu", ...workerPrograms(permissions), ...permissions.read]
              .map(withoutComma).join(",")
          }`,
          ...ffiFlags(permissions),
          // "inspector" is what it asks for, and no name that the flag knows.
          ...(permissions.inspector ? ["--allow-sys"] : []),
          ...(permissions.peerWrites ? peerFlags(permissions.peerWrites) : []),
          script,
        ],
      };
    case "bun":
      return { command: runtime.path, args: ["--no-install", script] };
    case "node":
      return {
        command: runtime.path,
        args: ["--disable-warning=ExperimentalWarning", script],
      };
    case "python":
      return { command: runtime.path, args: ["-B", script] }; // no __pycache__ beside the program
  }
}

/** Deno starts a worker only from a program that may be read; Slope's own lie beside the implementations. */
function workerPrograms({ needs }: Permissions): string[] {
  return needs.includes("threads")
    ? [fileURLToPath(new URL("../gradients/", import.meta.url))]
    : [];
}

/** A library whose path has a comma cannot be named to Deno, and is not allowed. */
function ffiFlags({ needs, libraries }: Permissions): string[] {
  if (libraries === undefined) return needs.includes("ffi") ? ["--allow-ffi"] : [];
  const nameable = libraries.filter((path) => !path.includes(","));
  return nameable.length > 0 ? [`--allow-ffi=${nameable.join(",")}`] : [];
}

/** Of a peer on Deno: its node_modules are npm's, made by `npm ci`, and not to be mended. */
function peerFlags(writes: readonly string[]): string[] {
  return [
    "--no-config",
    "--no-lock",
    "--node-modules-dir=manual",
    ...(writes.length > 0 ? [`--allow-write=${writes.map(withoutComma).join(",")}`] : []),
    "--allow-env",
    "--allow-sys",
  ];
}

/** Deno separates paths by commas and cannot escape one: the nearest folder above without one is allowed. */
function withoutComma(path: string): string {
  return path.includes(",") ? withoutComma(dirname(path)) : path;
}
