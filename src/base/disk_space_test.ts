import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { badInput } from "../../tests/support/bad_input.ts";
import { checkSpace } from "./disk_space.ts";

test("a disk that has not so many bytes is refused before anything is written", () => {
  checkSpace(tmpdir(), 1, "the set", "free space");
  assert.throws(
    () => checkSpace(tmpdir(), 1e18, "the set", "free space"),
    badInput(/the set needs 1000000000\.00 GB, and \d+\.\d+ GB are free there/),
  );
});

test("where the system does not tell, nothing is checked", () =>
  checkSpace(join(tmpdir(), "there", "is", "no", "such", "folder"), 1e18, "the set", "free space"));
