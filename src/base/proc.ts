import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * A file of /proc as text; undefined where it is not there. Deno lets nothing short of all permissions
 * read most of them; `cat`, which a sweep may start, reads them in about a millisecond.
 */
export async function readProc(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    try {
      return (await run("cat", [path], { timeout: 1000 })).stdout;
    } catch {
      return undefined;
    }
  }
}
