import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { lockFaults, type LockKind, type Manifest, rangeFaults } from "./locks.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const manifest: Manifest = JSON.parse(read("package.json"));
const LOCKS: [string, LockKind][] = [
  ["package-lock.json", "npm"],
  ["bun.lock", "bun"],
  ["deno.lock", "deno"],
];
const causes = (one: Manifest, path: string, kind: LockKind, text = read(path)) =>
  lockFaults(one, path, kind, text).map(({ place, cause }) => `${place} ${cause}`);

test("package.json has exact versions, and all lock files have the same", () => {
  assert.deepEqual(rangeFaults(manifest, "package.json"), []);
  for (const [path, kind] of LOCKS) assert.deepEqual(causes(manifest, path, kind), []);
});

test("a lock file that was not made anew after a change is told, whichever it is", () => {
  const { zod: _, ...others } = manifest.dependencies!;
  const added = { ...manifest, dependencies: { ...manifest.dependencies, added: "1.0.0" } };
  const raised = { ...manifest, dependencies: { ...manifest.dependencies, zod: "99.0.0" } };
  const removed = { ...manifest, dependencies: others };
  for (const [path, kind] of LOCKS) {
    assert.deepEqual(causes(added, path, kind), [
      `${path} added is missing; package.json has 1.0.0`,
    ]);
    assert.deepEqual(causes(raised, path, kind), [
      `${path} zod is ${manifest.dependencies!.zod}; package.json has 99.0.0`,
    ]);
    assert.deepEqual(causes(removed, path, kind), [`${path} has zod, which package.json lacks`]);
  }
});

test("a lock file that installs another version than it asks for is told", () => {
  const lock = JSON.parse(read("package-lock.json"));
  lock.packages["node_modules/zod"].version = "0.0.1";
  const wanted = manifest.dependencies!.zod;
  assert.deepEqual(causes(manifest, "package-lock.json", "npm", JSON.stringify(lock)), [
    `package-lock.json installs zod 0.0.1, not ${wanted}`,
  ]);
});

test("a range is told", () => {
  const faults = rangeFaults({ dependencies: { a: "^1.0.0", b: "1.0.0-rc.1" } }, "package.json");
  assert.deepEqual(faults.map(({ cause }) => cause), [`a is "^1.0.0", not one exact version`]);
});
