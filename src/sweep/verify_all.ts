import type { TrialRecord } from "../format/trial_record.ts";
import { runTrial, skippedTrial } from "../trial/run_trial.ts";
import { type OnLog, prepareSweep, type Setup } from "./prepared_sweep.ts";

/** Verifies every cell of a plan once, in fresh processes, without timing. Returns the records made before `signal`. */
export async function verifyAll(
  setup: Setup,
  onRecord: (record: TrialRecord) => void,
  signal?: AbortSignal,
  onLog?: OnLog,
): Promise<TrialRecord[]> {
  const prepared = await prepareSweep(setup, signal, onLog);
  const records: TrialRecord[] = [];
  try {
    for (const cell of prepared.cells) {
      const reason = prepared.unavailable(cell);
      const record = reason === undefined
        ? await runTrial(prepared.trial(cell, 1, 0, {}))
        : skippedTrial(cell, 1, reason);
      if (record === undefined) break;
      records.push(record);
      onRecord(record);
    }
  } finally {
    await prepared.close();
  }
  return records;
}
