import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as library from "./index.ts";

test("the library has at most 15 names, and these functions", () => {
  assert.deepEqual(Object.keys(library).sort(), [
    "assertGradient",
    "bench",
    "checkGradient",
    "compare",
    "diagnose",
    "gradientOf",
    "readRun",
    "render",
  ]);
  const text = readFileSync(new URL("index.ts", import.meta.url), "utf8");
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]+)\}/gm)].map(([, list]) => list);
  const names = lists.join(",").split(",").map((name) => name.trim()).filter((name) => name !== "");
  assert.ok(names.length >= 8 && names.length <= 15, names.join(", "));
});
