import type { Warning } from "../format/warning.ts";
import type { Watched } from "../sweep/shards/shard_lock.ts";
import { counted, formatCount, formatDuration, formatWait, listed } from "./numbers.ts";

/** That a shard waits until it is known whether another machine measures it. */
export const watchedText = ({ holder, forMs }: Watched): string =>
  `${
    holder === undefined ? "another process" : `process ${holder.pid} on ${holder.host}`
  } has this shard; ` +
  `whether it is alive shows within ${formatWait(forMs * 1e6)}`;

const KINDS = ["one-shard", "shards-missing", "shards-unfinished", "shared-machine"] as const;
type ShardWarning = Extract<Warning, { readonly kind: (typeof KINDS)[number] }>;

/** Whether a warning is about the shards of a run, and so about all of its figures. */
export const isOfShards = (warning: Warning): warning is ShardWarning =>
  (KINDS as readonly string[]).includes(warning.kind);

export function shardWarningText(warning: ShardWarning): string {
  switch (warning.kind) {
    case "one-shard": {
      const { index, count, rounds } = warning;
      return `This is shard ${index} of ${count}, with ${roundsText(rounds)} alone: ` +
        "`merge` makes one run of all shards.";
    }
    case "shards-missing": {
      const { indices, count } = warning;
      return `${shardsText(indices)} of ${count} ${indices.length === 1 ? "is" : "are"} missing: ` +
        `the figures rest on the rounds of the others. Measure ${
          indices.length === 1 ? "it" : "them"
        } and merge again.`;
    }
    case "shards-unfinished": {
      const texts = warning.shards.map(({ index, trials, planned, cutBytes }) => {
        const of = planned === undefined
          ? counted(trials, "trial")
          : `${formatCount(trials)} of ${counted(planned, "trial")}`;
        const cut = cutBytes === undefined ? "" : `; ${counted(cutBytes, "byte")} of a cut record`;
        return `shard ${index} (${of}${cut})`;
      });
      const others = texts.length - MOST_SHARDS;
      const shown = others > 0
        ? [...texts.slice(0, MOST_SHARDS), `${formatCount(others)} more`]
        : texts;
      return `Not complete: ${listed(shown)}. The same command goes on with ${
        texts.length === 1 ? "it" : "them"
      }; then merge again.`;
    }
    case "shared-machine": {
      const { shards, host, forNs } = warning;
      return `${shardsText(shards)} did not have ${host} to themselves: for ${
        formatDuration(forNs)
      } two or ` +
        "more of them ran there at once, and slowed each other down. Give every shard a node of its own.";
    }
  }
}

const shardsText = (indices: readonly number[]): string =>
  indices.length === 1 ? `Shard ${indices[0]}` : `Shards ${indicesText(indices)}`;

/** "2 and 4", "2–5, 7 and 9"; of very many, the first and the last. */
function indicesText(indices: readonly number[]): string {
  const texts: string[] = [];
  for (let first = 0, next = 1; next <= indices.length; next++) {
    if (indices[next] === indices[next - 1] + 1) continue;
    const alike = indices.slice(first, next);
    texts.push(
      ...(alike.length > 2 ? [`${alike[0]}–${indices[next - 1]}`] : alike.map(String)),
    );
    first = next;
  }
  return texts.length <= MOST_SHARDS
    ? listed(texts)
    : `${texts.slice(0, MOST_SHARDS - 1).join(", ")}, … ${texts.at(-1)} (${
      formatCount(indices.length)
    })`;
}

/** "round 3", "rounds 2, 6 and 10", "rounds 1, 5, … 97". */
const roundsText = (rounds: readonly number[]): string => {
  const texts = rounds.map(String);
  if (texts.length === 1) return `round ${texts[0]}`;
  return `rounds ${
    texts.length <= MOST_LISTED
      ? listed(texts)
      : `${texts.slice(0, 2).join(", ")}, … ${texts.at(-1)}`
  }`;
};

const MOST_LISTED = 5;
/** More shards than this are not named: those that are to be measured again. */
const MOST_SHARDS = 10;
