import assert from "node:assert/strict";
import { test } from "node:test";
import { ownIdentity } from "../base/process_identity.ts";
import { shardWarningText, watchedText } from "./shard_words.ts";

test("what shards lack is said with its numbers", () => {
  assert.equal(
    shardWarningText({ kind: "shards-missing", indices: [2, 4], count: 4 }),
    "Shards 2 and 4 of 4 are missing: the figures rest on the rounds of the others. " +
      "Measure them and merge again.",
  );
  assert.equal(
    shardWarningText({
      kind: "shards-unfinished",
      shards: [{ index: 1, trials: 5 }, { index: 3, trials: 1, planned: 12, cutBytes: 40 }],
    }),
    "Not complete: shard 1 (5 trials) and shard 3 (1 of 12 trials; 40 bytes of a cut record). " +
      "The same command goes on with them; then merge again.",
  );
  assert.match(
    shardWarningText({ kind: "one-shard", index: 1, count: 2, rounds: [1, 3, 5, 7, 9, 11] }),
    /^This is shard 1 of 2, with rounds 1, 3, … 11 alone/,
  );
  assert.match(
    shardWarningText({ kind: "one-shard", index: 2, count: 2, rounds: [2] }),
    /with round 2 alone/,
  );
});

test("many shards are named by their ranges, and very many by the first and the last", () => {
  const missing = (indices: number[]) =>
    shardWarningText({ kind: "shards-missing", indices, count: 1000 });
  assert.match(missing([2, 3, 4, 5, 7, 9, 10]), /^Shards 2–5, 7, 9 and 10 of 1000 are missing/);
  const odd = Array.from({ length: 500 }, (_, i) => 2 * i + 1);
  assert.match(missing(odd), /^Shards 1, 3, 5, 7, 9, 11, 13, 15, 17, … 999 \(500\) of 1000/);
  const shards = odd.map((index) => ({ index, trials: 1, planned: 2 }));
  assert.match(
    shardWarningText({ kind: "shards-unfinished", shards }),
    /, shard 19 \(1 of 2 trials\) and 490 more\. The same/,
  );
});

test("who has a shard is named while it is watched", () => {
  const holder = { ...ownIdentity(), pid: 7, host: "n3" };
  assert.match(watchedText({ holder, forMs: 30_000 }), /^process 7 on n3 has this shard; .* 30 s$/);
  assert.match(watchedText({ forMs: 30_000 }), /^another process has this shard/);
});
