import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../../tests/support/cli.ts";
import { areMany, foldersWithout, pluginPaths } from "./plugin_paths.ts";

test("a folder stands for its plug-ins, or for those of its folders", async () => {
  await withFolder((folder) => {
    const write = (...path: string[]) => writeFileSync(join(folder, ...path), "");
    mkdirSync(join(folder, "ann"));
    mkdirSync(join(folder, "bob"));
    write("ann", "mine.py");
    write("ann", "__init__.py");
    write("bob", "mine.ts");
    write("notes.md");
    const inFolders = [join(folder, "ann", "mine.py"), join(folder, "bob", "mine.ts")];
    assert.deepEqual(pluginPaths([folder]), inFolders);
    assert.deepEqual(pluginPaths([join(folder, "*", "*.py")]), [inFolders[0]]);
    write("alone.c");
    write("types.d.ts");
    write("run");
    chmodSync(join(folder, "run"), 0o755);
    assert.deepEqual(pluginPaths([folder, join(folder, "run")]), [
      join(folder, "alone.c"),
      join(folder, "run"),
    ]);
    assert.throws(() => pluginPaths([join(folder, "*.js")]), /it holds no plug-in/);
    assert.throws(() => pluginPaths([join(folder, "nobody.py")]), /no such file or folder/);
  });
});

test("a notebook has a row, unless a plug-in beside it reads it; a folder without both is named", async () => {
  await withFolder((folder) => {
    for (const name of ["ann", "bob"]) mkdirSync(join(folder, name));
    const path = (...names: string[]) => join(folder, ...names);
    for (const name of ["ann", "bob"]) writeFileSync(path(name, "net.ipynb"), "{}");
    mkdirSync(path("carl"));
    writeFileSync(path("carl", "Net.java"), "");
    assert.deepEqual(foldersWithout([folder, path("ann")]), [path("carl")]);
    writeFileSync(path("ann", "mine.py"), 'theirs = slope.definitions("net.ipynb")');
    const expected = [path("ann", "mine.py"), path("bob", "net.ipynb")];
    assert.deepEqual(pluginPaths([folder]), expected);
    assert.deepEqual(pluginPaths([path("*", "*")]), expected);
  });
});

test("one name of a file or an implementation is not many", async () => {
  await withFolder((folder) => {
    assert.ok(areMany([folder]));
    assert.ok(areMany(["a.py", "b.py"]));
    assert.ok(areMany(["*.py"]));
    assert.ok(!areMany(["fused_typed"]));
    assert.ok(!areMany([]));
  });
});

test("a path that does not exist is told as such, not as an unknown implementation", () => {
  for (const name of ["nothing_here/", "nothing_here.py"]) {
    assert.ok(areMany([name]));
    assert.throws(() => pluginPaths([name]), /there is no such file or folder/);
  }
  assert.ok(!areMany(["naive_loop"]) && !areMany(["cmd: python3 mine.py"]));
});
