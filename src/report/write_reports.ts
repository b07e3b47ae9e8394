import { join } from "node:path";
import type { Summary } from "../format/summary.ts";
import { writeFileAtomic } from "../base/files.ts";
import type { RawRun } from "./page/raw_run.ts";
import { FORMATS } from "./all_formats.ts";

/**
 * Renders a summary, and the run it was computed from, into the folder of the run, in the formats named (when none
 * are, all that are not on demand). Each file is written whole or not at all. Returns the paths, relative to the
 * folder.
 */
export async function writeReports(
  folder: string,
  summary: Summary,
  raw: RawRun,
  formats?: readonly string[],
): Promise<string[]> {
  const written = new Set<string>(); // two formats may have a plot in common
  for (const format of FORMATS) {
    if (!(formats ? formats.includes(format.name) : !format.onDemand)) continue;
    for (const { path, content } of await format.render(summary, raw)) {
      if (written.has(path)) continue;
      await writeFileAtomic(join(folder, path), content);
      written.add(path);
    }
  }
  return [...written];
}
