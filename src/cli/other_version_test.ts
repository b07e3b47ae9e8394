import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { noteOtherVersion, versionAbove } from "./other_version.ts";

test("the version of a project is that of the nearest node_modules with Slope", () => {
  const folder = mkdtempSync(join(tmpdir(), "slope-version-"));
  try {
    const put = (at: string, version: string) => {
      mkdirSync(join(at, "node_modules", "slope-bench"), { recursive: true });
      const path = join(at, "node_modules", "slope-bench", "package.json");
      writeFileSync(path, JSON.stringify({ version }));
    };
    const inner = join(folder, "packages", "inner");
    mkdirSync(inner, { recursive: true });
    assert.equal(versionAbove(inner), undefined);
    put(folder, "0.3.0");
    assert.equal(versionAbove(inner), "0.3.0");
    put(inner, "0.4.0");
    assert.equal(versionAbove(inner), "0.4.0");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a checkout says nothing of other versions", () => {
  const notes: string[] = [];
  noteOtherVersion({ note: (line) => notes.push(line) });
  assert.deepEqual(notes, []);
});
