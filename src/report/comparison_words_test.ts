import assert from "node:assert/strict";
import { test } from "node:test";
import { doubtText, ratioText } from "./comparison_words.ts";

test("a doubt names the figures that it rests on", () => {
  assert.equal(
    doubtText({ kind: "few-trials", trials: 3, comparisons: 56, needed: 6 }),
    "too few trials: 3 on a side, and 56 comparisons take 6",
  );
  assert.equal(
    doubtText({ kind: "many-comparisons", comparisons: 56 }),
    "significant alone, not after correcting for 56 comparisons",
  );
});

test("a known difference that may lie below the threshold is told with its size", () => {
  assert.equal(
    doubtText({ kind: "across-threshold", direction: "slower" }, [1.024, 1.052], 0.03),
    "slower by 2.4 to 5.2 %, perhaps below the 3.0 % threshold",
  );
  assert.equal(
    doubtText({ kind: "across-threshold", direction: "faster" }, [0.95, 0.98], 0.03),
    "faster by 2.0 to 5.0 %, perhaps below the 3.0 % threshold",
  );
});

test("a ratio of which hardly anything is known is marked", () => {
  assert.equal(ratioText({ ratio: 1.292, interval: [1.226, 1.362] }), "1.292 × [1.226, 1.362]");
  assert.equal(ratioText({ ratio: 0.3, interval: [0.01, 15.92] }), "≈ 0.300 × [0.010, 15.920]");
});
