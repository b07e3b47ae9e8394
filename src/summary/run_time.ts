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
    : [...spansByShard(shards, trials).values()].flat();
  const wallNs = sumOf(spans, ([start, end]) => end - start) * 1e6;
  const measuredNs = sumOf(trials, measuredIn);
  return { wallNs, measuredNs, measuredShare: wallNs > 0 ? measuredNs / wallNs : 0 };
}

/** Start and end of each session of each shard, in ms, from the trials of the whole run. */
export function spansByShard(
  shards: readonly MergedShard[],
  trials: readonly TrialRecord[],
): ReadonlyMap<MergedShard, ReturnType<typeof sessionSpans>> {
  const own = Map.groupBy(trials, ({ round }) => shardOfRound(round, shards[0]));
  return new Map(
    shards.map((one) => [one, sessionSpans(one.sessions, own.get(one.index) ?? [], one.host)]),
  );
}

/**
 * Start and end of each session, in ms. One that was killed ends with the last trial that started in it. Sessions of a
 * shard that began on the host `home` may have run on others, whose clocks differ: each is bounded by its own.
 */
export function sessionSpans(
  sessions: RunFile["sessions"],
  trials: readonly TrialRecord[],
  home?: string,
): (readonly [startMs: number, endMs: number])[] {
  const starts = sessions.map(({ startedAt }) => Date.parse(startedAt));
  const hosts = sessions.map(({ environment }) => environment?.host ?? home);
  const isSame = (i: number, other: number): boolean =>
    hosts[i] === hosts[other] ||
    sessions[i].boot !== undefined && sessions[i].boot === sessions[other].boot;
  return sessions.map(({ finishedAt }, i) => {
    const next = starts.find((_, other) => other > i && isSame(i, other));
    // Merged trials may have the name that their machine has in another shard, which is none of these hosts.
    const others = new Set(hosts.filter((_, other) => !isSame(i, other)));
    const own = trials.filter(({ node = home }) => !others.has(node));
    const end = finishedAt !== undefined
      ? Date.parse(finishedAt)
      : lastEndMs(own, starts[i], next ?? Infinity);
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
