import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import test from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { InputError } from "../base/errors.ts";
import { checkCommand, checkFile } from "./program_command.ts";

const ON_POSIX = process.platform === "win32" ? { skip: "no #! lines on Windows" } : {};

test("a command, a file and an interpreter that are not there are named", ON_POSIX, async () => {
  await withFolder((folder) => {
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text, { mode: 0o755 });
      return join(folder, name);
    };
    assert.throws(
      () => checkCommand("cmd: a-command-of-nobody x.jl"),
      /there is no program "a-command-of-nobody" on PATH/,
    );
    assert.throws(() => checkCommand(`cmd: ${folder}/nothing x`), /there is no file .*nothing/);
    assert.throws(() => checkCommand(`cmd: ${folder} x`), /": .* is no file$/);
    const lost = file("lost", "#!/nowhere/perl -w\n");
    assert.throws(() => checkCommand(lost), /its first line names \/nowhere\/perl, which is not/);
    const env = file("env", "#!/usr/bin/env a-command-of-nobody\n");
    assert.throws(() => checkCommand(env), /its first line names a-command-of-nobody/);
    checkCommand(file("shell", "#!/bin/sh\n"));
    checkCommand(file("flagged", "#!/usr/bin/env -S perl -w\n"));
    checkCommand("cmd: sh x.sh");
    return Promise.resolve();
  });
});

test("a file that nothing says how to run is told what would", () => {
  const told: readonly [file: string, message: RegExp, hint: RegExp][] = [
    ["a/net.ipynb", /net\.ipynb": it is a notebook/, /slope\.definitions\("net\.ipynb"\)/],
    ["net.jl", /how to run a file "\.jl"/, /"cmd: julia net\.jl"/],
    ["net.sh", /how to run a file "\.sh"/, /"cmd: sh net\.sh"/],
    ["net.R", /how to run a file "\.r"/, /"cmd: Rscript net\.R"/],
    ["net.nim", /it must be compiled/, /shared library .*slope\.h$/],
    [
      "a/net.rs",
      /it must be compiled/,
      /shared library .*: rustc -O .* --crate-type cdylib .* net\.rs$/,
    ],
    ["net.txt", /how to run a file "\.txt"/, /cmd: PROGRAM/],
  ];
  for (const [file, message, hint] of told) {
    assert.throws(
      () => checkFile(file),
      (error: unknown) =>
        error instanceof InputError && message.test(error.message) && hint.test(error.hint ?? ""),
      file,
    );
  }
  for (const file of ["a.ts", "a.mjs", "a.tsx", "a.py", "a.c", "a.so", "a", "cmd: julia a.jl"]) {
    checkFile(file);
  }
});
