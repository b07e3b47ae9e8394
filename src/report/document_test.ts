import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { because, makeRun, makeTrial, makeTrials } from "../../tests/support/trials.ts";
import { summarise } from "../summary/summarise.ts";
import type { Summary } from "../format/summary.ts";
import { formatDuration, formatInterval, formatRatio } from "./numbers.ts";
import { htmlFormat } from "./html.ts";
import { markdownFormat } from "./markdown.ts";

const run = makeRun();
const summary = summarise(run, makeTrials(run), "run");

async function markdown(of: Summary): Promise<string> {
  const [{ path, content }] = await markdownFormat.render(of);
  assert.equal(path, "report.md");
  return content;
}

/** Figures and units are tied by spaces that do not break. */
const textOf = (element: Element): string => (element.textContent ?? "").replaceAll("\u00a0", " ");

/** The one script of a page; whatever else runs was put in by somebody. */
const OWN_SCRIPT = /<script>"use strict";[^<]*(?:<(?!\/script)[^<]*)*<\/script>/;

async function html(of: Summary): Promise<{ text: string; document: Document }> {
  const [{ path, content }] = await htmlFormat.render(of);
  assert.equal(path, "report.html");
  const text = content.replace(OWN_SCRIPT, "");
  assert.notEqual(text, content);
  return { text, document: parseHTML(text).document as unknown as Document };
}

const EVIL = "<script>alert(1)</script> | `x` [a](b)\n# ]]> &amp; _y_";
const evilRun = makeRun({ environment: { host: EVIL, cpu: EVIL }, data: { source: EVIL } });
const evilTrials = makeTrials(
  evilRun,
  (trial) =>
    trial.cell.implementation === "naive_loop"
      ? { ...trial, status: "failed", reasons: because(EVIL) }
      : trial,
);
const evil = {
  ...summarise(evilRun, evilTrials, EVIL),
  warnings: [{ kind: "wrong-gradient" as const, implementations: [EVIL] }],
};

test("Markdown and HTML hold the same tables, with the summary's figures", async () => {
  const page = (await html(summary)).document;
  const text = await markdown(summary);
  const tables = [...page.querySelectorAll("table")];
  assert.equal(text.match(/^\| :-- \|.*$/gm)?.length, tables.length);
  for (const table of tables) {
    for (const row of table.querySelectorAll("tbody tr")) {
      const line = `| ${[...row.children].map((cell) => cell.textContent).join(" | ")} |`;
      assert.ok(text.includes(line), line);
    }
  }
  for (const { nsPerEpoch, nsPerExample, speedup } of summary.cells) {
    assert.ok(text.includes(` ${formatInterval(nsPerEpoch, formatDuration)} |`));
    assert.ok(text.includes(` ${formatInterval(nsPerExample, formatDuration)} |`));
    assert.ok(speedup && text.includes(` ${formatInterval(speedup, formatRatio)} |`));
  }
});

test("eight key results at most: the choice, its reasons, what they rest on", async () => {
  const { document } = await html(summary);
  const fold = document.querySelector("#h-in-words")!.closest("details")!;
  const found = [...fold.querySelectorAll("li")].map(textOf);
  assert.ok(found.length >= 5 && found.length <= 8, found.join("\n"));
  const fastest = summary.cells.find(({ cell }) =>
    cell.implementation === "fused_typed" && cell.examples === 60_000
  );
  assert.ok(fastest?.speedup);
  assert.equal(
    found[0],
    `Choose fused_typed at every m from 1,000 to 60,000: ` +
      `${formatInterval(fastest.nsPerEpoch, formatDuration)} per epoch at m = 60,000, B = 10, ` +
      `${formatInterval(fastest.speedup, formatRatio)} the speed of naive_loop. plot: time`,
  );
  const next = summary.choices.at(-1)?.rivals[0];
  assert.ok(next?.interval);
  const [low, high] = next.interval;
  const ratio = formatInterval({ value: next.ratio, low, high }, formatRatio);
  assert.ok(
    found[1].startsWith(`The next, outer_product, takes ${ratio} its time at m = 60,000.`),
    found[1],
  );
  for (const { exponent } of summary.scalingLaws) {
    assert.ok(found[2].includes(exponent.value.toFixed(3)), found[2]);
  }
  assert.match(
    found[3],
    /^outer_product, fused_typed train the same model as naive_loop\. The losses of the first 50 steps are equal\. Accuracy at m = 60,000 is the same\./,
  );
  assert.match(
    found[4],
    /rises from 77\.38 % at m = 1,000 to 89\.84 % at m = 60,000, 0\.00 points from that of naive_loop\. By the fitted learning curve, an error of 5\.00 % would remain/,
  );
  assert.match(found[4], /None reached 90 %/);
  assert.match(
    found[5],
    /^Trials of one cell vary by 1\.\d % \(.* at most \d\.\d %, \w+ at m = [\d,]+\)\./,
  );
  assert.match(found[6], /all 21 cells agree with the oracle.* 3\.1 × 10⁻⁷/);
  assert.match(
    found[6],
    /All 63 trials gave figures; \d+ % of the 135 s was spent training and sampling/,
  );
});

test("where the fastest depends on the size, it is said who is where", async () => {
  const swapped = makeTrials(
    run,
    (trial) =>
      trial.cell.examples <= 8000 && trial.cell.implementation === "outer_product"
        ? makeTrial({ cell: trial.cell, round: trial.round, epochNs: trial.cell.examples * 2000 })
        : trial,
  );
  assert.match(
    await markdown(summarise(run, swapped, "run")),
    /^\*\*Choose fused_typed from m = 16,000 on, outer_product up to 8,000\.\*\*$/m,
  );
});

test("each key result leads to the plot that shows it, and the plot is there", async () => {
  const { document } = await html(summary);
  const links = [...document.querySelectorAll("a.to-plot")].map((link) =>
    link.getAttribute("href")!
  );
  assert.ok(links.length >= 4);
  for (const link of links) assert.ok(document.querySelector(`figure${link} svg`), link);
});

test("time to 90 % is reported for those that got there, the quickest first", async () => {
  const reached = {
    ...summary,
    cells: summary.cells.map((cell) => ({
      ...cell,
      ...(cell.cell.implementation !== "outer_product" && {
        timeTo90Ns: cell.nsPerEpoch.value * 2,
      }),
    })),
  };
  const line = /Time to 90 %.*$/m.exec(await markdown(reached))?.[0] ?? "";
  assert.match(
    line,
    /at m = 60,000: fused_typed [\d.]+ ms; naive_loop [\d.]+ s; 1 of 3 did not reach it/,
  );
});

test("many series are summed up in the key results, at the largest size that all of them have", async () => {
  const many = makeRun({
    plan: { runtimes: ["deno", "bun"], batchSizes: [10, "full"], seeds: [1, 2] },
  });
  const trials = makeTrials(
    many,
    (trial) =>
      trial.cell.implementation === "naive_loop" && trial.cell.examples > 8000
        ? { ...trial, status: "skipped", reasons: because("would take too long") }
        : trial,
  );
  const lines = (await markdown(summarise(many, trials, "run"))).split("\n")
    .filter((line) => line.startsWith("- "));
  const figures =
    "[^:]*: [^:]* per epoch at m = 8,000, seed 1, [\\d.]+ × \\[[^\\]]*\\] the speed of naive_loop " +
    "in the same runtime\\.";
  const choice = (batch: string) =>
    `Choose fused_typed · \\w+ · ${batch} at every m from 1,000 to 60,000${figures}`;
  const first = lines.findIndex((line) => line.startsWith("- Choose"));
  assert.match(lines[first], new RegExp(`^- ${choice("B = 10")}`));
  assert.match(lines[first + 1], new RegExp(choice("full batch")));
  assert.match(
    lines.find((line) => /with k/.test(line)) ?? "",
    /with k from [\d.]+ \[[^\]]+\] for .* to [\d.]+ \[[^\]]+\] for .*; k = 1/,
  );
});

test("wrong gradients are said to be wrong", async () => {
  const wrong = makeTrials(
    run,
    (trial) =>
      trial.cell.implementation === "fused_typed"
        ? { ...trial, verification: { verdict: "wrong", tolerance: 1e-12 } }
        : trial,
  );
  const text = await markdown(summarise(run, wrong, "run"));
  assert.match(text, /14 of 21 cells agree with the oracle.*the others are wrong/);
  assert.match(text, /\| fused_typed \(wrong\) \| wrong \| wrong: not finite \|/);
});

test("markup in names, hosts and reasons stays text in HTML", async () => {
  const { text, document } = await html(evil);
  assert.doesNotMatch(text, /<script/i);
  assert.equal(document.querySelectorAll("script").length, 0);
  const shown = document.querySelector("main")?.textContent ?? "";
  assert.ok(shown.split(EVIL).length > 5, "title, warning, host, source and reasons");
});

test("markup in names, hosts and reasons stays text in Markdown, on one line", async () => {
  const text = await markdown(evil);
  assert.doesNotMatch(text, /<script/i);
  const escaped =
    "&lt;script&gt;alert(1)&lt;/script&gt; \\| \\`x\\` [a\\](b) # ]]&gt; &amp;amp; \\_y\\_";
  assert.ok(text.startsWith(`# Gradient benchmark ${escaped}\n`), text.slice(0, 200));
  assert.ok(text.includes(`> **✗ naive_loop failed (21 trials): train: ${escaped}`));
  assert.ok(text.includes(`- The gradient of ${escaped} is wrong`));
  assert.ok(text.includes(`| host | ${escaped} |\n`));
  assert.ok(text.includes(`| 1, 2, 3 | train: ${escaped} |\n`));
});

test("every row of a Markdown table has as many cells as its head", async () => {
  let columns = 0;
  for (const line of (await markdown(evil)).split("\n")) {
    const cells = line.startsWith("|") ? line.split(/(?<!\\)\|/).length : 0;
    assert.ok(columns === 0 || cells === 0 || cells === columns, line);
    columns = cells;
  }
});

test("a run in which everything failed says so and why", async () => {
  const none = makeTrials(
    run,
    (trial) => ({ ...trial, status: "failed", reasons: because("no memory") }),
  );
  const failed = summarise(run, none, "run");
  for (const text of [await markdown(failed), (await html(failed)).text]) {
    assert.match(text, /Nothing was measured/);
    assert.match(
      text,
      /0 trials gave figures; .*Failed: naive_loop \(21 trials: train: no memory\)/,
    );
    assert.match(text, /no memory/);
    assert.doesNotMatch(text, /NaN|undefined|Infinity/);
  }
});

test("one size has results but no exponent", async () => {
  const one = makeRun({ plan: { sizes: [1000] } });
  const text = await markdown(summarise(one, makeTrials(one), "run"));
  assert.match(text, /too few sizes, or their times scatter too much, to fit/);
  assert.match(
    text,
    /Test accuracy of fused_typed after 3 epochs is 77\.38 % at m = 1,000, 0\.00 points from/,
  );
  assert.doesNotMatch(text, /## Scaling|NaN|undefined|Infinity/);
});

test("the same summary gives the same bytes", async () => {
  const copy: Summary = JSON.parse(JSON.stringify(summary));
  for (const format of [markdownFormat, htmlFormat]) {
    assert.deepEqual(await format.render(copy), await format.render(summary));
  }
});

test("Markdown comes with every plot that it shows", async () => {
  const [{ content }, ...plots] = await markdownFormat.render(summary);
  const shown = [...content.matchAll(/^!\[[^\]]+\]\((plots\/\w+\.svg)\)$/gm)].map(([, path]) =>
    path
  );
  assert.ok(shown.length >= 9);
  assert.deepEqual(plots.map(({ path }) => path), shown);
  for (const { content, path } of plots) assert.match(content, /^<svg /, path);
});

test("the page fetches nothing and runs nothing", async () => {
  const { text, document } = await html(summary);
  // Where a name is, or a link that somebody may follow, nothing is fetched.
  const fetched = text.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")
    .replaceAll(/<a href="https:\/\/[^"]*" rel="noreferrer">/g, "");
  assert.doesNotMatch(fetched, /https?:\/\//);
  assert.doesNotMatch(text, /<script|<link|<img|<iframe|\son\w+=/i);
  const policy = document.querySelector('meta[http-equiv="Content-Security-Policy"]');
  assert.match(policy?.getAttribute("content") ?? "", /^default-src 'none';/);
  assert.equal(document.documentElement.getAttribute("lang"), "en");
});

test("headings go down one level at a time, and every figure stands in the page and in Markdown", async () => {
  const { document } = await html(summary);
  const levels = [...document.querySelectorAll("h1, h2, h3")].map(({ tagName }) =>
    Number(tagName[1])
  );
  assert.equal(levels[0], 1);
  levels.slice(1).forEach((level, i) => {
    assert.ok(level > 1 && level <= levels[i] + 1, levels.join(" "));
  });
  // All but the map have a second drawing for a phone.
  assert.equal(document.querySelectorAll("figure").length, 11);
  assert.equal(document.querySelectorAll("figure svg").length, 11 + 10);
  assert.equal((await markdown(summary)).match(/^!\[[^\]]+\]\(plots\/\w+\.svg\)$/gm)?.length, 11);
});
