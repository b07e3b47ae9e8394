import type { MergedShard, RunFile } from "../format/plan.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import type { Warning } from "../format/warning.ts";
import { roundsOfShard } from "../sweep/shards/shard_rounds.ts";
import { type sessionSpans, spansByShard } from "./run_time.ts";

/** What a reader must know of a run that is a shard, or was merged from shards. */
export function shardWarnings(run: RunFile, trials: readonly TrialRecord[]): Warning[] {
  const { shard, shards, plan } = run;
  if (shard !== undefined) {
    return [{ kind: "one-shard", ...shard, rounds: roundsOfShard(plan.rounds, shard) }];
  }
  if (shards === undefined) return [];
  const [{ count }] = shards;
  const found = new Set(shards.map(({ index }) => index));
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((one) => !found.has(one));
  const unfinished = shards.filter(isUnfinished);
  return [
    ...(missing.length > 0 ? [{ kind: "shards-missing" as const, indices: missing, count }] : []),
    ...(unfinished.length > 0
      ? [{
        kind: "shards-unfinished" as const,
        shards: unfinished.map(({ index, trials, planned, cutBytes }) => ({
          index,
          trials,
          ...(planned !== undefined && { planned }),
          ...(cutBytes !== undefined && { cutBytes }),
        })),
      }]
      : []),
    ...sharedMachines(shards, trials),
  ];
}

/** Whether trials of a shard are missing. */
export const isUnfinished = ({ trials, planned, sessions }: MergedShard): boolean =>
  planned === undefined ? sessions[sessions.length - 1].ended !== "complete" : trials < planned;

/** A time during which one shard was measured on one machine, in ms of that machine's clock. */
interface Span {
  readonly index: number;
  readonly host: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** The machines that measured two shards at once. */
function sharedMachines(shards: readonly MergedShard[], trials: readonly TrialRecord[]): Warning[] {
  const spans = [...spansByShard(shards, trials)].flatMap(([shard, of]) => spansOf(shard, of));
  return [...Map.groupBy(spans, ({ machine }) => machine).values()].flatMap((here): Warning[] => {
    const { indices, ms } = overlapOf(here);
    if (indices.length < 2) return [];
    return [{ kind: "shared-machine", host: here[0].host, shards: indices, forNs: ms * 1e6 }];
  });
}

/** Two names of one machine, as pods have them, share its boot. */
function spansOf(
  shard: MergedShard,
  spans: ReturnType<typeof sessionSpans>,
): (Span & { readonly machine: string })[] {
  return spans.map(([startMs, endMs], i) => {
    const { boot, environment = shard.environment } = shard.sessions[i];
    const { host } = environment;
    return { index: shard.index, host, machine: boot ?? host, startMs, endMs };
  });
}

/** Which shards ran while another did, and for how long two or more ran. */
function overlapOf(spans: readonly Span[]): { indices: number[]; ms: number } {
  const edges = [...new Set(spans.flatMap(({ startMs, endMs }) => [startMs, endMs]))]
    .sort((a, b) => a - b);
  const indices = new Set<number>();
  let ms = 0;
  for (const [i, from] of edges.slice(0, -1).entries()) {
    const to = edges[i + 1];
    const running = new Set(
      spans.filter(({ startMs, endMs }) => startMs <= from && endMs >= to).map(({ index }) =>
        index
      ),
    );
    if (running.size < 2) continue;
    running.forEach((index) => indices.add(index));
    ms += to - from;
  }
  return { indices: [...indices].sort((a, b) => a - b), ms };
}
