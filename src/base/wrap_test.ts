import assert from "node:assert/strict";
import { test } from "node:test";
import { wrap } from "./wrap.ts";

test("a number and its unit stand on one line", () => {
  assert.deepEqual(wrap("it takes 380 ms in all", 14), ["it takes", "380 ms in all"]);
  assert.deepEqual(wrap("reaches 37 % (5.6 × as", 11, "  "), ["reaches", "  37 %", "  (5.6 × as"]);
  assert.deepEqual(wrap("in 3 seconds", 6), ["in 3", "seconds"]);
});

test("a number stands on one line with the name of what it counts", () => {
  assert.deepEqual(wrap("slower at m = 4,000 and B = 10", 12), [
    "slower at",
    "m = 4,000",
    "and B = 10",
  ]);
  assert.deepEqual(wrap("a = b or c", 3), ["a =", "b", "or", "c"]);
});
