import assert from "node:assert/strict";
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { withFolder } from "../../../tests/support/cli.ts";
import { namedFolders, programFolders } from "./program_folders.ts";

const ON_POSIX = process.platform === "win32" ? { skip: "there is no sandbox on Windows" } : {};

test(
  "a program names folders of its own, and none of the system's or of the user's secrets",
  ON_POSIX,
  async () => {
    await withFolder((made) => {
      const home = realpathSync(made);
      for (const name of ["work/lib", "other", ".ssh", "work/node"]) {
        mkdirSync(join(home, name), { recursive: true });
      }
      symlinkSync("/etc", join(home, "work/system"));
      symlinkSync("/etc/ssl", join(home, "work/below"));
      symlinkSync(join(home, ".ssh"), join(home, "work/keys"));
      const plugin = join(home, "work/mine.py");
      writeFileSync(
        plugin,
        ["lib", "../other", "system", "below", "keys", "../.ssh", "/etc", "/proc/self/root/etc"]
          .map((name) => `sys.path.append("${name}")\n`).join(""),
      );
      assert.deepEqual(namedFolders(plugin, home), [join(home, "work/lib"), join(home, "other")]);
      return Promise.resolve();
    });
  },
);

test(
  "what an executable was installed with is a hidden folder of the home folder, and no other",
  ON_POSIX,
  async () => {
    await withFolder((made) => {
      const home = realpathSync(made);
      const file = (name: string): string => {
        mkdirSync(dirname(join(home, name)), { recursive: true });
        writeFileSync(join(home, name), "#!/bin/sh\n", { mode: 0o755 });
        return join(home, name);
      };
      assert.ok(programFolders(file(".tool/bin/tool"), home).includes(join(home, ".tool")));
      assert.deepEqual(programFolders(file("courses/mine/bin/tool"), home), [
        join(home, "courses/mine/bin"),
        join(home, "courses/mine/bin"),
        join(home, "courses/mine"),
      ]);
      return Promise.resolve();
    });
  },
);
