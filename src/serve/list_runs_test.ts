import assert from "node:assert/strict";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { writeDays } from "../../tests/support/served.ts";
import { runLister } from "./list_runs.ts";

test("the newest runs come first, so that they get the time for a first look", async () => {
  await withFolder(async (out) => {
    await writeDays(out, 3);
    const names = runLister(out)().map(({ name }) => name);
    assert.deepEqual(names, ["2026-03-03", "2026-03-02", "2026-03-01"]);
  });
});
