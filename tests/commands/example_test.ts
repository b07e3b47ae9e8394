import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { exampleSection } from "../../scripts/example_section.ts";
import { summarise } from "../../src/summary/summarise.ts";
import { FORMATS } from "../../src/report/all_formats.ts";
import { readRun } from "../../src/sweep/run_folder.ts";
import { findRuntime } from "../../src/trial/runtimes.ts";
import { PROJECT } from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";
import { unavailableText } from "../../src/report/reason_words.ts";
import { skipFor } from "../support/skips.ts";

const EXAMPLE = join(PROJECT, "results", "example");
const { run, trials } = readRun(EXAMPLE);
const summary = summarise(run, trials, "example");
const REMEDY = "run `deno run --allow-all scripts/make_example.ts --again`";

test("the example is a run on the real MNIST, all of it measured but for an emulated device", () => {
  assert.equal(run.data.name, "mnist");
  assert.equal(run.data.synthetic, false);
  const planned = trials.length;
  const emulated =
    trials.filter(({ reasons }) => reasons?.every(({ kind }) => kind === "software-device")).length;
  assert.deepEqual(summary.counts, {
    ok: planned - emulated,
    skipped: emulated,
    failed: 0,
    planned,
  });
  // It reveals no paths of the machine.
  assert.doesNotMatch(JSON.stringify(run), /\.\.\/|"\/|[A-Z]:\\\\/);
});

test("every file of the example follows from its trials", SLOW, async () => {
  for (const format of FORMATS.filter(({ onDemand }) => !onDemand)) {
    for (
      const { path, content } of await format.render(summary, { name: "example", run, trials })
    ) {
      const written = readFileSync(join(EXAMPLE, path), "utf8");
      assert.ok(toNineDigits(written) === toNineDigits(content), `${path} is old: ${REMEDY}`);
    }
  }
});

/** The last digits of logarithms differ from one JavaScript engine to the next. */
const toNineDigits = (text: string): string =>
  text.replaceAll(/\d+\.\d+(?:e-?\d+)?/g, (number) => Number(number).toPrecision(9));

for (const name of ["deno", "bun", "node"] as const) {
  const found = await findRuntime(name);
  const skip = skipFor(!found.available && unavailableText(found.reason));
  test(`the page of the example proves itself in ${name}`, { ...SLOW, skip }, () => {
    assert.ok(found.available);
    const { path } = found.runtime;
    const flags = { deno: ["run", "--allow-read", "--allow-env"], bun: ["--no-install"], node: [] };
    const { status, stdout, stderr } = spawnSync(
      path,
      [...flags[name], "src/main.ts", "report", "--verify", join(EXAMPLE, "report.html")],
      { cwd: PROJECT, encoding: "utf8" },
    );
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /every figure follows from the [\d,]+ samples of \d+\s+trials\s+inside/);
  });
}

test("the README shows the table and two plots of the example", () => {
  const readme = readFileSync(join(PROJECT, "README.md"), "utf8");
  const shown = /<!-- begin example -->([^]*)<!-- end example -->/.exec(readme)?.[1] ?? "";
  // The formatter pads tables and breaks lines.
  const plain = (text: string) => text.replaceAll(/[\s:>-]+/g, " ").trim();
  assert.equal(plain(shown), plain(exampleSection(summary)), REMEDY);
  assert.equal(shown.match(/!\[[^\]]+\]\(results\/example\/plots\/\w+\.svg\)/g)?.length, 2);
});

test("the plug-ins of the README are programs that other tests run", () => {
  const readme = readFileSync(join(PROJECT, "README.md"), "utf8");
  const codeOf = (path: string) => readFileSync(join(PROJECT, path), "utf8");
  assert.ok(readme.includes(codeOf("examples/mistakes/right.py")), "right.py");
  const lists = codeOf("examples/lists.ts");
  assert.ok(readme.includes(lists.slice(lists.indexOf("type Matrix"))), "lists.ts");
});
