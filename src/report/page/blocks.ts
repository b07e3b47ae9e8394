import type { Block, Figure, Item } from "../document.ts";
import { COLOURS } from "../plots/frame.ts";
import { INKS } from "../plots/speedup_map.ts";
import { content, escape } from "./escape.ts";
import { type Heading, headingIds, printContents } from "./headings.ts";
import { printTable } from "./tables.ts";

/**
 * The blocks of a document as HTML. Figures that follow each other stand side by side where there is room; below the first
 * section is a list of all, where there are several. Switches are at hand as long as their section is.
 */
export function printBlocks(blocks: readonly Block[]): string {
  const ids = headingIds(blocks);
  const second = blocks.filter(isSection)[1];
  const print = printer(ids);
  let isSwitched = false;
  return blocks.map((block, i) => {
    const isFigure = block.kind === "figure";
    const [before, after] = [blocks[i - 1], blocks[i + 1]].map((one) =>
      one?.kind === "figure" && isFigure && one.size === block.size
    );
    const parts = [print(block)];
    if (isFigure && !before) {
      parts.unshift(`<div class="figures${block.size ? ` ${block.size}` : ""}">`);
    }
    if (isFigure && !after) parts.push("</div>");
    if (block === second) parts.unshift(printContents(ids));
    if (block.kind === "switches") {
      parts.unshift("<div>");
      isSwitched = true;
    }
    const next = blocks[i + 1];
    if (isSwitched && (next === undefined || isSection(next))) {
      parts.push("</div>");
      isSwitched = false;
    }
    return parts.filter((part) => part !== "").join("\n");
  }).join("\n");
}

const isSection = (block: Block): block is Heading => block.kind === "heading" && block.level === 2;

/** Prints one block after the other: a table is named by the heading above it. */
function printer(ids: ReadonlyMap<Heading, string>): (block: Block) => string {
  let above: Heading | undefined;
  let tables = 0;
  return (block) => {
    switch (block.kind) {
      case "heading":
        [above, tables] = [block, 0];
        return `<h${block.level} id="${ids.get(block)}">${content(block.text)}</h${block.level}>`;
      case "paragraph":
        return `<p>${content(block.text)}</p>`;
      case "warning":
        return `<p class="warning"><strong>Warning:</strong> ${content(block.text)}</p>`;
      case "list":
        return `<ul>\n${block.items.map(printItem).join("\n")}\n</ul>`;
      case "lead":
        return printLead(block.items, block.figure);
      case "switches":
        return printSwitches(block.labels);
      case "code":
        return `<pre><code>${escape(block.text)}</code></pre>`;
      case "table":
        tables++;
        return printTable(
          block,
          above === undefined
            ? ""
            : tables === 1
            ? ` aria-labelledby="${ids.get(above)}"`
            : ` aria-label="${escape(`${above.text}, table ${tables}`)}"`,
        );
      case "figure":
        return printFigure(block);
    }
  };
}

/** On a phone it scrolls, because letters of half the size are none; the script makes it a stop of the keyboard. */
const printFigure = ({ path, svg, caption }: Figure): string =>
  `<figure id="${figureId(path)}">
<div class="drawn">${inline(svg.trim())}</div>
<figcaption>${content(caption)}</figcaption>
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
    `<span class="swatch colour-${i % COLOURS.length}"></span>${content(label)}</button>`
  );
  return `<div class="switches" role="group" aria-label="Series in plots and tables" hidden>
<div class="names">
${buttons.join("\n")}
</div>
<div class="tools"><button type="button">Show all or none of the series</button>
<label class="filter">Series with <input type="search"></label></div>
</div>`;
}

/**
 * A plot as part of the page: its colours become those of the page, which are others in the dark, and its styles are the
 * page's, because no others are let in; and only the whole of it has a name, because the parts of an image are nothing to a
 * reader of screens.
 */
function inline(svg: string): string {
  const ofSeries = COLOURS.reduce(
    (text, hex, i) => text.replaceAll(`"${hex}"`, `"var(--series-${i})"`),
    svg,
  );
  return ofSeries.replaceAll('"white"', '"var(--plot-page)"')
    .replaceAll(`"${INKS.turning}"`, '"var(--ink)"')
    .replaceAll(`"${INKS.turned}"`, '"var(--turned)"')
    .replaceAll(/"#(?:888|555)"/g, '"var(--quiet)"')
    .replace(/^(<svg [^>]*?) style="[^"]*"/, "$1")
    .replace(/<style>[^<]*<\/style>/, "")
    .replaceAll(/<g [^>]*>/g, (tag) => tag.replaceAll(/ aria-(?:label|description)="[^"]*"/g, ""));
}

const printItem = (item: Item): string => `<li>${itemText(item)}</li>`;

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
    /(?<=\d) (?=[%×]|[nµm]?s\b|threads?\b)/g,
    "\u00a0",
  );

/** "accuracy_by_time" → "accuracy by time", "trend_3" → "trend". */
const plotName = (figure: string): string => figure.replace(/_\d+$/, "").replaceAll("_", " ");

/** "time" or "plots/time.svg" → "plot-time". */
const figureId = (name: string): string =>
  `plot-${name.replace(/^plots\//, "").replace(/\.svg$/, "")}`;
