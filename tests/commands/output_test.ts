import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Summary } from "../../src/format/summary.ts";
import {
  flags,
  NO_PYTHON,
  slope,
  slopeHere,
  smallData,
  startSlope,
  withFolder,
} from "../support/cli.ts";
import { mnistDirectory, skipWithoutMnist } from "../support/mnist.ts";
import { stopServer } from "../support/served.ts";
import { writeRun } from "../support/runs.ts";
import { SLOW } from "../support/slow.ts";
import { makeRun, makeTrials } from "../support/trials.ts";

const data = { data: smallData() };
const SMALL = { ...data, sizes: "300", epochs: "1" };

const PRINTED: Readonly<Record<string, readonly string[]>> = {
  list: ["list", ...flags(data)],
  verify: [
    "verify",
    ...flags({ ...data, sizes: "300", implementations: "fused_typed,sparse_typed" }),
  ],
  train: ["train", "fused_typed", ...flags(SMALL)],
  "data check": ["data", "check", smallData()],
  "data info": ["data", "info", ...flags(data)],
};

for (const [name, args] of Object.entries(PRINTED)) {
  test(`${name} prints nothing wider than COLUMNS, and cuts no words`, SLOW, async () => {
    // Times and errors differ from run to run, columns that do not fit move below the table, and digits shrink.
    const words = (text: string) =>
      text.replaceAll(/[▀▄█]/g, " ").split(/\s+/).filter((word) => word !== "")
        .map((word) => word.replaceAll(/[\d.⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, "#")).sort();
    const at = (columns: number) => slope(args, { ...NO_PYTHON, COLUMNS: String(columns) });
    const wide = words((await at(500)).stdout);
    const [narrow, usual] = [await at(40), await at(80)];
    for (const [columns, { code, stdout, stderr }] of [[40, narrow], [80, usual]] as const) {
      assert.equal(code, 0, stderr);
      for (const line of stdout.split("\n")) {
        assert.ok(line.length <= columns || !line.trim().includes(" "), `${columns}: ${line}`);
        assert.equal(line, line.trimEnd());
      }
      assert.deepEqual(words(stdout), wide);
    }
  });
}

test("report --print json prints the summary alone, whatever files are written", SLOW, async () => {
  await withFolder(async (folder) => {
    const run = makeRun();
    await writeRun(join(folder, "run"), run, makeTrials(run));
    const args = ["report", join(folder, "run"), ...flags({ print: "json" })];
    const { code, stdout, stderr } = await slopeHere([...args, ...flags({ format: "md,html" })]);
    assert.equal(code, 0, stderr);
    assert.equal(Summary.parse(JSON.parse(stdout)).cells.length, 21);
    assert.match(stderr, /^wrote .*run: report\.md, report\.html, plots\/ \(\d+ files\)\n$/);
    const page = join(folder, "run", "report.html");
    const verified = await slopeHere(["report", ...flags({ verify: page, print: "json" })]);
    assert.equal(verified.code, 0, verified.stderr);
    const { trials, differences } = JSON.parse(verified.stdout);
    assert.deepEqual([trials, differences], [63, []]);
  });
});

test("train prints a line of JSON for each cell, skipped ones too", SLOW, async () => {
  const { code, stdout, stderr } = await slopeHere([
    "train",
    ...flags({ ...SMALL, implementations: "fused_typed,naive_loop", format: "json" }),
  ]);
  assert.equal(code, 0, stderr);
  const records = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(
    records.map(({ cell, status }) => [cell.implementation, status]).sort(),
    [["fused_typed", "ok"], ["naive_loop", "ok"]],
  );
});

test(
  "profile of several implementations prints one array, with the reason where one has no profile",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      const plugin = join(out, "both.ts");
      const code = (prepare: string) => `summary: "s", precision: "float64", prepare: ${prepare} }`;
      writeFileSync(
        plugin,
        `export const a = { name: "a", ${code("() => { throw new Error('no memory') }")};
       export const b = { name: "b", ${code("() => (p, b, g) => { g.fill(0); return 0; }")};`,
      );
      const ended = await slopeHere([
        "profile",
        ...flags({ ...SMALL, plugin, out, budget: "1s", format: "json" }),
      ]);
      assert.equal(ended.code, 1, ended.stderr);
      const told = JSON.parse(ended.stdout);
      const [a, b] = ["a", "b"].map((name) =>
        told.find((one: { cell: { implementation: string } }) => one.cell.implementation === name)
      );
      assert.match(JSON.stringify(a.failed), /no memory/);
      assert.equal(b.failed.kind, "wrong-gradient");
    });
  },
);

test("serve prints its address as JSON on request", SLOW, async () => {
  await withFolder(async (out) => {
    const served = startSlope(["serve", ...flags({ out, port: "0", format: "json" })]);
    await served.says("Ctrl-C ends it");
    const { url, folder } = JSON.parse(served.output());
    assert.equal(folder, out);
    assert.equal((await fetch(url)).status, 200);
    await stopServer(served);
  });
});

test("data get prints its folder as JSON on request", {
  ...SLOW,
  skip: skipWithoutMnist,
}, async () => {
  const { code, stdout, stderr } = await slopeHere([
    "data",
    "get",
    mnistDirectory()!,
    "--format",
    "json",
  ]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), { folder: mnistDirectory() });
});

test("an error has no escape sequences where standard error is not a terminal", SLOW, async () => {
  for (const args of [["bensh"], ["bench", "--sixes", "3"], ["bench", "--epochs", "x"]]) {
    const { code, stderr } = await slope(args, { NO_COLOR: "", FORCE_COLOR: "1" });
    assert.equal(code, 2);
    assert.ok(!stderr.includes("\x1b"), stderr);
    assert.match(stderr, /^error: .+\nhint: `.*--help` lists .+\n$/);
  }
});

test(
  "--page creates parent folders, and refuses a folder with a hint",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const run = makeRun();
      await writeRun(join(folder, "results", "run"), run, makeTrials(run));
      mkdirSync(join(folder, "pages"));
      const history = (page: string) =>
        slopeHere(["history", join(folder, "results"), "--page", page]);
      const refused = await history(join(folder, "pages"));
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /error: Cannot write page ".*pages": it is a folder/);
      assert.match(refused.stderr, /hint: name a file, as --page .*pages\/page\.html/);
      const made = await history(join(folder, "new", "folders", "x.html"));
      assert.equal(made.code, 0, made.stderr);
      assert.match((await slopeHere(["history", "--help"])).stdout, /creates\s+parent\s+folders/);
      writeFileSync(join(folder, "file"), "");
      const impossible = await history(join(folder, "file", "x.html"));
      assert.equal(impossible.code, 2);
      assert.match(impossible.stderr, /hint: name a file that you may write.*--page/);
      assert.doesNotMatch(impossible.stderr, /--out/);
    });
  },
);
