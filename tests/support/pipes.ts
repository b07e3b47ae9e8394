import assert from "node:assert/strict";
import { constants, openSync } from "node:fs";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { skipFor } from "./skips.ts";

export const NEEDS_PIPES = process.platform === "win32"
  ? { skip: skipFor("Windows has no FIFOs") }
  : {};

/** Opens a pipe for writing once something reads it, which then waits until the pipe is closed. */
export async function untilRead(path: string): Promise<number> {
  for (;;) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      assert.equal((error as { code?: string }).code, "ENXIO"); // nothing reads it yet
      await pause(10);
    }
  }
}
