import type { TrialRecord } from "../format/trial_record.ts";
import { runTrial, skippedTrial } from "../trial/run_trial.ts";
import { openWorkbench, type Setup } from "./trial_setup.ts";

/**
 * Verifies every cell of a plan once, each in a fresh process, and times nothing. Returns the records
 * of those that were reached before `signal`.
 */
export async function verifyAll(
  setup: Setup,
  onRecord: (record: TrialRecord) => void,
  signal?: AbortSignal,
): Promise<TrialRecord[]> {
  const workbench = await openWorkbench(setup, signal);
  const records: TrialRecord[] = [];
  try {
    for (const cell of workbench.cells) {
      const reason = workbench.unavailable(cell);
      const record = reason === undefined
        ? await runTrial(workbench.trial(cell, 1, 0, {}))
        : skippedTrial(cell, 1, reason);
      if (record === undefined) break;
      records.push(record);
      onRecord(record);
    }
  } finally {
    await workbench.close();
  }
  return records;
}
