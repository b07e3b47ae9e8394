import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { InputError, messageOf } from "../base/errors.ts";
import { writeFileAtomic } from "../base/files.ts";
import type { RunFile } from "./plan.ts";

/**
 * Copies the plug-in files into the run's folder, so that it stays known what was measured and can be measured
 * again. Files that a plug-in imports are not copied: a plug-in is one file.
 */
export async function keepPlugins(
  paths: readonly string[],
  folder: string,
): Promise<NonNullable<RunFile["plugins"]>> {
  const kept: NonNullable<RunFile["plugins"]> = [];
  for (const [index, path] of paths.entries()) {
    const content = await readFile(path).catch((error) => {
      throw new InputError(`Cannot read plug-in "${path}": ${messageOf(error)}`, "check the path");
    });
    // The number keeps two files of one name apart.
    const copy = join("plugins", `${index + 1}-${basename(path)}`);
    await writeFileAtomic(join(folder, copy), content);
    const sha256 = createHash("sha256").update(content).digest("hex");
    kept.push({ path, sha256, copy });
  }
  return kept;
}

/** Where the run's folder keeps the file that lay at `path`. */
export function keptPlugin({ plugins = [] }: RunFile, folder: string, path?: string) {
  const kept = plugins.find((one) => one.path === path);
  return kept && join(folder, kept.copy);
}
