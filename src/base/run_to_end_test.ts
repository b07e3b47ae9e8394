import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { assertProcessEnds } from "../../tests/support/processes.ts";
import { skipFor } from "../../tests/support/skips.ts";
import { CommandFailed, runToEnd } from "./run_to_end.ts";

const NEEDS_SHELL = process.platform === "win32" ? { skip: skipFor("Windows has no sh") } : {};

const shell = (code: string, timeoutMs = 60_000, signal?: AbortSignal) =>
  runToEnd("sh", ["-c", code], { timeoutMs, signal });

test(
  "a command that ends leaves nothing running that would hold its output open",
  NEEDS_SHELL,
  async () => {
    await assertProcessEnds(Number(await shell("sleep 60 & echo $!")));
  },
);

const ENDLESS = `trap "" TERM; sleep 60 & echo $! >&2; wait`;

test("a command that takes too long is killed with what it started", NEEDS_SHELL, async () => {
  const error = await shell(ENDLESS, 1000).catch((error) => error);
  assert.ok(error instanceof CommandFailed, String(error));
  await assertProcessEnds(Number(error.stderr));
});

test("a command that says nothing and takes too long is told as such", NEEDS_SHELL, async () => {
  await assert.rejects(shell("exec sleep 60", 100), /^CommandFailed: it did not end within 0.1 s/);
});

test("an interruption ends a command, whatever it was about to say", NEEDS_SHELL, async () => {
  await assert.rejects(shell(ENDLESS, 60_000, AbortSignal.timeout(200)), { name: "TimeoutError" });
  await assert.rejects(shell("exit", 60_000, AbortSignal.abort()), { name: "AbortError" });
});

test("a command that fails or is not there says so", NEEDS_SHELL, async () => {
  await assert.rejects(shell("echo it is broken >&2; exit 3"), {
    message: "it is broken",
    code: 3,
  });
  await assert.rejects(shell("exit 3"), { message: "exit code 3" });
  await assert.rejects(shell("kill -9 $$"), { message: "ended by SIGKILL" });
  await assert.rejects(runToEnd("a-command-of-nobody", [], { timeoutMs: 1000 }), {
    code: "ENOENT",
  });
});
