import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { formatOf } from "./plugin_imports.ts";

const folder = mkdtempSync(join(tmpdir(), "slope-formats-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function formatOfText(text: string, name = "one.js"): string | undefined {
  const file = join(folder, name);
  writeFileSync(file, text);
  return formatOf(pathToFileURL(file).href);
}

test("a file that imports or exports is a module", () => {
  for (
    const text of [
      "import fs from 'node:fs';",
      "import'./side.js';",
      'import "./side.js";',
      "import {a} from './a.js';",
      "import{a} from './a.js';",
      "import * as a from './a.js';",
      "import\n  $ from './a.js';",
      "const one = 1;\n  export default one;",
      "export const one = 1;",
      "export{one};",
      "export * from './a.js';",
      "/* What it does. */\nexport function gradient() {}",
    ]
  ) assert.equal(formatOfText(text), "module", text);
  assert.equal(formatOfText("export type A = 1;", "one.ts"), "module-typescript");
});

test("a CommonJS file stays one, whatever its lines start with", () => {
  for (
    const text of [
      "exports.sum = (values) => values.length;",
      "  exports.sum = 1;",
      "exports = module.exports = {};",
      "importance = 3;\nmodule.exports = importance;",
      "exported = 1;",
      "import('./a.mjs').then((a) => a);",
      "// import fs from 'node:fs';\nmodule.exports = 1;",
      "/*\nimport fs from 'node:fs';\n*/\nmodule.exports = 1;",
      "/**\n * import fs from 'node:fs';\n */\nexports.a = 1;",
    ]
  ) assert.equal(formatOfText(text), undefined, text);
});
