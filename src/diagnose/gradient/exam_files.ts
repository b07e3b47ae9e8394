import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Dataset } from "../../data/dataset.ts";

/**
 * Writes a data set beside the files of another, where programs in other processes read and may write; returns it as it
 * is where the other has no files.
 */
export function withFiles(dataset: Dataset, given: Dataset): Dataset & Disposable {
  if (given.files === undefined) return { ...dataset, [Symbol.dispose]: () => {} };
  const folder = mkdtempSync(join(dirname(given.files.pixels), "exam-"));
  const files = { pixels: join(folder, "rows.pixels"), labels: join(folder, "rows.labels") };
  writeFileSync(files.pixels, dataset.pixels);
  writeFileSync(files.labels, dataset.labels);
  return {
    ...dataset,
    files,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
