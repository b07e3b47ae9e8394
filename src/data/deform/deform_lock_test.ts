import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { badInput } from "../../../tests/support/bad_input.ts";
import { withFolder } from "../../../tests/support/cli.ts";
import type { InputError } from "../../base/errors.ts";
import { ownIdentity } from "../../base/process_identity.ts";
import { LOCK_FILE, lockFolder } from "./deform_lock.ts";

test("a folder has one maker, whom the refusal names, until that one gives it back", () =>
  withFolder((folder) => {
    const { pid, host } = ownIdentity();
    const release = lockFolder(folder);
    assert.throws(
      () => lockFolder(folder),
      badInput(new RegExp(`process ${pid} on ${host} is making a set there`)),
    );
    release();
    lockFolder(folder)();
    assert.deepEqual(readdirSync(folder), []);
  }));

test("the lock of a process that has ended is taken over", () =>
  withFolder((folder) => {
    writeFileSync(
      join(folder, LOCK_FILE),
      JSON.stringify({ ...ownIdentity(), pid: 2 ** 22 + 1 }),
    );
    lockFolder(folder)();
    assert.deepEqual(readdirSync(folder), []);
  }));

test("where nobody can tell whether the process lives, the refusal says which file to remove", () =>
  withFolder((folder) => {
    const path = join(folder, LOCK_FILE);
    for (const content of [JSON.stringify({ ...ownIdentity(), host: "elsewhere" }), ""]) {
      writeFileSync(path, content);
      assert.throws(() => lockFolder(folder), (error: InputError) => {
        badInput(content ? /on elsewhere began a set there/ : /another process began/)(error);
        assert.ok(error.hint?.includes(path), `${error.hint}`);
        return true;
      });
    }
  }));
