import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Dataset } from "../../data/dataset.ts";

/**
 * Writes a data set beside the files of another, where programs in other processes read. A plug-in in this process may
 * not write and needs no files: then the data set is returned as it is.
 */
export function withFiles(dataset: Dataset, given: Dataset): Dataset & Disposable {
  const folder = given.files && writableBeside(given.files.pixels);
  if (folder === undefined) return { ...dataset, [Symbol.dispose]: () => {} };
  const files = { pixels: join(folder, "rows.pixels"), labels: join(folder, "rows.labels") };
  writeFileSync(files.pixels, dataset.pixels);
  writeFileSync(files.labels, dataset.labels);
  return {
    ...dataset,
    files,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function writableBeside(file: string): string | undefined {
  try {
    return mkdtempSync(join(dirname(file), "exam-"));
  } catch {
    return undefined;
  }
}
