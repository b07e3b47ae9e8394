import assert from "node:assert/strict";
import { test } from "node:test";
import { closestTo } from "./closest.ts";

test("a word with a typing error is found, and an unrelated one is not", () => {
  const known = ["get", "check", "info"];
  assert.equal(closestTo("chekc", known), "check"); // neighbours swapped
  assert.equal(closestTo("chek", known), "check");
  assert.equal(closestTo("Info", known), "info");
  assert.equal(closestTo("describe", known), undefined);
  assert.equal(closestTo("any", []), undefined);
});
