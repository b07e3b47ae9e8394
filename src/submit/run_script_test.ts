import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { runScript } from "./run_script.ts";

const skip = process.platform === "win32" && "it needs the shell of POSIX";

test(
  "a script's lines are passed on, the last one without a line break too",
  { skip },
  async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "it's a script.sh");
      writeFileSync(path, "echo one; echo two >&2; printf three; exit 4");
      const said: string[] = [];
      const terminal = {
        out: (line: string) => void said.push(`out ${line}`),
        note: (line: string) => void said.push(`note ${line}`),
      };
      assert.equal(await runScript(path, terminal, new AbortController().signal), 4);
      assert.deepEqual(said.sort(), ["note two", "out one", "out three"]);
    });
  },
);

test("an interrupted script is asked to end, and may tidy up", { skip }, async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "script.sh");
    writeFileSync(
      path,
      "trap 'echo tidied; exit 3' INT; echo ready; while :; do sleep 0.05; done",
    );
    const interrupt = new AbortController();
    const said: string[] = [];
    const out = (line: string) => {
      said.push(line);
      if (line === "ready") interrupt.abort();
    };
    // Deno tells the signal that was sent, and not the code of a script that caught it.
    assert.notEqual(await runScript(path, { out, note: () => {} }, interrupt.signal), 0);
    assert.deepEqual(said, ["ready", "tidied"]);
  });
});

test("a script is not begun after an interrupt", { skip }, async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "script.sh");
    writeFileSync(path, `touch "$0.begun"`);
    const terminal = { out: () => {}, note: () => {} };
    await assert.rejects(runScript(path, terminal, AbortSignal.abort()), { name: "AbortError" });
    assert.ok(!existsSync(`${path}.begun`));
  });
});

test("an interrupt reaches the command that a script waits for", { skip }, async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "script.sh");
    writeFileSync(path, "sh -c 'echo ready; sleep 60; echo slept'\necho after");
    const interrupt = new AbortController();
    const said: string[] = [];
    const out = (line: string) => {
      said.push(line);
      if (line === "ready") interrupt.abort();
    };
    assert.notEqual(await runScript(path, { out, note: () => {} }, interrupt.signal), 0);
    assert.deepEqual(said, ["ready"]);
  });
});
