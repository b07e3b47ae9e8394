import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../tests/support/cli.ts";

test("every file that a benchmark or a task names exists", () => {
  const files = ["deno.json", ...globSync("bench/*.ts", { cwd: PROJECT })];
  const named = files.flatMap((file) =>
    [
      ...readFileSync(join(PROJECT, file), "utf8")
        .matchAll(/(?<![\w./])(?:bench|examples|kits|peers|scripts|tests)\/[\w/.-]+\.\w+/g),
    ]
      .map(([path]) => ({ file, path }))
  );
  assert.ok(named.length > 10);
  assert.deepEqual(named.filter(({ path }) => !existsSync(join(PROJECT, path))), []);
});
