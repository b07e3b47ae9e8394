import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { PROJECT } from "../support/cli.ts";
import {
  ended,
  inProject,
  NEEDS_PACKAGE,
  npmInstall,
  onPath,
  ownPackages,
  slopeIn,
  userVariables,
} from "../support/installed.ts";
import { skipFor } from "../support/skips.ts";

const LISTS = readFileSync(join(PROJECT, "examples/lists.ts"), "utf8");
const VERIFY = ["verify", "--synthetic", "--sizes", "100", "--plugin", "mine.ts"];

const versionOf = (node: string): readonly number[] =>
  execFileSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }).split(".").map(Number);

/** A Node that is too old: one on PATH, or one from npm. */
function oldNode(folder: string): string | { skip: string } {
  const isOld = (node: string) => versionOf(node)[0] < 22;
  const found = onPath("node", isOld);
  if (found) return found;
  const skip = npmInstall(folder, ["node@20.20.2"]);
  return skip === undefined ? join(folder, "node_modules/node/bin/node") : { skip };
}

test(
  "an old Node is told what Slope needs, and nothing else",
  NEEDS_PACKAGE,
  (t) =>
    inProject({}, async (folder) => {
      const elsewhere = mkdtempSync(join(tmpdir(), "slope-old-node-"));
      try {
        const node = oldNode(elsewhere);
        if (typeof node !== "string") return t.skip(skipFor(node.skip));
        const command = join(folder, "node_modules/.bin/slope");
        const { code, stdout, stderr } = await ended(node, [command, "bench"], {
          env: userVariables(),
        });
        assert.equal(code, 2);
        assert.equal(stdout, "");
        const version = versionOf(node).join(".");
        assert.equal(
          stderr,
          `error: Cannot run Slope in Node ${version}: it needs Deno 2.9 or later, or Bun 1.4 or later, or Node 22.18 or later\n` +
            "hint: install one of them, and run the command again\n",
        );
      } finally {
        rmSync(elsewhere, { recursive: true, force: true });
      }
    }),
);

test(
  "a plug-in works in a project of CommonJS, in one of modules and in one without package.json",
  NEEDS_PACKAGE,
  () =>
    inProject({ "mine.ts": LISTS }, async (folder) => {
      for (const type of ["commonjs", "module", undefined]) {
        const path = join(folder, "package.json");
        if (type === undefined) rmSync(path);
        else writeFileSync(path, JSON.stringify({ name: "project", type }));
        const { code, all } = await slopeIn(folder, VERIFY);
        assert.equal(code, 0, `${type}: ${all}`);
        assert.doesNotMatch(all, /Warning/);
      }
      // The same by a link, as a home folder may be one.
      writeFileSync(
        join(folder, "package.json"),
        JSON.stringify({ name: "project", type: "commonjs" }),
      );
      const link = `${folder}-link`;
      symlinkSync(folder, link);
      try {
        const { code, all } = await slopeIn(link, VERIFY);
        assert.equal(code, 0, all);
      } finally {
        rmSync(link);
      }
    }),
);

test("CommonJS takes the library by require", NEEDS_PACKAGE, () =>
  inProject({
    "check.cjs": `const { checkGradient, gradientOf } = require("slope-bench");
checkGradient(() => { throw new Error("boom"); }).catch((error) => console.log(error.message, typeof gradientOf));
`,
  }, async (folder) => {
    const { code, stdout, stderr } = await ended("node", ["check.cjs"], {
      cwd: folder,
      env: userVariables(),
    });
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "boom function\n");
    assert.equal(stderr, "");
  }));

test(
  "a plug-in that does not compile, or that needs more than types stripped, is told with its place",
  NEEDS_PACKAGE,
  () =>
    inProject({ "mine.ts": "" }, async (folder) => {
      const told = async (text: string) => {
        writeFileSync(join(folder, "mine.ts"), text);
        const { code, stderr } = await slopeIn(folder, VERIFY);
        assert.equal(code, 2, stderr);
        assert.match(stderr, /error: Cannot load plug-in ".*mine\.ts"/);
        assert.match(stderr, /hint: /);
        assert.doesNotMatch(stderr, /defect of Slope|at file:/);
        return stderr;
      };
      assert.match(
        await told("export function gradient( {\n"),
        /importing it failed: .*(Expression|Expected|expected|Unexpected)/,
      );
      assert.match(
        await told("enum Loss { Quadratic }\nexport const gradient = () => Loss.Quadratic;\n"),
        /enum/,
      );
      assert.match(
        await told('import { x } from "./absent.ts";\nexport const gradient = () => x;\n'),
        /absent\.ts/,
      );
      assert.match(
        await told('import x from "no-such-package";\nexport const gradient = () => x;\n'),
        /no-such-package/,
      );
    }),
);

test(
  "a folder that may not be written is told, and so is a cache",
  NEEDS_PACKAGE,
  (t) =>
    inProject({ "mine.ts": LISTS }, async (folder) => {
      if (process.platform === "win32") return t.skip(skipFor("Windows has other permissions"));
      // Permissions do not hold for root, so that another user runs the command.
      const isRoot = process.getuid?.() === 0;
      const as = isRoot ? { uid: 65534, gid: 65534 } : {};
      const home = join(folder, "home");
      mkdirSync(home);
      chmodSync(home, 0o555);
      chmodSync(folder, 0o555);
      try {
        const env = userVariables({ HOME: home });
        const run = (args: readonly string[], more = {}) =>
          ended("node", ["node_modules/slope-bench/src/slope.cjs", ...args], {
            cwd: folder,
            env: { ...env, ...more },
            ...as,
          });
        // Node may lie in a folder that is root's alone: then it does not even start.
        const version = await run(["--version"]).catch(() => undefined);
        if (isRoot && version?.code !== 0) {
          return t.skip(skipFor("another user cannot run Node here"));
        }
        const bench = await run(["bench", "--quick", "--synthetic", "--plugin", "mine.ts"]);
        assert.equal(bench.code, 2, bench.all);
        assert.match(bench.stderr, /error: Cannot write ".*results.*": /);
        assert.match(bench.stderr, /hint: .*--out/);
        const data = await run(["data", "get"]);
        assert.notEqual(data.code, 0, data.all);
        assert.match(data.stderr, /error: Cannot (write|create|download)/);
        assert.match(data.stderr, /hint: /);
        assert.doesNotMatch(data.stderr, /defect of Slope/);
      } finally {
        chmodSync(folder, 0o755);
        chmodSync(home, 0o755);
      }
    }),
);

test(
  "a command of another version than the project's says so",
  NEEDS_PACKAGE,
  () =>
    inProject({}, async (folder) => {
      ownPackages(folder);
      const other = join(folder, "elsewhere", "node_modules");
      mkdirSync(join(folder, "elsewhere"));
      cpSync(join(folder, "node_modules"), other, { recursive: true, verbatimSymlinks: true });
      const path = join(folder, "node_modules/slope-bench/package.json");
      const manifest = JSON.parse(readFileSync(path, "utf8"));
      writeFileSync(path, JSON.stringify({ ...manifest, version: "9.9.9" }));
      const { code, stderr } = await ended(
        "node",
        [join(other, "slope-bench/src/slope.cjs"), "list"],
        { cwd: folder, env: userVariables() },
      );
      assert.equal(code, 0, stderr);
      assert.match(
        stderr,
        new RegExp(`warning: this is Slope ${manifest.version}.*; the project has 9\\.9\\.9`),
      );
      const own = spawnSync("node", [join(other, "slope-bench/src/slope.cjs"), "list"], {
        cwd: join(folder, "elsewhere"),
        encoding: "utf8",
      });
      assert.doesNotMatch(own.stderr, /this is Slope/);
    }),
);
