import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import { cannotWrite } from "../base/files.ts";
import type { ScriptFile } from "./submission.ts";

/**
 * Writes files into a folder, and makes it. A file that is there already is kept if it has the same text. Throws
 * InputError, before anything is written, if one has another text: it may have been changed by hand.
 */
export async function writeScripts(
  folder: string,
  files: readonly ScriptFile[],
): Promise<{ readonly written: string[]; readonly kept: string[] }> {
  const placed = files.map((file) => {
    const path = join(folder, file.name);
    return { ...file, path, before: textOf(path) };
  });
  const other = placed.find(({ text, before }) => before !== undefined && before !== text);
  if (other !== undefined) {
    throw new InputError(
      `Cannot write ${other.path}: a file of another text is there, and submit overwrites nothing`,
      `remove the folder ${folder}, or choose another --out`,
    );
  }
  const missing = placed.filter(({ before }) => before === undefined);
  for (const { path, text, isExecutable } of missing) {
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(path, text, { flag: "wx", mode: isExecutable ? 0o755 : 0o644 });
    } catch (error) {
      throw cannotWrite(path, error, "name a folder that you may write to with --out");
    }
  }
  return {
    written: missing.map(({ path }) => path),
    kept: placed.filter((one) => !missing.includes(one)).map(({ path }) => path),
  };
}

/** Undefined where there is no such file. What cannot be read has another text. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as { code?: string };
    return code === "ENOENT" || code === "ENOTDIR" ? undefined : "";
  }
}
