import assert from "node:assert/strict";
import { chownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import test from "node:test";
import { InputError } from "../base/errors.ts";
import { withFolder } from "../../tests/support/cli.ts";
import { findConfig, readConfig } from "./config_file.ts";
import { skipFor } from "../../tests/support/skips.ts";

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

const refused = (pattern: RegExp) => (error: unknown): true => {
  assert.ok(error instanceof InputError, String(error));
  assert.match(error.message, pattern);
  assert.ok(error.hint);
  return true;
};

test("the nearest configuration upwards counts, but none above the repository", async () => {
  await withFolder((folder) => {
    write(folder, {
      "slope.config.json": "{}",
      "own/.git/HEAD": "",
      "own/a/b/file": "",
      "own/a/slope.config.ts": "export default {};",
      "none/.git/HEAD": "",
      "none/a/file": "",
    });
    assert.equal(findConfig(join(folder, "own/a/b")), join(folder, "own/a/slope.config.ts"));
    assert.equal(findConfig(join(folder, "own")), undefined);
    assert.equal(findConfig(join(folder, "none/a")), undefined);
    assert.equal(findConfig(folder), join(folder, "slope.config.json"));
    write(folder, { "own/a/slope.config.json": "{}" });
    assert.throws(() => findConfig(join(folder, "own/a")), refused(/slope\.config\.ts and slope/));
  });
});

test("in neither a repository nor the home folder, no configuration above counts", async () => {
  await withFolder((folder) => {
    write(folder, {
      "slope.config.ts": 'throw new Error("of somebody else");',
      "a/b/file": "",
      "home/slope.config.json": "{}",
      "home/a/file": "",
    });
    const home = join(folder, "home");
    const found = (path: string, of = home) => findConfig(join(folder, path), () => of);
    for (const one of ["a/b", "a"]) assert.equal(found(one), undefined);
    assert.equal(found("a", "/"), undefined, "a user without a home");
    assert.equal(found("."), join(folder, "slope.config.ts"));
    assert.equal(found("home/a"), join(home, "slope.config.json"));
    symlinkSync(home, join(folder, "link"));
    assert.equal(
      found("home/a", join(folder, "link")),
      join(home, "slope.config.json"),
    );
    if (skipFor(process.getuid?.() !== 0 && "only root may give a file away")) return;
    write(folder, { ".git/HEAD": "" });
    assert.equal(found("a"), join(folder, "slope.config.ts"));
    chownSync(join(folder, ".git"), 12345, 12345);
    assert.equal(found("a"), undefined, "a repository of somebody else");
  });
});

test("paths start at the folder of the file; names of commands and sets stay", async () => {
  await withFolder(async (folder) => {
    write(folder, {
      "digits/x": "",
      "tools/run.jl": "",
      "slope.config.json": JSON.stringify({
        $schema: "https://example.org/config.schema.json",
        plugins: ["src/a.ts", "cmd: julia tools/run.jl --fast"],
        data: "digits#letters",
        python: ".venv/bin/python",
        runtimePaths: { node: "24.21.0", bun: "./bun" },
        out: "runs",
        threshold: 0.05,
      }),
    });
    const config = await readConfig(join(folder, "slope.config.json"));
    assert.deepEqual(config.plugins, [
      join(folder, "src/a.ts"),
      `cmd: "julia" "${join(folder, "tools/run.jl")}" "--fast"`,
    ]);
    assert.equal(config.data, `${join(folder, "digits")}#letters`);
    assert.equal(config.python, join(folder, ".venv/bin/python"));
    assert.deepEqual(config.runtimePaths, { node: "24.21.0", bun: join(folder, "bun") });
    assert.equal(config.out, join(folder, "runs"));
    write(folder, { "set.json": '{"data": "fashion-mnist", "python": "python3"}' });
    const { data, python } = await readConfig(join(folder, "set.json"));
    assert.deepEqual([data, python], ["fashion-mnist", "python3"]);
  });
});

test("a configuration in TypeScript is its default export", async () => {
  await withFolder(async (folder) => {
    write(folder, {
      "slope.config.ts": "const rounds: number = 2 + 3;\nexport default { rounds };\n",
      "none.ts": "export const rounds = 5;\n",
      "throws.ts": 'throw new Error("no licence");\n',
      "broken.ts": "export default {\n",
    });
    assert.deepEqual(await readConfig(join(folder, "slope.config.ts")), { rounds: 5 });
    await assert.rejects(readConfig(join(folder, "none.ts")), refused(/no default export/));
    await assert.rejects(readConfig(join(folder, "throws.ts")), refused(/no licence/));
    await assert.rejects(readConfig(join(folder, "broken.ts")), refused(/Cannot read conf/));
  });
});

for (
  const [text, pattern] of [
    ['{"round": 3}', /"round"; did you mean "rounds"\?/],
    ['{"batch": [10]}', /did you mean "batchSizes"\?/],
    ['{"layerSizes": [[784, 10]]}', /did you mean "layers"\?/],
    ['{"treshold": 0.1}', /did you mean "threshold"\?/],
    ['{"fail-on": ["slower"]}', /did you mean "failOn"\?/],
    ['{"against": "main"}', /Unrecognized key: "against"/],
    ['{"rounds": "3"}', /rounds: .*number/],
    ['{"failOn": ["sloer"]}', /failOn\.0/],
    ['{"threshold": 5}', /threshold/],
    ["[]", /top level/],
    ["{", /expected JSON/],
  ] as const
) {
  test(`the configuration ${text} is refused`, async () => {
    await withFolder(async (folder) => {
      write(folder, { "slope.config.json": text });
      await assert.rejects(readConfig(join(folder, "slope.config.json")), refused(pattern));
    });
  });
}

test("a configuration that is not there is refused", async () => {
  await assert.rejects(readConfig("/nowhere/slope.config.json"), refused(/no such file/));
});
