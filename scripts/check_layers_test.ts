import assert from "node:assert/strict";
import { test } from "node:test";
import { findFaults } from "./check_layers.ts";

const faults = (files: Record<string, string>) => findFaults(new Map(Object.entries(files)));

test("imports downwards and within a layer are in order", () => {
  assert.deepEqual(
    faults({
      "cli/a.ts": 'import { b } from "../base/b.ts";\nimport { c } from "./c.ts";',
      "cli/c.ts": 'import { test } from "node:test";',
      "base/b.ts": "",
    }),
    [],
  );
});

test("an import upwards is a fault, in every form of import", () => {
  for (
    const line of [
      'import { a } from "../cli/a.ts";',
      'import type { A } from "../cli/a.ts";',
      'export { a } from "../cli/a.ts";',
      'import "../cli/a.ts";',
      'const a = await import("../cli/a.ts");',
    ]
  ) {
    assert.deepEqual(faults({ "base/b.ts": line, "cli/a.ts": "" }), [
      "base/b.ts imports cli/a.ts: cli stands above base",
    ], line);
  }
});

test("a circle is a fault, however long", () => {
  const found = faults({
    "base/a.ts": 'import { b } from "./b.ts";',
    "base/b.ts": 'import { c } from "./c.ts";',
    "base/c.ts": 'import { a } from "./a.ts";',
  });
  assert.deepEqual(found, ["circle: base/a.ts → base/b.ts → base/c.ts → base/a.ts"]);
});

test("an import from outside the layers is a fault", () => {
  assert.deepEqual(faults({ "base/a.ts": 'import { t } from "../../tests/t.ts";' }), [
    "base/a.ts imports ../tests/t.ts, which lies outside the layers",
  ]);
});
