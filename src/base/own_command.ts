import { IS_PACKAGE } from "./own_files.ts";
import { CURRENT_RUNTIME, type CurrentRuntime } from "./runtime.ts";

const STARTS: Record<CurrentRuntime, string> = {
  deno: "deno task",
  bun: "bun run",
  node: "node src/main.ts",
};

/** How someone who has installed the package starts it, whatever runs it. */
const INSTALLED = "slope";

/**
 * A command of Slope as someone who uses this runtime types it: "bench" → "bun run bench"; with the package, "slope
 * bench".
 */
export const commandIn = (
  runtime: CurrentRuntime,
  command: string,
  isPackage = IS_PACKAGE,
): string => `${isPackage ? INSTALLED : STARTS[runtime]} ${command}`;

/** A command of Slope as the user who reads this types it. */
export const ownCommand = (command: string): string => commandIn(CURRENT_RUNTIME.name, command);

/** The same without a command: "deno task slope", of which the help lists the commands. */
export const ownProgram = (): string =>
  IS_PACKAGE ? INSTALLED : CURRENT_RUNTIME.name === "node" ? STARTS.node : ownCommand("slope");

/** A file of Slope as the user finds it: of the package, its folder is in some node_modules. */
export const ownFile = (path: string): string =>
  IS_PACKAGE ? `node_modules/slope-bench/${path}` : path;
