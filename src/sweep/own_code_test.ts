import assert from "node:assert/strict";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { codeDigest, ownCodeDigest } from "./own_code.ts";

test("a change of any code changes the digest; tests, caches and other people's packages do not", async () => {
  await withFolder((folder) => {
    const write = (path: string, text: string) => {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    const files = ["src/a.ts", "src/native/b.c", "kits/python/slope.py", "peers/numpy.py"];
    files.forEach((path) => write(path, "1"));
    const before = codeDigest(folder);
    for (
      const path of [
        ...["src/a_test.ts", "src/a.js.map", "kits/python/__pycache__/slope.pyc"],
        ...["peers/node_modules/x/x.js", "src/.a.ts.swp", "docs/FORMAT.md", "README.md"],
      ]
    ) {
      write(path, "other");
      assert.equal(codeDigest(folder), before, path);
    }
    for (const path of files) {
      write(path, "2");
      assert.notEqual(codeDigest(folder), before, path);
      write(path, "1");
    }
    renameSync(join(folder, "src/a.ts"), join(folder, "src/c.ts"));
    assert.notEqual(codeDigest(folder), before, "a file has another name");
  });
});

test("Slope's own code has a digest, always the same", () => {
  assert.match(ownCodeDigest()!, /^[0-9a-f]{64}$/);
  assert.equal(ownCodeDigest(), ownCodeDigest());
});
