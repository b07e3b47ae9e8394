import assert from "node:assert/strict";
import test from "node:test";
import { programHint } from "./foreign_hints.ts";

test("a program that does not answer is told to flush, and one that dies in a sandbox of its limits", () => {
  const late = { kind: "timed-out", afterNs: 2e10 } as const;
  const died = {
    kind: "fault",
    fault: { kind: "program-died", exitCode: 1 },
    stage: "import",
  } as const;
  assert.match(programHint(late, true), /flush every line$/);
  assert.match(programHint(died, true), /--sandbox off$/);
  assert.match(programHint(died, false), /says what a program answers$/);
});
