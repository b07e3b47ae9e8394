import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { withFolder } from "../../../tests/support/cli.ts";
import { ProgramError } from "./program_error.ts";
import { readShared, writeShared } from "./shared_file.ts";

const ON_POSIX = process.platform === "win32"
  ? { skip: "links and pipes are others on Windows" }
  : {};

test(
  "links, pipes and devices in the place of a shared file are not followed",
  ON_POSIX,
  async () => {
    await withFolder((folder) => {
      const [secret, link, pipe, plain] = ["secret", "link", "pipe", "plain"]
        .map((name) => join(folder, name));
      writeFileSync(secret, "12345678");
      writeFileSync(plain, "abcdefgh");
      symlinkSync(secret, link);
      execFileSync("mkfifo", [pipe]);
      for (const path of [link, pipe, "/dev/zero"]) {
        for (const bytes of [8, undefined]) {
          assert.throws(() => readShared(path, bytes), ProgramError, path);
        }
      }
      assert.throws(
        () => readShared(plain, 16),
        (error: unknown) =>
          error instanceof ProgramError && error.fault.kind === "file-length" &&
          error.fault.bytes === 8,
      );
      assert.deepEqual([...readShared(plain, 8)], [...readFileSync(plain)]);
      assert.deepEqual(readShared(plain), readShared(plain, 8));
      writeShared(link, new Uint8Array(8));
      assert.equal(readFileSync(secret, "utf8"), "12345678");
      return Promise.resolve();
    });
  },
);
