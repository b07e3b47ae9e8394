import assert from "node:assert/strict";
import { test } from "node:test";
import { findFaults, picture } from "./check_layers.ts";

const faults = (files: Record<string, string>) => findFaults(new Map(Object.entries(files)));

test("imports downwards and within a room are allowed", () => {
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
      "base/b.ts imports cli/a.ts: cli is above base",
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

test("an import from outside the rooms is a fault", () => {
  assert.deepEqual(faults({ "base/a.ts": 'import { t } from "../../tests/t.ts";' }), [
    "base/a.ts imports ../tests/t.ts, which lies outside the rooms",
  ]);
});

test("an import of a test is a fault", () => {
  assert.deepEqual(faults({ "base/a.ts": 'import { t } from "./t_test.ts";' }), [
    "base/a.ts imports the test base/t_test.ts",
  ]);
});

test("a file beside a folder of its name is a fault", () => {
  assert.deepEqual(faults({ "base/a.ts": "", "base/a/b.ts": "", "base/ab.ts": "" }), [
    "base/a.ts stands beside the folder base/a/: move it inside",
  ]);
});

test("a file of more than 320 lines is a fault", () => {
  assert.deepEqual(faults({ "base/a.ts": "\n".repeat(320) }), []);
  assert.deepEqual(faults({ "base/a.ts": "\n".repeat(321) }), [
    "base/a.ts has 321 lines, more than 320",
  ]);
});

test("the picture counts files, lines and imports between rooms", () => {
  const files = new Map(Object.entries({
    "cli/a.ts": 'import { b } from "../base/b.ts";\nimport { c } from "../base/c.ts";\n',
    "cli/d.ts": 'import { b } from "../base/b.ts";\nimport { a } from "./a.ts";\n',
    "base/b.ts": "",
    "base/c.ts": "\n",
  }));
  assert.deepEqual(picture(files).split("\n").slice(2), [
    "| cli | 2 | 4 | base 3 |",
    "| base | 2 | 1 |  |",
  ]);
});
