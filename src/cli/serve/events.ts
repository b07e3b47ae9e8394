import { join } from "node:path";
import type { SSEStreamingApi } from "hono/streaming";
import { median } from "../../base/statistics.ts";
import { type ListedRun, runRows } from "../../report/page/runs_page.ts";
import { journalTail } from "../../sweep/journal_tail.ts";
import { JOURNAL_FILE, readRunFile } from "../../sweep/run_folder.ts";
import { runState } from "../../sweep/run_state.ts";
import type { TrialRecord } from "../../trial/record.ts";

/** How often folders are looked at for something new. */
const LOOK_MS = 1000;

/** The rows of the list, whenever one is not as it was. */
export async function sendRuns(
  to: SSEStreamingApi,
  listRuns: () => readonly ListedRun[],
  ended: AbortSignal,
): Promise<void> {
  let before = runRows(listRuns());
  while (!to.aborted && !ended.aborted) {
    await to.sleep(LOOK_MS);
    const rows = runRows(listRuns());
    if (rows !== before) await to.writeSSE({ event: "runs", data: JSON.stringify(rows) });
    before = rows;
  }
}

/** A run's trials, those that are there and those to come, until its sweep ends. */
export async function sendTrials(
  to: SSEStreamingApi,
  folder: string,
  ended: AbortSignal,
): Promise<void> {
  const send = (event: string, data: unknown) => to.writeSSE({ event, data: JSON.stringify(data) });
  const newTrials = journalTail(join(folder, JOURNAL_FILE));
  let run = readRunFile(folder);
  const { startedAt } = run.sessions[run.sessions.length - 1];
  const there = newTrials();
  const alreadyDone = there.filter((trial) => trial.startedAt < startedAt).length;
  await send("run", { startedAt, alreadyDone });
  for (const trial of there) await send("trial", trialEvent(trial));
  let planned: number | undefined;
  while (!to.aborted && !ended.aborted) {
    // How many there will be is known when the sweep has begun.
    if (run.trials !== planned) await send("planned", run.trials);
    planned = run.trials;
    // Asked before the last look: what is written after the answer is not missed.
    const state = runState(run, folder);
    for (const trial of newTrials()) await send("trial", trialEvent(trial));
    if (state !== "running") {
      await to.writeSSE({ event: "end", data: state });
      return;
    }
    await to.sleep(LOOK_MS);
    run = readRunFile(folder);
  }
}

/** What a page that follows a sweep is told of a trial: little, because the sweep is measuring beside it. */
function trialEvent(trial: TrialRecord) {
  const { cell, status, round, reason, samplesNs, epochsPerSample } = trial;
  const label = [
    cell.implementation,
    cell.runtime,
    ...(cell.threads > 1 ? [`${cell.threads} threads`] : []),
    `B = ${cell.batchSize}`,
    ...(cell.copy === undefined ? [] : [cell.copy]),
  ].join(" · ");
  return {
    label,
    examples: cell.examples,
    round,
    status,
    ...(reason !== undefined && { reason }),
    ...(status === "ok" && epochsPerSample !== undefined && samplesNs.length > 0 && {
      nsPerExample: median(samplesNs) / epochsPerSample / cell.examples,
    }),
  };
}
