import { sumOf } from "../stats/statistics.ts";
import type { MergedShard, RunFile } from "../format/plan.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import type { Summary } from "../format/summary.ts";
import { shardOfRound } from "../sweep/shards/shard_rounds.ts";

/** How long a run took, and how much of that was training and sampling. Of shards: the time of all their nodes. */
export function timeOfRun(
  sessions: RunFile["sessions"],
  trials: readonly TrialRecord[],
  shards: readonly MergedShard[] = [],
): Summary["time"] {
  const spans = shards.length === 0
    ? sessionSpans(sessions, trials)
    : shards.flatMap((shard) =>
      sessionSpans(
        shard.sessions,
        trials.filter(({ round }) => shardOfRound(round, shard) === shard.index),
      )
    );
  const wallNs = sumOf(spans, ([start, end]) => end - start) * 1e6;
  const measuredNs = sumOf(trials, measuredIn);
  return { wallNs, measuredNs, measuredShare: wallNs > 0 ? measuredNs / wallNs : 0 };
}

/** Start and end of each session, in ms. One that was killed ends with the last trial that started in it. */
export function sessionSpans(
  sessions: RunFile["sessions"],
  trials: readonly TrialRecord[],
): (readonly [startMs: number, endMs: number])[] {
  const starts = sessions.map(({ startedAt }) => Date.parse(startedAt));
  return sessions.map(({ finishedAt }, i) => {
    const end = finishedAt !== undefined
      ? Date.parse(finishedAt)
      : lastEndMs(trials, starts[i], starts[i + 1] ?? Infinity);
    return [starts[i], Math.max(starts[i], end)] as const;
  });
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
