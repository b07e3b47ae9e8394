import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { mkdtempSync } from "node:fs";
import { lineTold, readMap } from "./original_lines.ts";

const frame = (url: string, lineNumber: number, columnNumber: number) => ({
  functionName: "",
  scriptId: "1",
  url,
  lineNumber,
  columnNumber,
});

test("a line of compiled code is that of its source, as long as the source has not changed", () => {
  const folder = mkdtempSync(join(tmpdir(), "slope-lines-"));
  try {
    const url = pathToFileURL(join(folder, "mine.ts"));
    const source = "interface A {}\n\nexport const f =\n  (a: number) => a;\n";
    writeFileSync(url, source);
    // Its only segment: line 0, column 0 of the code is line 3, column 2 of the source.
    const map = {
      version: 3,
      sources: [url.href],
      names: [],
      mappings: "AAGE",
      sourcesContent: [source],
    };
    const data = btoa(JSON.stringify(map));
    const compiled = join(folder, "gen");
    const code = join(compiled, "file", `${url.pathname}.js`);
    mkdirSync(dirname(code), { recursive: true });
    writeFileSync(code, `(a)=>a;\n//# sourceMappingURL=data:application/json;base64,${data}\n`);
    assert.equal(readMap(compiled, url.href)(frame(url.href, 0, 3)), 4);
    writeFileSync(url, `// edited\n${source}`);
    assert.equal(readMap(compiled, url.href)(frame(url.href, 0, 3)), undefined);
    assert.equal(readMap(join(folder, "none"), url.href)(frame(url.href, 0, 3)), undefined);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("lines are counted from 1, and what the engine itself does has none", () => {
  assert.equal(lineTold(frame("file:///plug/in.js", 4, 2)), 5);
  assert.equal(lineTold(frame("", -1, -1)), undefined);
});
