import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sandbox } from "../format/sandbox.ts";
import { sandboxLines } from "./sandbox_words.ts";

const NOT_INSTALLED = { why: "not-installed" } as const;

test("plug-ins that are held alike share a line, and what does not hold is said with the reason", () => {
  const held: Sandbox[] = [
    {
      plugin: "/a/one.ts",
      runtime: "deno",
      by: ["deno"],
      holds: ["files", "network", "processes"],
      noBox: NOT_INSTALLED,
    },
    { plugin: "/a/two.py", runtime: "python", by: [], holds: [], noBox: NOT_INSTALLED },
    { plugin: "/a/three.py", runtime: "python", by: [], holds: [], noBox: NOT_INSTALLED },
  ];
  assert.deepEqual(sandboxLines(held), [
    "one.ts is kept from other files, the network and other processes (Deno's permissions), " +
    "not from more than three quarters of the memory; bubblewrap is not installed " +
    "(`apt-get install bubblewrap`)",
    "two.py and three.py run without a sandbox; bubblewrap is not installed " +
    "(`apt-get install bubblewrap`)",
  ]);
});

test("a module is told for each runtime, many plug-ins by their number", () => {
  const all = (plugin: string, runtime: "deno" | "bun"): Sandbox => ({
    plugin,
    runtime,
    by: ["bwrap"],
    holds: ["files", "network", "processes", "memory"],
  });
  assert.match(
    sandboxLines([all("/a/b.ts", "deno"), all("/a/b.ts", "bun")])[0],
    /^b\.ts in deno and b\.ts in bun are kept from other files/,
  );
  const many = ["a", "b", "c", "d"].map((name) => all(`/${name}.ts`, "deno"));
  assert.match(sandboxLines(many)[0], /^each of 4 plug-ins is kept from/);
});
