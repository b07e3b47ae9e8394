import { join } from "node:path";
import { messageOf } from "../base/errors.ts";
import { identify, type Runtime } from "../trial/runtimes.ts";
import { SAFE_PATH } from "../trial/safe_path.ts";

/** A command that is no Python, and what became of the attempt to start it. */
export interface NoPython {
  readonly command: string;
  readonly message: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Commands to try: the one given or $SLOPE_PYTHON or the active virtual environment alone, else the first Python on PATH,
 * then the system's.
 */
export function pythonCommands(environment: Environment, given?: string): string[] {
  const { SLOPE_PYTHON, VIRTUAL_ENV } = environment;
  const alone = given ?? (SLOPE_PYTHON || (VIRTUAL_ENV && join(VIRTUAL_ENV, "bin", "python")));
  return alone ? [alone] : ["python3", "/usr/bin/python3"];
}

/** The Python behind a command. */
export async function findPython(
  command: string,
  signal?: AbortSignal,
): Promise<Runtime | NoPython> {
  const code = SAFE_PATH + "import json, platform; " +
    "print(json.dumps({'path': sys.executable, 'version': platform.python_version()}))";
  try {
    return { name: "python", ...await identify(command, ["-c", code], 20_000, signal) };
  } catch (error) {
    const isMissing = (error as { code?: unknown }).code === "ENOENT";
    return { command, message: isMissing ? "not found" : lastLine(messageOf(error)) };
  }
}

/** Node puts the command line before what the command itself said. */
const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";
