import { execFileSync, spawn, type SpawnOptions } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { SLOPE_VERSION } from "../../src/base/version.ts";
import { PROJECT } from "./cli.ts";
import { skipFor } from "./skips.ts";

const DIST = join(PROJECT, "dist");

/** The tarball that `deno task pack` made. Throws Error where there is none. */
export function tarball(): string {
  const path = join(DIST, `slope-bench-${SLOPE_VERSION}.tgz`);
  if (!existsSync(path)) throw new Error(`Cannot test the package: no ${path}; run deno task pack`);
  return path;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, as a terminal shows them. */
  readonly all: string;
}

/** Runs a program to its end. */
export function ended(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr, all] = ["", "", ""];
    child.stdout!.setEncoding("utf8").on("data", (text) => (stdout += text, all += text));
    child.stderr!.setEncoding("utf8").on("data", (text) => (stderr += text, all += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr, all }));
  });
}

/** npm installs these into a folder; the reason why it could not, if the registry cannot be reached. */
export function npmInstall(folder: string, packages: readonly string[]): string | undefined {
  const flags = ["--no-audit", "--no-fund", "--loglevel=error"];
  try {
    execFileSync("npm", ["install", ...flags, ...packages], { cwd: folder, stdio: "pipe" });
    return undefined;
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? error);
    if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ENETUNREACH/.test(said)) {
      return "npm's registry cannot be reached";
    }
    throw new Error(`npm install ${packages.join(" ")}: ${said}`);
  }
}

/**
 * Installs the tarball as a user does, once: into an empty folder, after `npm init -y`. Returns that folder, or why it
 * cannot be.
 */
function installOnce(): { folder: string } | { skip: string } {
  const folder = join(DIST, "installed");
  const done = join(folder, "node_modules", ".package-lock.json");
  if (existsSync(done) && statSync(done).mtimeMs > statSync(tarball()).mtimeMs) return { folder };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync("npm", ["init", "-y"], { cwd: folder, stdio: "ignore" });
  const skip = npmInstall(folder, [tarball()]);
  return skip === undefined ? { folder } : { skip };
}

const INSTALLED = installOnce();

/** Options of tests that need the installed package. */
export const NEEDS_PACKAGE: { readonly skip?: string; readonly timeout: number } = {
  ..."skip" in INSTALLED && { skip: skipFor(INSTALLED.skip) },
  timeout: 300_000,
};

/** Makes a folder anew with hard links, which is quick. Whoever changes a file there must remove it first. */
function linkFiles(from: string, to: string): void {
  try {
    execFileSync("cp", ["-al", from, to], { stdio: "ignore" });
  } catch {
    cpSync(from, to, { recursive: true, verbatimSymlinks: true }); // another file system, or no such command
  }
}

/** Copies the packages of a project, so that npm may change them. */
export function ownPackages(folder: string): void {
  const [packages, linked] = [join(folder, "node_modules"), join(folder, "linked")];
  renameSync(packages, linked);
  cpSync(linked, packages, { recursive: true, verbatimSymlinks: true });
  rmSync(linked, { recursive: true });
}

export type Files = Readonly<Record<string, string>>;

/** Gives a project in which the package is installed and these files lie; the folder is removed afterwards. */
export async function inProject<T>(
  files: Files,
  act: (folder: string) => Promise<T>,
): Promise<T> {
  if ("skip" in INSTALLED) throw new Error(INSTALLED.skip);
  const folder = mkdtempSync(join(tmpdir(), "slope-project-"));
  try {
    for (const file of ["package.json", "package-lock.json"]) {
      cpSync(join(INSTALLED.folder, file), join(folder, file));
    }
    linkFiles(join(INSTALLED.folder, "node_modules"), join(folder, "node_modules"));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The variables of a user who has no checkout of Slope. */
export const userVariables = (more: Record<string, string> = {}): Record<string, string> => {
  const { PATH = "", HOME = tmpdir() } = process.env;
  return { PATH, HOME, NO_COLOR: "1", npm_config_update_notifier: "false", ...more };
};

/** The first program of this name on PATH that `fits`. */
export function onPath(
  name: string,
  fits: (path: string) => boolean = () => true,
): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path) && fits(path));
}

/** How each runtime starts the installed command. */
export const STARTS: Readonly<Record<string, readonly string[]>> = {
  node: ["npx", "slope"],
  bun: ["bunx", "--bun", "slope"],
  // As README states it.
  deno: [
    ...["deno", "run", "--no-prompt", "--allow-read", "--allow-write", "--allow-run"],
    ...["--allow-env", "--allow-sys", "npm:slope-bench"],
  ],
};

/** Runs the installed command in a project. */
export async function slopeIn(
  folder: string,
  args: readonly string[],
  { runtime = "node", env = {} }: {
    readonly runtime?: string;
    readonly env?: Record<string, string>;
  } = {},
): Promise<Ended> {
  const [command, ...words] = STARTS[runtime];
  return await ended(command, [...words, ...args], { cwd: folder, env: userVariables(env) });
}
