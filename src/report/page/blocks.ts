import type { Block, Figure, Item, Table } from "../document.ts";
import { COLOURS } from "../plots/frame.ts";
import { escape } from "./escape.ts";

/** The blocks of a document as HTML. Figures that follow each other stand side by side where there is room. */
export function printBlocks(blocks: readonly Block[]): string {
  return blocks.map((block, i) => {
    const isFigure = block.kind === "figure";
    const [before, after] = [blocks[i - 1], blocks[i + 1]].map((one) =>
      one?.kind === "figure" && isFigure && one.size === block.size
    );
    return (isFigure && !before
      ? `<div class="figures${block.size ? ` ${block.size}` : ""}">\n`
      : "") +
      print(block) +
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
    case "lead":
      return printLead(block.items, block.figure);
    case "switches":
      return printSwitches(block.labels);
    case "code":
      return `<pre><code>${escape(block.text)}</code></pre>`;
    case "table":
      return printTable(block);
    case "figure":
      return printFigure(block);
  }
}

/** On a phone it scrolls, because letters of half the size are none; the script makes what scrolls a stop of the keyboard. */
const printFigure = ({ path, svg, caption }: Figure): string =>
  `<figure id="${figureId(path)}">
<div class="drawn" role="group" aria-label="plot">${inline(svg.trim())}</div>
<figcaption>${escape(caption)}</figcaption>
</figure>`;

function printLead([first, ...others]: readonly Item[], figure: Figure | undefined): string {
  return `<p class="choice">${itemText(first)}</p>
<div class="lead">
${others.length === 0 ? "" : `<ul>\n${others.map(printItem).join("\n")}\n</ul>\n`}${
    figure === undefined ? "" : `${printFigure(figure)}\n`
  }</div>`;
}

/** Hidden until the script is there to work them. */
function printSwitches(labels: readonly string[]): string {
  const buttons = labels.map((label, i) =>
    `<button type="button" class="series series-${i}" data-series="${i}" aria-pressed="true">` +
    `<span class="swatch" style="background: ${colour(COLOURS[i % COLOURS.length])}"></span>` +
    `${escape(label)}</button>`
  );
  const others = [
    `<button type="button">all or none</button>`,
    `<label class="filter">only with <input type="search"></label>`,
  ];
  return `<div class="switches" role="group" aria-label="Series in plots and tables" hidden>\n${
    [...buttons, ...others].join("\n")
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

const printItem = (item: Item): string => `<li>${itemText(item)}</li>`;

function itemText({ text, figure, sources = [] }: Item): string {
  const links = sources.map(({ text, url }) =>
    `<a href="${escape(url)}" rel="noreferrer">${escape(text)}</a>`
  );
  return tied(escape(text)) + (links.length > 0 ? ` (${links.join("; ")})` : "") +
    (figure === undefined
      ? ""
      : ` <a class="to-plot" href="#${figureId(figure)}">plot: ${escape(plotName(figure))}</a>`);
}

/** Figures and their units stay on one line: "m = 10", "7 %", "1.32 ×", "55 ms". */
const tied = (text: string): string =>
  text.replaceAll(" = ", "\u00a0=\u00a0").replaceAll(
    /(?<=\d) (?=[%×]|[nµm]?s\b|threads?\b)/g,
    "\u00a0",
  );

/** "accuracy_by_time" → "accuracy by time", "trend_3" → "trend". */
const plotName = (figure: string): string => figure.replace(/_\d+$/, "").replaceAll("_", " ");

/** "time" or "plots/time.svg" → "plot-time". */
const figureId = (name: string): string =>
  `plot-${name.replace(/^plots\//, "").replace(/\.svg$/, "")}`;

/** In a box that scrolls sideways, by keyboard too, so that the page itself never does. */
function printTable({ columns, rows, series, facts, links }: Table): string {
  const kind = (i: number) => columns[i].numeric ? ' class="number"' : "";
  const head = columns.map(({ title }, i) => `<th scope="col"${kind(i)}>${escape(title)}</th>`);
  const body = rows.map((row, place) => {
    const cells = row.map((text, i) => {
      const content = columns[i].numeric ? intervalBelow(escape(text)) : linked(text, links);
      if (i === 0) return `<th scope="row">${content}</th>`;
      return columns[i].verdict
        ? `<td class="verdict-${/\w+$/.exec(text)?.[0] ?? "none"}">${content}</td>`
        : `<td${kind(i)}>${content}</td>`;
    });
    const of = series?.[place];
    return `<tr${of === undefined ? "" : ` class="series series-${of}"`}>${cells.join("")}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="group" aria-label="table"><table${
    facts ? ' class="facts"' : ""
  }>
<thead><tr>${head.join("")}</tr></thead>
<tbody>
${body.join("\n")}
</tbody>
</table></div>`;
}

function linked(text: string, links: Table["links"]): string {
  const address = links?.get(text);
  return address === undefined ? escape(text) : `<a href="${escape(address)}">${escape(text)}</a>`;
}

/** "8.12 µs [8.05, 8.31]": the interval on a line of its own, which halves the width of a table. */
function intervalBelow(escaped: string): string {
  return escaped.replace(/ (\[[^\]]*\])$/, ' <span class="interval">$1</span>');
}
