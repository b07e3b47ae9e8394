import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { IS_PACKAGE, modulePath, moduleUrl, slopeFolder } from "./own_files.ts";

test("a module is found beside the one that starts it, in TypeScript here and in JavaScript in the package", () => {
  const at = (path: string, from: string) => moduleUrl(path, from).href;
  assert.equal(
    at("../child.ts", "file:///slope/src/trial/launch.ts"),
    "file:///slope/src/child.ts",
  );
  assert.equal(
    at("../child.ts", "file:///slope/src/trial/launch.js"),
    "file:///slope/src/child.js",
  );
  assert.ok(existsSync(modulePath("../child.ts", import.meta.url)));
});

test("tests run in a checkout, whose folder holds the kits", () => {
  assert.equal(IS_PACKAGE, false);
  assert.ok(existsSync(join(slopeFolder(), "kits", "python", "slope.py")));
});
