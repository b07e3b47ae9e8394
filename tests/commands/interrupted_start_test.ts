import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { runCommand } from "../../src/cli/run_command.ts";
import { briefPlan, flags, PROJECT, smallData, withFolder } from "../support/cli.ts";

const given = { data: smallData(), sizes: "60", implementations: "fused_typed" };
const plugin = join(PROJECT, "examples", "one_layer.ts");

/** Commands that wait: for processes, for edits, or for requests. */
const WAITING: Readonly<Record<string, (out: string) => string[]>> = {
  "bench": (out) => ["bench", ...flags({ ...given, plan: briefPlan(), out })],
  "bench --watch": (out) => [
    ...["bench", "--watch", ...flags({ ...given, layers: "784,10", plugin, out })],
  ],
  "bench --shard": (out) => ["bench", ...flags({ ...given, shard: "1/1", out })],
  "verify": () => ["verify", ...flags(given)],
  "train": () => ["train", "fused_typed", ...flags({ data: smallData() })],
  "profile": () => ["profile", "fused_typed", ...flags({ data: smallData() })],
  "diagnose": () => ["diagnose", "fused_typed", ...flags({ data: smallData() })],
  "diagnose of a folder": () => ["diagnose", join(PROJECT, "examples"), "--data", smallData()],
  "choose": (out) => ["choose", ...flags({ data: smallData(), out })],
  "list": () => ["list"],
  "serve": (out) => ["serve", ...flags({ port: "0", out })],
};

for (const [name, argsIn] of Object.entries(WAITING)) {
  test(`${name}: Ctrl-C while it starts ends it`, async () => {
    await withFolder(async (out) => {
      const notes: string[] = [];
      const terminal = {
        out: () => {},
        note: (line: string) => void notes.push(line),
        width: 100,
        color: false,
        live: false,
      };
      const code = await runCommand(argsIn(out), terminal, AbortSignal.abort());
      assert.equal(code, 130, notes.join("\n"));
    });
  });
}
