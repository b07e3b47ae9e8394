import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { summarise } from "../../src/summary/summarise.ts";
import { htmlFormat } from "../../src/report/html.ts";
import type { RunFile } from "../../src/format/plan.ts";
import type { TrialRecord } from "../../src/format/trial_record.ts";
import { makeRun, makeTrials } from "./trials.ts";

const folder = mkdtempSync(join(tmpdir(), "slope-page-"));

/** Writes the page of a run and returns its address. */
export async function pageOfRun(
  name: string,
  run: RunFile,
  trials: readonly TrialRecord[],
): Promise<string> {
  const [{ content }] = await htmlFormat.render(summarise(run, trials, "run"), {
    name: "run",
    run,
    trials,
  });
  const path = join(folder, `${name}.html`);
  writeFileSync(path, content);
  return pathToFileURL(path).href;
}

/** The same of a made-up run of these implementations. */
export async function pageOf(
  name: string,
  implementations: readonly string[],
  change?: (trial: TrialRecord) => TrialRecord,
): Promise<string> {
  const run = makeRun({
    plan: { implementations: [...implementations], baseline: implementations[0] },
  });
  return await pageOfRun(name, run, makeTrials(run, change));
}

export const THREE = ["naive_loop", "outer_product", "fused_typed"];
