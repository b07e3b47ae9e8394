import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Inputs } from "./inputs.ts";

const execute = promisify(execFile);

/** The folder of Slope itself, beside which the action lies. */
export const SLOPE = fileURLToPath(new URL("..", import.meta.url));

/** Runs git in a folder; returns its trimmed output. Rejects where git fails. */
export async function git(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout } = await execute("git", ["-C", folder, ...args], {
    env: { ...process.env, ...environment },
    maxBuffer: 2 ** 28,
  });
  return stdout.trim();
}

export const succeeds = (command: Promise<unknown>): Promise<boolean> =>
  command.then(() => true, () => false);

const main = join(SLOPE, "src", "main.ts");
const STARTS: Record<Inputs["runtime"], readonly [string, readonly string[]]> = {
  node: [process.execPath, [main]],
  deno: ["deno", ["run", "--no-prompt", "--quiet", "--allow-all", main]],
  bun: ["bun", ["--no-install", main]],
};

/** Runs a command of Slope in the folder of the inputs. What it notes goes to standard error as it comes. */
export function slope(
  { runtime, folder }: Inputs,
  args: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const [command, first] = STARTS[runtime];
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text);
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      process.stderr.write(text);
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 130, stdout, stderr }));
  });
}

/** Slope or the workflow is not as it should be, so that nothing can be judged. */
export class CannotMeasure extends Error {}

/** What a command said last: its error and its hint. */
export const lastLines = (text: string): string => text.trimEnd().split("\n").slice(-2).join("\n");
