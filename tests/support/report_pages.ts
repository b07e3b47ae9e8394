import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { summarise } from "../../src/summary/summarise.ts";
import { htmlFormat } from "../../src/report/html.ts";
import type { TrialRecord } from "../../src/format/trial_record.ts";
import { makeRun, makeTrials } from "./trials.ts";

const folder = mkdtempSync(join(tmpdir(), "slope-page-"));

/** Writes the page of a run of these implementations and returns its address. */
export async function pageOf(
  name: string,
  implementations: readonly string[],
  change?: (trial: TrialRecord) => TrialRecord,
): Promise<string> {
  const run = makeRun({
    plan: { implementations: [...implementations], baseline: implementations[0] },
  });
  const trials = makeTrials(run, change);
  const [{ content }] = await htmlFormat.render(summarise(run, trials, "run"), {
    name: "run",
    run,
    trials,
  });
  const path = join(folder, `${name}.html`);
  writeFileSync(path, content);
  return pathToFileURL(path).href;
}

export const THREE = ["naive_loop", "outer_product", "fused_typed"];
