import type { RunFile } from "../format/plan.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import type { Summary } from "../format/summary.ts";

/** How long a run took, and how much of that was training and sampling. */
export function timeOfRun(
  sessions: RunFile["sessions"],
  trials: readonly TrialRecord[],
): Summary["time"] {
  const starts = sessions.map(({ startedAt }) => Date.parse(startedAt));
  let wallMs = 0;
  sessions.forEach(({ finishedAt }, i) => {
    // A session that was killed ends with the last trial that started in it.
    const end = finishedAt !== undefined
      ? Date.parse(finishedAt)
      : lastEndMs(trials, starts[i], starts[i + 1] ?? Infinity);
    wallMs += Math.max(0, end - starts[i]);
  });
  const wallNs = wallMs * 1e6;
  const measuredNs = trials.reduce((sum, trial) => sum + measuredIn(trial), 0);
  return { wallNs, measuredNs, measuredShare: wallNs > 0 ? measuredNs / wallNs : 0 };
}

/** End of the last trial that started in [from, until); `from` when there is none. */
function lastEndMs(trials: readonly TrialRecord[], from: number, until: number): number {
  let end = from;
  for (const { startedAt, durations } of trials) {
    const start = Date.parse(startedAt);
    if (start < from || start >= until) continue;
    end = Math.max(end, start + (durations?.wallNs ?? 0) / 1e6);
  }
  return end;
}

function measuredIn({ training, samplesNs }: TrialRecord): number {
  const trainNs = training?.epochs.reduce((sum, epoch) => sum + epoch.trainNs, 0) ?? 0;
  return trainNs + samplesNs.reduce((sum, ns) => sum + ns, 0);
}
