import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { buildTwice } from "./tarball.ts";

/** Packs one file: its text depends on the folder, or on how often it was built. */
const builder = (textOf: (to: string) => string) => (to: string): void => {
  mkdirSync(join(to, "src"), { recursive: true });
  writeFileSync(join(to, "src", "a.js"), textOf(to));
};
const pack = (from: string, to: string): string => {
  const path = join(to, "x.tgz");
  writeFileSync(path, readFileSync(join(from, "src", "a.js")));
  return path;
};

test("two builds of the same files pass; a path or a count in a file is told", async () => {
  await withFolder((folder) => {
    let times = 0;
    const cases: [string, (to: string) => string, string[]][] = [
      ["same", () => "1", []],
      ["path", (to) => dirname(to), [join("src", "a.js")]],
      ["count", () => `${times++}`, [join("src", "a.js")]],
    ];
    for (const [name, textOf, expected] of cases) {
      const { faults } = buildTwice(join(folder, name), builder(textOf), pack);
      assert.deepEqual(faults.map(({ place }) => place), expected, name);
    }
    let packed = 0;
    const stamped = (_: string, to: string): string => {
      writeFileSync(join(to, "x.tgz"), `${packed++}`);
      return join(to, "x.tgz");
    };
    const { faults } = buildTwice(join(folder, "stamped"), builder(() => "1"), stamped);
    assert.deepEqual(faults.map(({ place }) => place), ["the tarball"]);
  });
});
