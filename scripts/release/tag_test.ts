import assert from "node:assert/strict";
import { test } from "node:test";
import { tagFaults } from "./tag.ts";

test("a tag must name the version of package.json, and files must be those of its commit", () => {
  assert.deepEqual(tagFaults("1.2.3", ["v1.2.3", "nightly"], []), []);
  assert.deepEqual(tagFaults("1.2.3", ["nightly"], ["README.md"]), []);
  const told = (tags: string[], changed: string[]) =>
    tagFaults("1.2.3", tags, changed).map(({ place, cause }) => `${place} ${cause}`);
  assert.deepEqual(told(["v1.2.4"], []), [
    "tag v1.2.4 names another version than package.json, which has 1.2.3",
  ]);
  assert.deepEqual(told(["v1.2.3"], ["README.md"]), [
    "README.md is not as in the tagged commit",
  ]);
});
