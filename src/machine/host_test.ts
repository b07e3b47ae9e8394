import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { git, makeRepository } from "../../tests/support/repository.ts";
import { gitCommitOf } from "./host.ts";

const ON_POSIX = process.platform === "win32" ? { skip: "its commands are those of a shell" } : {};

test(
  "the commit of a repository is told, and no command that it names is run",
  ON_POSIX,
  async () => {
    await withFolder(async (folder) => {
      const commit = makeRepository(folder, {
        "mine.py": "1\n",
        ".gitattributes": "*.py filter=x\n",
      });
      const file = join(folder, "mine.py");
      assert.equal(await gitCommitOf(file), commit.slice(0, 12));
      git(folder, "config", "filter.lfs.clean", "git-lfs clean -- %f");
      git(folder, "config", "filter.lfs.required", "true");
      assert.equal(await gitCommitOf(file), commit.slice(0, 12));

      const started = join(folder, "started");
      git(folder, "config", "core.fsmonitor", `touch ${started}; false`);
      writeFileSync(file, "2\n");
      assert.equal(await gitCommitOf(file), `${commit.slice(0, 12)}-dirty`);
      assert.equal(existsSync(started), false);
      for (
        const [name, value] of [["filter.x.clean", `touch ${started}; cat`], [
          "filter.a b.process",
          "x",
        ]]
      ) {
        git(folder, "config", name, value);
        writeFileSync(file, "3\n");
        assert.equal(await gitCommitOf(file), undefined, name);
        assert.equal(existsSync(started), false);
        git(folder, "config", "--unset", name);
      }
      git(folder, "config", "filter.lfs.clean", `git-lfs clean -- %f\ntouch ${started}`);
      assert.equal(await gitCommitOf(file), undefined);
    });
  },
);
