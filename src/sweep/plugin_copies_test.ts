import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import type { RunFile } from "../format/plan.ts";
import { kindOf, wordsOf } from "../trial/program/kinds.ts";
import { findPrograms, firstCandidates } from "./available.ts";
import { changeOf, keepPlugins, keptPlugin, runnableCopy } from "./plugin_copies.ts";

const FILES = {
  "package.json": `{ "type": "module", "version": "1.0.0" }`,
  "bench/mine.ts": `import { seven } from "../src/seven.ts";
    import { one } from "tiny-one";
    const text = new URL("./about.txt", import.meta.url);
    export const precision = seven + one === 8 ? "float64" : text;
    export const gradient = () => [];`,
  "bench/about.txt": "about",
  "src/seven.ts": "export const seven: number = 7;",
  "node_modules/tiny-one/package.json": `{ "name": "tiny-one", "type": "module", "main": "i.js" }`,
  "node_modules/tiny-one/i.js": "export const one = 1;",
};

/** The precision of "mine", as a process of this runtime tells it. */
async function precisionOf(plugin: string): Promise<string | undefined> {
  const programs = await findPrograms([CURRENT_RUNTIME.name], {}, { paths: [plugin], pythons: [] });
  return firstCandidates(programs).find(({ name }) => name === "mine")?.precision;
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

test("a plug-in is kept with the files that it imports, and its copy runs", async () => {
  await withFolder(async (given) => {
    const folder = realpathSync(given);
    const [theirs, run, place] = ["theirs", "run", "place"].map((name) => join(folder, name));
    write(theirs, FILES);
    const plugin = join(theirs, "bench/mine.ts");
    const plugins = await keepPlugins([plugin], run);
    const [{ copy, imports = [] }] = plugins;
    assert.equal(copy, join("plugins", "1", "bench", "mine.ts"));
    assert.deepEqual(
      imports.map(({ path, copy }) => [path.slice(theirs.length + 1), copy !== undefined]).sort(),
      [
        ["bench/about.txt", true],
        ["node_modules/tiny-one/package.json", false],
        ["package.json", true],
        ["src/seven.ts", true],
      ],
    );
    write(theirs, { "src/seven.ts": "export const seven: number = 0;" });
    const change = await changeOf(plugins[0]);
    assert.equal(change?.path, join(theirs, "src/seven.ts"));
    const kept = keptPlugin({ plugins } as unknown as RunFile, run, plugin);
    const runnable = await runnableCopy(kept!, place);
    assert.equal(readFileSync(join(place, "src/seven.ts"), "utf8"), FILES["src/seven.ts"]);
    assert.equal(await precisionOf(runnable), "float64");
  });
});

test("packages above the project are found from the copy, too", async () => {
  await withFolder(async (given) => {
    const folder = realpathSync(given);
    const [theirs, run, place] = ["shop/parts/a", "run", "place"].map((name) => join(folder, name));
    const { "src/seven.ts": seven, "bench/mine.ts": mine, ...packages } = FILES;
    write(join(folder, "shop"), packages);
    write(join(folder, "shop/parts"), { "node_modules/other/package.json": "{}" });
    write(theirs, { "src/seven.ts": seven, "bench/mine.ts": mine });
    const plugin = join(theirs, "bench/mine.ts");
    const plugins = await keepPlugins([plugin], run);
    const kept = keptPlugin({ plugins } as unknown as RunFile, run, plugin);
    assert.equal(await precisionOf(await runnableCopy(kept!, place)), "float64");
  });
});

test("the copy of an executable is one, and a command line names the copies of its files", async () => {
  await withFolder(async (given) => {
    const folder = realpathSync(given);
    const [run, place] = ["run", "place"].map((name) => join(folder, name));
    write(folder, { "theirs/mine": "#!/bin/sh\necho as it was\n", "theirs/mine.pl": "as it was" });
    const [executable, script] = ["mine", "mine.pl"].map((name) => join(folder, "theirs", name));
    chmodSync(executable, 0o755);
    const plugins = await keepPlugins([executable, `cmd: perl -w ${script} 5`], run);
    write(folder, { "theirs/mine.pl": "as it is" });
    const copies = plugins.map((kept) => runnableCopy({ folder: run, kept }, place));
    const [first, second] = await Promise.all(copies);
    assert.equal(kindOf(first), "program");
    const [perl, flag, copy, last] = wordsOf(second);
    assert.deepEqual([perl, flag, last], ["perl", "-w", "5"]);
    assert.notEqual(copy, script);
    assert.equal(readFileSync(copy, "utf8"), "as it was");
  });
});

test("what a program names in a hidden folder, or by a link into one, is not copied beside the results", async () => {
  await withFolder(async (given) => {
    const home = realpathSync(given);
    write(home, { ".ssh/key.json": `"a secret"`, "other/seven.ts": "export const seven = 7;" });
    mkdirSync(join(home, "theirs"));
    symlinkSync(join(home, ".ssh/key.json"), join(home, "theirs/link.json"));
    const names = [join(home, ".ssh/key.json"), "./link.json", "../other/seven.ts", "/dev/zero"];
    const plugin = join(home, "theirs/mine.ts");
    writeFileSync(plugin, names.map((name) => `import("${name}");\n`).join(""));
    const [{ imports = [] }] = await keepPlugins([plugin], join(home, "run"));
    assert.deepEqual(imports.map(({ path, copy }) => [path, copy !== undefined]).sort(), [
      [join(home, ".ssh/key.json"), false],
      [join(home, "other/seven.ts"), true],
      [join(home, "theirs/link.json"), false],
    ]);
  });
});
