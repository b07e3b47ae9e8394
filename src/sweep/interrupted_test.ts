import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { NEEDS_COMPILER } from "../../tests/support/native.ts";
import { NEEDS_PIPES, untilRead } from "../../tests/support/pipes.ts";
import { NEEDS_PYTHON, PYTHON } from "../../tests/support/python.ts";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import { findPrograms } from "./available.ts";

/** What waits for a pipe while programs are found: a plug-in or the Python that is to run it, and what can run them. */
const WAITING = {
  "a program in another language": ["mine", `#!/bin/sh\ncat "$PIPE"`, undefined, NEEDS_PIPES],
  "a plug-in in Python": [
    "mine.py",
    `import os\nopen(os.environ["PIPE"]).read()`,
    PYTHON,
    NEEDS_PYTHON,
  ],
  "Python itself": ["python", `#!/bin/sh\ncat "$PIPE"`, "", NEEDS_PIPES],
  "the compiler of a plug-in in C": ["mine.c", `#include "pipe"`, undefined, NEEDS_COMPILER],
} as const;

for (const [what, [name, code, python, needs]] of Object.entries(WAITING)) {
  test(
    `interrupted while ${what} hangs: at once, and not as an error of the plug-in`,
    needs,
    async () => {
      await withFolder(async (folder) => {
        const pipe = join(folder, "pipe");
        execFileSync("mkfifo", [pipe]);
        const file = join(folder, name);
        writeFileSync(file, code, { mode: 0o755 });
        const plugin = python === "" ? join(folder, "other.py") : file;
        const controller = new AbortController();
        process.env.PIPE = pipe;
        const found = findPrograms([CURRENT_RUNTIME.name], {}, {
          paths: [plugin],
          pythons: [python || file],
          sandbox: "off",
        }, controller.signal);
        const writer = await Promise.race([
          untilRead(pipe),
          found.then(() => assert.fail("it ended")),
        ]);
        delete process.env.PIPE;
        const start = performance.now();
        controller.abort();
        await assert.rejects(found, { name: "AbortError" });
        closeSync(writer); // only now could it end by itself
        assert.ok(performance.now() - start < 10_000);
      });
    },
  );
}
