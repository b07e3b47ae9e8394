import assert from "node:assert/strict";
import { test } from "node:test";
import { createProgramLog } from "./program_log.ts";

test("what a program prints stands behind its name, and a flood of one hides no other", () => {
  const lines: string[] = [];
  const log = createProgramLog({ note: (line) => void lines.push(line) });
  for (let i = 0; i < 1000; i++) log({ implementation: "mine" }, `step ${i}`);
  log({ implementation: "other" }, "hello");
  assert.equal(lines[0], "mine: step 0");
  assert.equal(lines[9], "mine: step 9");
  assert.equal(lines[10], "mine: … (the rest is not shown)");
  assert.deepEqual(lines.slice(11), ["other: hello"]);
});

test("of a progress bar the last state is shown, without its colours", () => {
  const lines: string[] = [];
  const log = createProgramLog({ note: (line) => void lines.push(line) });
  log({ implementation: "mine" }, "\x1b[32m 10 %\r 50 %\x1b[0m\r");
  assert.deepEqual(lines, ["mine:  50 %"]);
});
