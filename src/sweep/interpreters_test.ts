import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { NEEDS_PYTHON, PYTHON } from "../../tests/support/python.ts";
import { pythonFolders } from "../trial/box/program_folders.ts";
import { findPython } from "./interpreters.ts";

test(
  "a file of the working folder that is called like a module of Python is not run",
  NEEDS_PYTHON,
  async () => {
    await withFolder(async (folder) => {
      for (const name of ["json", "platform", "os", "encodings"]) {
        writeFileSync(
          join(folder, `${name}.py`),
          `open(${JSON.stringify(join(folder, "run"))}, "w")\n`,
        );
      }
      const before = process.cwd();
      process.chdir(folder);
      try {
        const found = await findPython(PYTHON!);
        assert.ok("path" in found, JSON.stringify(found));
        const folders = await pythonFolders(PYTHON!);
        assert.ok(folders.length > 2);
        assert.ok(!folders.includes(folder));
      } finally {
        process.chdir(before);
      }
      assert.equal(existsSync(join(folder, "run")), false);
    });
  },
);
