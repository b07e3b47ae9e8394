import assert from "node:assert/strict";
import { test } from "node:test";
import { commandIn, ownCommand } from "./own_command.ts";
import { CURRENT_RUNTIME } from "./runtime.ts";

test("every user is told the command of the runtime that runs Slope, or of the package", () => {
  assert.equal(commandIn("deno", "bench --quick"), "deno task bench --quick");
  assert.equal(commandIn("bun", "bench --quick"), "bun run bench --quick");
  assert.equal(commandIn("node", "bench --quick"), "node src/main.ts bench --quick");
  assert.equal(commandIn("bun", "bench --quick", true), "slope bench --quick");
  assert.equal(ownCommand("list"), commandIn(CURRENT_RUNTIME.name, "list"));
});
