import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { digestsOf } from "./plugin_files.ts";

/** The files found from the first of these, and those that are not there. */
async function found(files: Readonly<Record<string, string>>) {
  let answer: { there: string[]; absent: string[] } | undefined;
  await withFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(folder, name, ".."), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const all = [...digestsOf(join(folder, Object.keys(files)[0]))];
    const named = (paths: [string, string | undefined][]) =>
      paths.map(([path]) => path.slice(folder.length + 1)).sort();
    answer = {
      there: named(all.filter(([, digest]) => digest !== undefined)),
      absent: named(all.filter(([, digest]) => digest === undefined)),
    };
    await Promise.resolve();
  });
  return answer!;
}

test("relative imports are followed in every form, and in turn", async () => {
  const { there, absent } = await found({
    "mine.ts": `
      import "./effect.ts";
      import one, { two } from './named.ts'
      import type { T } from "./types.ts";
      export * from "./again.ts";
      export {
        three,
      } from "./lib/three.ts";
      import data from "./data.json" with { type: "json" };
      const lazy = await import("./lazy.ts");
      import { readFileSync } from "node:fs";
      import z from "zod"; import { last } from "./last.ts";`,
    "effect.ts": "",
    "named.ts": "",
    "types.ts": "",
    "again.ts": "",
    "data.json": '{ "import": "./not.ts" }',
    "lazy.ts": 'import "./mine.ts"; // a circle',
    "last.ts": "",
    "lib/three.ts": 'export { three } from "../deep";',
    "deep.ts": 'import "./gone.ts";',
    "other.ts": "",
  });
  assert.deepEqual(there, [
    "again.ts",
    "data.json",
    "deep.ts",
    "effect.ts",
    "last.ts",
    "lazy.ts",
    "lib/three.ts",
    "mine.ts",
    "named.ts",
    "types.ts",
  ]);
  assert.deepEqual(absent, ["gone.ts"]);
});

test("an import that was commented out, and the word in a text, are none", async () => {
  const { there, absent } = await found({
    "mine.ts": `
      // import { old } from "./old.ts";
      const text = 'import from "./text.ts"';
      export const name = "./name.ts";`,
    "old.ts": "",
  });
  assert.deepEqual(there, ["mine.ts"]);
  assert.deepEqual(absent, []);
});

test("modules beside a Python plug-in are followed, packages are not", async () => {
  const { there, absent } = await found({
    "mine.py": `import numpy as np, sys
import helper
from package.inner import f
net = slope.definitions("theirs/net.py")
`,
    "helper.py": "from .other import g\n",
    "other.py": "",
    "package/inner.py": "",
    "theirs/net.py": "import matplotlib\n",
  });
  assert.deepEqual(there, [
    "helper.py",
    "mine.py",
    "other.py",
    "package/inner.py",
    "theirs/net.py",
  ]);
  assert.deepEqual(absent, []);
});

test("a command line is watched with the files that it names", async () => {
  await withFolder((folder) => {
    const file = join(folder, "mine.jl");
    writeFileSync(file, "");
    const command = `cmd: julia -O3 ${file} 5`;
    assert.deepEqual([...digestsOf(command).keys()].sort(), [file, command].sort());
  });
});

test("a plug-in that is not there has no digest", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "nowhere.ts");
    assert.deepEqual([...digestsOf(path)], [[path, undefined]]);
    await Promise.resolve();
  });
});
