import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Shard } from "../../format/shard.ts";

/** The name of the folder of a shard, always the same, so that it is found again. */
export const shardName = ({ index, count }: Shard): string => `shard-${index}-of-${count}`;

/** The folder of a shard in `out`. */
export const shardFolder = (out: string, shard: Shard): string => join(out, shardName(shard));

const NAME = /^shard-([1-9]\d*)-of-([1-9]\d*)$/;

/** The shards whose folders lie in `out`, by count and index; none where `out` cannot be listed. */
export function shardsIn(out: string): Shard[] {
  let entries;
  try {
    entries = readdirSync(out, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.filter((entry) => entry.isDirectory()).flatMap(({ name }) => {
    const [, index, count] = NAME.exec(name) ?? [];
    return index === undefined ? [] : [{ index: Number(index), count: Number(count) }];
  }).sort((a, b) => a.count - b.count || a.index - b.index);
}
