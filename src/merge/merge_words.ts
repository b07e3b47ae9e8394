import { counted } from "../report/numbers.ts";
import type { LeftOutShard } from "./read_shards.ts";

/** What is not merged, and why. */
export function leftOutShardText(one: LeftOutShard): string {
  switch (one.kind) {
    case "not-begun":
      return `${one.folder} is left out: nothing was measured in it`;
    case "damaged":
      return `${one.folder} is left out: ${one.error.message}`;
    case "twice":
      return `${one.folder} is the same shard as ${one.other}, and counts once`;
    case "repeated":
      return `${one.folder}: ${counted(one.records, "record")} repeated word for word ${
        one.records === 1 ? "counts" : "count"
      } once`;
  }
}
