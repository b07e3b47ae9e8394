import { sumOf } from "../stats/statistics.ts";
import type { RunFile } from "../format/plan.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import type { Summary } from "../format/summary.ts";

/** How long a run took, and how much of that was training and sampling. */
export function timeOfRun(
  sessions: RunFile["sessions"],
  trials: readonly TrialRecord[],
): Summary["time"] {
  const starts = sessions.map(({ startedAt }) => Date.parse(startedAt));
  const lengthsMs = sessions.map(({ finishedAt }, i) => {
    // A session that was killed ends with the last trial that started in it.
    const end = finishedAt !== undefined
      ? Date.parse(finishedAt)
      : lastEndMs(trials, starts[i], starts[i + 1] ?? Infinity);
    return Math.max(0, end - starts[i]);
  });
  const wallNs = sumOf(lengthsMs, (ms) => ms) * 1e6;
  const measuredNs = sumOf(trials, measuredIn);
  return { wallNs, measuredNs, measuredShare: wallNs > 0 ? measuredNs / wallNs : 0 };
}

/** End of the last trial that started in [from, until); `from` when there is none. */
function lastEndMs(trials: readonly TrialRecord[], from: number, until: number): number {
  const ends = trials.flatMap(({ startedAt, durations }) => {
    const start = Date.parse(startedAt);
    return start >= from && start < until ? [start + (durations?.wallNs ?? 0) / 1e6] : [];
  });
  return Math.max(from, ...ends);
}

const measuredIn = ({ training, samplesNs }: TrialRecord): number =>
  sumOf(training?.epochs ?? [], ({ trainNs }) => trainNs) + sumOf(samplesNs, (ns) => ns);
