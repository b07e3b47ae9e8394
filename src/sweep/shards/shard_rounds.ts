import type { Shard } from "../../format/shard.ts";
import { roundsOf } from "../order_and_keys.ts";

/** The rounds of a plan that a shard measures: its own and every count-th after it; all without a shard. */
export const roundsOfShard = (rounds: number, shard: Shard | undefined): number[] =>
  roundsOf(rounds).filter((round) =>
    shard === undefined || shardOfRound(round, shard) === shard.index
  );

/** The index of the shard that measures a round. */
export const shardOfRound = (round: number, { count }: Pick<Shard, "count">): number =>
  (round - 1) % count + 1;
