import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { COLOURS } from "./plots/frame.ts";
import { buildDocument } from "./content.ts";
import type { Block, Item, Table } from "./document.ts";
import type { Summary } from "../analysis/summary.ts";
import { SLOPE_VERSION } from "../base/version.ts";
import { cellKey } from "../trial/record.ts";
import { embedRawRun, inStoredOrder, type RawRun } from "./page/raw_run.ts";
import { STYLESHEET } from "./stylesheet.ts";
import type { ReportFormat } from "./report_format.ts";

export const htmlFormat: ReportFormat = {
  name: "html",
  summary: "report.html: the whole report in one page that needs no network",
  render(summary, raw) {
    const { title, blocks } = buildDocument(summary);
    const content = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Slope ${SLOPE_VERSION}">
<title>${escape(title)}</title>
<style>
${STYLESHEET}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
${printAll(blocks)}
${raw ? RAW_TRIALS : ""}
</main>
${raw ? embedRawRun(raw) + "\n" + embedWarmups(summary, raw) + "\n" : ""}<script>${SCRIPT}</script>
</body>
</html>
`;
    return [{ path: "report.html", content }];
  },
};

/** Filled by the script when it is opened. */
const RAW_TRIALS = `<details class="raw-trials" hidden>
<summary>Raw trials</summary>
<p>As they were measured. A click on a trial draws its samples in their order; what lies in the shade was taken for warm-up and left out.</p>
</details>`;

/** How many of the samples of each trial are warm-up, in the order in which the page holds them. */
function embedWarmups({ cells, copies = [] }: Summary, { trials }: RawRun): string {
  const counts = new Map(
    [...cells, ...copies].flatMap(({ cell, warmups = [] }) =>
      warmups.map(({ round, samples }) => [`${cellKey(cell)}|${round}`, samples] as const)
    ),
  );
  const ofTrials = inStoredOrder(trials).map(({ cell, round }) =>
    counts.get(`${cellKey(cell)}|${round}`) ?? 0
  );
  return `<script type="application/json" id="warm-ups">${JSON.stringify(ofTrials)}</script>`;
}

const SCRIPT = readFileSync(new URL("./page/script.js", import.meta.url), "utf8");

/** Nothing is fetched, and nothing runs but this one script, whatever a name in the run may hold. */
const POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src data:",
  `script-src 'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}'`,
].join("; ");

/** Figures that follow each other stand side by side where there is room. */
function printAll(blocks: readonly Block[]): string {
  return blocks.map((block, i) => {
    const [before, after] = [blocks[i - 1], blocks[i + 1]].map((one) => one?.kind === "figure");
    const isFigure = block.kind === "figure";
    return (isFigure && !before ? '<div class="figures">\n' : "") + print(block) +
      (isFigure && !after ? "\n</div>" : "");
  }).join("\n");
}

function print(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `<h${block.level}>${escape(block.text)}</h${block.level}>`;
    case "paragraph":
      return `<p>${escape(block.text)}</p>`;
    case "warning":
      return `<p class="warning"><strong>Warning:</strong> ${escape(block.text)}</p>`;
    case "list":
      return `<ul>\n${block.items.map(printItem).join("\n")}\n</ul>`;
    case "switches":
      return printSwitches(block.labels);
    case "code":
      return `<pre><code>${escape(block.text)}</code></pre>`;
    case "table":
      return printTable(block);
    case "figure":
      return `<figure id="${figureId(block.path)}">\n${inline(block.svg.trim())}\n<figcaption>${
        escape(block.caption)
      }</figcaption>\n</figure>`;
  }
}

/** Hidden until the script is there to work them. */
function printSwitches(labels: readonly string[]): string {
  const buttons = labels.map((label, i) =>
    `<button type="button" class="series series-${i}" data-series="${i}" aria-pressed="true">` +
    `<span class="swatch" style="background: ${colour(COLOURS[i % COLOURS.length])}"></span>` +
    `${escape(label)}</button>`
  );
  return `<div class="switches" role="group" aria-label="Series in the plots" hidden>\n${
    [...buttons, `<button type="button">all or none</button>`].join("\n")
  }\n</div>`;
}

/**
 * A plot as part of the page: its colours become those of the page, which are others in the dark; and only the whole
 * of it has a name, because the parts of an image are nothing to a reader of screens.
 */
function inline(svg: string): string {
  const ofSeries = COLOURS.reduce(
    (text, hex) => text.replaceAll(`"${hex}"`, `"${colour(hex)}"`),
    svg,
  );
  return ofSeries.replaceAll('"white"', '"var(--plot-page)"').replaceAll('"#888"', '"var(--quiet)"')
    .replaceAll('"#555"', '"var(--quiet)"')
    .replace("background:white;color:#222", "background:var(--plot-page);color:var(--text)")
    .replaceAll(/<g [^>]*>/g, (tag) => tag.replaceAll(/ aria-(?:label|description)="[^"]*"/g, ""));
}

const colour = (hex: string): string => `var(--series-${COLOURS.indexOf(hex)})`;

function printItem({ text, figure }: Item): string {
  const link = figure === undefined ? "" : ` <a href="#${figureId(figure)}">see the plot</a>`;
  return `<li>${escape(text)}${link}</li>`;
}

/** "time" or "plots/time.svg" → "plot-time". */
const figureId = (name: string): string =>
  `plot-${name.replace(/^plots\//, "").replace(/\.svg$/, "")}`;

/** In a box that scrolls sideways, by keyboard too, so that the page itself never does. */
function printTable({ columns, rows }: Table): string {
  const kind = (i: number) => columns[i].numeric ? ' class="number"' : "";
  const head = columns.map(({ title }, i) => `<th scope="col"${kind(i)}>${escape(title)}</th>`);
  const body = rows.map((row) => {
    const cells = row.map((text, i) => {
      const content = columns[i].numeric ? intervalBelow(escape(text)) : escape(text);
      return i === 0 ? `<th scope="row">${content}</th>` : `<td${kind(i)}>${content}</td>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="group" aria-label="table"><table>
<thead><tr>${head.join("")}</tr></thead>
<tbody>
${body.join("\n")}
</tbody>
</table></div>`;
}

/** "8.12 µs [8.05, 8.31]": the interval on a line of its own, which halves the width of a table. */
function intervalBelow(escaped: string): string {
  return escaped.replace(/ (\[[^\]]*\])$/, ' <span class="interval">$1</span>');
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
