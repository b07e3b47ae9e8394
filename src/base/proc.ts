import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * The text of a file of /proc; undefined where there is none. Deno needs all permissions for most of them, but a sweep
 * may start `cat`, which takes about a millisecond.
 */
export async function readProc(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    try {
      return (await run("cat", [path], { timeout: 1000 })).stdout;
    } catch {
      return undefined; // the process has ended, or there is no /proc: the figure stays absent
    }
  }
}
