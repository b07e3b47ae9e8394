import { join } from "node:path";
import type { Summary } from "../analysis/summary.ts";
import { writeFileAtomic } from "../base/files.ts";
import { FORMATS } from "./formats.ts";

/**
 * Renders a summary into the folder of its run, in the formats named (when none are, all that are not on demand). Each
 * file is written whole or not at all. Returns the paths, relative to the folder.
 */
export async function writeReports(
  folder: string,
  summary: Summary,
  formats?: readonly string[],
): Promise<string[]> {
  const written: string[] = [];
  for (const format of FORMATS) {
    if (!(formats ? formats.includes(format.name) : !format.onDemand)) continue;
    for (const { path, content } of await format.render(summary)) {
      await writeFileAtomic(join(folder, path), content);
      written.push(path);
    }
  }
  return written;
}
