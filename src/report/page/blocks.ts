import type { Block, Figure, Item, Table } from "../document.ts";
import { content, escape } from "./escape.ts";
import { figureId, printFigure } from "./figure_html.ts";
import { printTable, swatch } from "./table_html.ts";

/**
 * The blocks of a document as HTML: neighbouring figures side by side, switches visible until their section ends, folded
 * sections closed.
 */
export function printBlocks(blocks: readonly Block[]): string {
  const print = printer(headingIds(blocks));
  const open: string[] = [];
  return blocks.flatMap((block, i) => {
    const parts = [print(block)];
    const [before, next] = [blocks[i - 1], blocks[i + 1]];
    if (block.kind === "figure") {
      const isBeside = (other: Block | undefined) =>
        other?.kind === "figure" && other.size === block.size;
      if (!isBeside(before)) parts.unshift(`<div class="${classesOf(block, next)}">`);
      if (!isBeside(next)) parts.push("</div>");
    }
    if (block.kind === "switches") {
      parts.unshift("<div>");
      open.push("</div>");
    }
    if (block.kind === "heading" && block.folded) {
      parts.unshift(block.isOpen ? "<details open>" : "<details>");
      open.push("</details>");
    }
    if (next === undefined || isSection(next)) parts.push(...open.splice(0).reverse());
    return parts.filter((part) => part !== "");
  }).join("\n");
}

const classesOf = ({ size }: Figure, next: Block | undefined): string =>
  ["figures", ...(size === undefined ? [] : [size]), ...(next?.kind === "figure" ? [] : ["alone"])]
    .join(" ");

type OfKind<K extends Block["kind"]> = Extract<Block, { kind: K }>;
type Heading = OfKind<"heading">;

const isSection = (block: Block): block is Heading => block.kind === "heading" && block.level === 2;

/** An id for each heading: "Time per epoch" → "h-time-per-epoch", a second one "h-time-per-epoch--2". */
function headingIds(blocks: readonly Block[]): ReadonlyMap<Heading, string> {
  const counts = new Map<string, number>();
  const ids = new Map<Heading, string>();
  for (const block of blocks) {
    if (block.kind !== "heading") continue;
    const slug = slugOf(block.text);
    const count = (counts.get(slug) ?? 0) + 1;
    counts.set(slug, count);
    // Two dashes, because no slug ends so.
    ids.set(block, `h-${slug}${count === 1 ? "" : `--${count}`}`);
  }
  return ids;
}

/** Where the first section of this heading is on its page. */
export const sectionAddress = (text: string): string => `#h-${slugOf(text)}`;

const slugOf = (text: string): string =>
  text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");

/** Prints one block after the other; the heading above a table names it. */
function printer(ids: ReadonlyMap<Heading, string>): (block: Block) => string {
  let above: Heading | undefined;
  let tables = 0;
  const tableUnder = (block: Table) => {
    tables++;
    const name = above === undefined
      ? ""
      : tables === 1
      ? ` aria-labelledby="${ids.get(above)}"`
      : ` aria-label="${escape(`${above.text}, table ${tables}`)}"`;
    return printTable(block, name);
  };
  return (block) => {
    switch (block.kind) {
      case "heading": {
        [above, tables] = [block, 0];
        const text = content(block.text);
        const tag = `<h${block.level} id="${ids.get(block)}">${text}</h${block.level}>`;
        return block.folded ? `<summary>${tag}</summary>` : tag;
      }
      case "paragraph":
        return `<p>${content(block.text)}</p>`;
      case "warning":
        return `<p class="warning"><strong>Warning:</strong> ${content(block.text)}</p>`;
      case "failures":
        return `<div class="failures">${
          listOf(block.items.map((item) => `<li>${withCommand(itemText(item))}</li>`))
        }</div>`;
      case "list":
        return printList(block.items);
      case "verdict":
        return `<p class="verdict">${tied(content(block.text))}</p>`;
      case "tiles":
        return printTiles(block);
      case "trust":
        return printTrust(block);
      case "switches":
        return printSwitches(block);
      case "code":
        return `<pre><code>${escape(block.text)}</code></pre>`;
      case "metrics":
        return printMetrics(block);
      case "table":
        return tableUnder(block);
      case "figure":
        return printFigure(block);
    }
  };
}

const listOf = (items: readonly string[]): string => `<ul>\n${items.join("\n")}\n</ul>`;

const printList = (items: readonly Item[]): string =>
  listOf(items.map((item) => `<li>${itemText(item)}</li>`));

/** The command at the end of a text, in the letters of code. */
const withCommand = (html: string): string =>
  html.replace(/(?<=Next: )`([^`]+)`$/, "<code>$1</code>");

const printTiles = ({ tiles }: OfKind<"tiles">): string =>
  `<dl class="tiles">
${
    tiles.map(({ label, value, note }) =>
      `<div><dt>${content(label)}</dt><dd><b>${tied(content(value))}</b> ${
        tied(content(note))
      }</dd></div>`
    ).join("\n")
  }
</dl>`;

const TONES = { "✓": "good", "✗": "bad", "⚠": "doubt" } as const;

const printTrust = ({ items }: OfKind<"trust">): string =>
  `<p class="trust">${
    items.map(({ mark, text, under }) =>
      `<a class="${TONES[mark]}" href="${sectionAddress(under)}">${mark} ${content(text)}</a>`
    ).join(" ")
  }</p>`;

/** A script shows one at a time; without it, all are there. */
const printMetrics = ({ metrics }: OfKind<"metrics">): string =>
  `<div class="metrics">
${
    metrics.map(({ title, table }) =>
      `<section class="metric"><h3 id="h-metric-${slugOf(title)}">${content(title)}</h3>
${printTable(table, ` aria-labelledby="h-metric-${slugOf(title)}"`)}</section>`
    ).join("\n")
  }
</div>`;

/** Hidden until the script that serves them runs. */
function printSwitches({ labels, filter }: OfKind<"switches">): string {
  const buttons = labels.map(({ text, colour }, i) =>
    `<button type="button" class="series series-${i}" data-series="${i}" aria-pressed="true">` +
    `${swatch(colour)}${content(text)}</button>`
  );
  const field = filter ? `\n<label class="filter">Series with <input type="search"></label>` : "";
  return `<div class="switches" role="group" aria-label="What plots and tables show" hidden>
<div class="names">
${buttons.join("\n")}
</div>
<div class="tools"><button type="button">Show all or none</button>${field}</div>
</div>`;
}

function itemText({ text, figure, sources = [] }: Item): string {
  const links = sources.map(({ text, url }) =>
    `<a href="${escape(url)}" rel="noreferrer">${content(text)}</a>`
  );
  return tied(content(text)) + (links.length > 0 ? ` (${links.join("; ")})` : "") +
    (figure === undefined
      ? ""
      : ` <a class="to-plot" href="#${figureId(figure)}">plot: ${escape(plotName(figure))}</a>`);
}

/** Figures and their units stay on one line: "m = 10", "7 %", "1.32 ×", "55 ms". */
const tied = (text: string): string =>
  text.replaceAll(" = ", "\u00a0=\u00a0").replaceAll(
    /(?<=\d) (?=[%×]|[nµm]?s\b|threads?\b)|(?<=×) (?=10)/g,
    "\u00a0",
  );

/** "accuracy_by_time" → "accuracy by time", "trend_3" → "trend". */
const plotName = (figure: string): string => figure.replace(/_\d+$/, "").replaceAll("_", " ");
