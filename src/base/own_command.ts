import { existsSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import process from "node:process";
import { IS_PACKAGE, slopeFolder } from "./own_files.ts";
import { CURRENT_RUNTIME, type CurrentRuntime } from "./runtime.ts";

const STARTS: Record<CurrentRuntime, string> = {
  deno: "deno task",
  bun: "bun run",
  node: "node src/main.ts",
};

/** How the package of a project is started, which is on no PATH. */
const OF_PROJECT = { bun: "bunx --bun slope", node: "npx slope" };

/**
 * How someone in the folder `here` starts the package that lies in `folder`: by its name where it is installed for all
 * projects. Deno takes it from its cache, or from the project; it may refuse to tell the folder.
 */
export function startOfPackage(
  runtime: CurrentRuntime,
  folder: string,
  here: () => string,
): string {
  if (runtime === "deno") return "deno run --allow-all npm:slope-bench";
  const project = /^(.*?[\\/])node_modules[\\/]/.exec(folder)?.[1];
  if (project === undefined) return "slope";
  // npx fetched it, for this command alone.
  if (/[\\/]_npx[\\/]/.test(project)) return "npx slope-bench";
  const within = relative(resolve(project), resolve(here()));
  return within.startsWith("..") || isAbsolute(within) ? "slope" : OF_PROJECT[runtime];
}

/** How the user starts the package; undefined in a checkout. */
const packageStart = (): string | undefined =>
  IS_PACKAGE ? startOfPackage(CURRENT_RUNTIME.name, slopeFolder(), process.cwd) : undefined;

/** A command of Slope as someone who uses this runtime types it: "bench" → "bun run bench"; with the package, as above. */
export const commandIn = (runtime: CurrentRuntime, command: string): string =>
  `${packageStart() ?? STARTS[runtime]} ${command}`;

/** A command of Slope as the user who reads this types it. */
export const ownCommand = (command: string): string => commandIn(CURRENT_RUNTIME.name, command);

/** The same without a command: "deno task slope", of which the help lists the commands. */
export const ownProgram = (): string =>
  packageStart() ??
    (CURRENT_RUNTIME.name === "node" ? STARTS.node : ownCommand("slope"));

/** A file of Slope as the user finds it: of the package, its folder is in some node_modules. */
export const ownFile = (path: string): string =>
  IS_PACKAGE ? `node_modules/slope-bench/${path}` : path;

/** What helps where a path leads to no file. Deno's tasks run in the project's folder, not where they are called. */
export function pathHint(path: string): string {
  if (path.includes("\uFFFD")) return "its name is not UTF-8: rename it";
  const here = process.cwd();
  const called = process.env.INIT_CWD ?? here;
  const meant = resolve(called, relative(here, resolve(path)));
  return called !== here && existsSync(meant)
    ? `paths start at ${here}: write ${relative(here, meant)}`
    : "check the path";
}
