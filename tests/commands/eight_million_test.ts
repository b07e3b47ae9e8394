import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { eightMillionSection } from "../../scripts/eight_million_section.ts";
import { FORMATS } from "../../src/report/all_formats.ts";
import { summarise } from "../../src/summary/summarise.ts";
import { readRun } from "../../src/sweep/run_folder.ts";
import { PROJECT } from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";

const read = (name: string) => {
  const folder = join(PROJECT, "results", name);
  const { run, trials } = readRun(folder);
  return { name, folder, run, trials, summary: summarise(run, trials, name) };
};
const decades = read("eight_million");
const ranks = read("eight_million_ranks");
const REMEDY = "run `deno run --allow-all scripts/make_eight_million.ts --again`";

test("the run covers 1,000 to 8,100,000 deformed digits, all of them measured", () => {
  const { run, trials, summary } = decades;
  const sizes = summary.cells.map(({ cell }) => cell.examples);
  assert.equal(Math.min(...sizes), 1000);
  assert.equal(Math.max(...sizes), 8_100_000);
  assert.equal(run.data.trainExamples, 8_100_000);
  assert.equal(run.data.testExamples, 10_000);
  assert.equal(run.data.synthetic, false);
  assert.deepEqual(summary.counts, {
    ok: trials.length,
    skipped: 0,
    failed: 0,
    planned: trials.length,
  });
  // It reveals no paths of the machine.
  assert.doesNotMatch(JSON.stringify(run), /\.\.\/|"\/|[A-Z]:\\\\/);
});

test("no trial held the pixels of its examples", () => {
  const most = decades.summary.cells.find(({ cell }) => cell.examples === 8_100_000)!;
  assert.ok(most.peakRssBytes !== undefined && most.peakRssBytes < 8_100_000 * 784);
});

test("each of two ranks holds at most 60 % of what one holds", () => {
  const peak = (count: number) =>
    ranks.summary.cells.find(({ cell }) => cell.ranks === count)!.peakRssBytes!;
  assert.equal(ranks.summary.cells[0].cell.examples, 8_100_000);
  assert.ok(peak(2) <= 0.6 * peak(1), `${peak(2)} of ${peak(1)}`);
});

for (const { name, folder, run, trials, summary } of [decades, ranks]) {
  test(`every file of ${name} follows from its trials`, SLOW, async () => {
    for (const format of FORMATS.filter(({ onDemand }) => !onDemand)) {
      const rendered = await format.render(summary, { name, run, trials });
      for (const { path, content } of rendered) {
        const written = readFileSync(join(folder, path), "utf8");
        assert.ok(toNineDigits(written) === toNineDigits(content), `${path} is old: ${REMEDY}`);
      }
    }
  });
}

/** The last digits of logarithms differ from one JavaScript engine to the next. */
const toNineDigits = (text: string): string =>
  text.replaceAll(/\d+\.\d+(?:e-?\d+)?/g, (number) => Number(number).toPrecision(9));

test("DATA shows their tables and two plots", () => {
  const page = readFileSync(join(PROJECT, "docs", "DATA.md"), "utf8");
  const shown = /<!-- begin eight million -->([^]*)<!-- end eight million -->/.exec(page)?.[1] ??
    "";
  // The formatter pads tables and breaks lines.
  const plain = (text: string) => text.replaceAll(/[\s:>|-]+/g, " ").trim();
  assert.equal(plain(shown), plain(eightMillionSection(decades.summary, ranks.summary)), REMEDY);
  for (const plot of ["time", "accuracy"]) {
    assert.ok(existsSync(join(decades.folder, "plots", `${plot}.svg`)));
  }
});
