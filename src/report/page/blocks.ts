import type { Block, Figure, Item, Table } from "../document.ts";
import { classOf, COLOURS } from "../plots/frame.ts";
import { INKS } from "../plots/speedup_map.ts";
import { content, escape } from "./escape.ts";

/** The blocks of a document as HTML: neighbouring figures side by side, switches visible until their section ends. */
export function printBlocks(blocks: readonly Block[]): string {
  const ids = headingIds(blocks);
  const second = blocks.filter(isSection)[1];
  const print = printer(ids);
  let isSwitched = false;
  return blocks.flatMap((block, i) => {
    const parts = [print(block)];
    const [before, next] = [blocks[i - 1], blocks[i + 1]];
    if (block.kind === "figure") {
      const isBeside = (other: Block | undefined) =>
        other?.kind === "figure" && other.size === block.size;
      const size = block.size ? ` ${block.size}` : "";
      if (!isBeside(before)) parts.unshift(`<div class="figures${size}">`);
      if (!isBeside(next)) parts.push("</div>");
    }
    if (block === second) parts.unshift(printContents(ids));
    if (block.kind === "switches") {
      parts.unshift("<div>");
      isSwitched = true;
    }
    if (isSwitched && (next === undefined || isSection(next))) {
      parts.push("</div>");
      isSwitched = false;
    }
    return parts.filter((part) => part !== "");
  }).join("\n");
}

type OfKind<K extends Block["kind"]> = Extract<Block, { kind: K }>;
type Heading = OfKind<"heading">;

const isSection = (block: Block): block is Heading => block.kind === "heading" && block.level === 2;

/** An id for each heading: "Time per epoch" → "h-time-per-epoch", a second one "h-time-per-epoch--2". */
function headingIds(blocks: readonly Block[]): ReadonlyMap<Heading, string> {
  const counts = new Map<string, number>();
  const ids = new Map<Heading, string>();
  for (const block of blocks) {
    if (block.kind !== "heading") continue;
    const slug = block.text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
    const count = (counts.get(slug) ?? 0) + 1;
    counts.set(slug, count);
    // Two dashes, because no slug ends so.
    ids.set(block, `h-${slug}${count === 1 ? "" : `--${count}`}`);
  }
  return ids;
}

/** Fewer sections than this need no list. */
const FEWEST_SECTIONS = 4;

function printContents(ids: ReadonlyMap<Heading, string>): string {
  const sections = [...ids].filter(([heading]) => isSection(heading));
  if (sections.length < FEWEST_SECTIONS) return "";
  const links = sections.map(([{ text }, id]) =>
    `<li><a href="#${escape(id)}">${content(text)}</a></li>`
  );
  return `<nav class="contents" aria-label="Contents">${listOf(links)}</nav>`;
}

/** Prints one block after the other; the heading above a table names it. */
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
        return printList(block.items);
      case "lead":
        return printLead(block);
      case "switches":
        return printSwitches(block);
      case "code":
        return `<pre><code>${escape(block.text)}</code></pre>`;
      case "table": {
        tables++;
        const name = above === undefined
          ? ""
          : tables === 1
          ? ` aria-labelledby="${ids.get(above)}"`
          : ` aria-label="${escape(`${above.text}, table ${tables}`)}"`;
        return printTable(block, name);
      }
      case "figure":
        return printFigure(block);
    }
  };
}

const listOf = (items: readonly string[]): string => `<ul>\n${items.join("\n")}\n</ul>`;

const printList = (items: readonly Item[]): string =>
  listOf(items.map((item) => `<li>${itemText(item)}</li>`));

/** On a phone a plot scrolls instead of shrinking to tiny letters; a script makes it reachable by keyboard. */
const printFigure = ({ path, svg, caption }: Figure): string =>
  `<figure id="${figureId(path)}">
<div class="drawn">${inline(svg.trim())}</div>
<figcaption>${content(caption)}</figcaption>
</figure>`;

const printLead = ({ items: [first, ...others], figure }: OfKind<"lead">): string =>
  [
    `<p class="choice">${itemText(first)}</p>`,
    `<div class="lead">`,
    ...(others.length > 0 ? [printList(others)] : []),
    ...(figure ? [printFigure(figure)] : []),
    "</div>",
  ].join("\n");

/** Hidden until the script that serves them runs. */
function printSwitches({ labels }: OfKind<"switches">): string {
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
 * A plot as part of the page: it takes the colours of the page, which change in the dark, and no styles of its own,
 * which the policy of the page forbids. Only the whole plot has a name, because screen readers skip parts of an image.
 */
function inline(svg: string): string {
  return COLOURS.reduce((text, hex, i) => text.replaceAll(`"${hex}"`, `"var(--series-${i})"`), svg)
    .replaceAll('"white"', '"var(--plot-page)"')
    .replaceAll(`"${INKS.turning}"`, '"var(--ink)"')
    .replaceAll(`"${INKS.turned}"`, '"var(--turned)"')
    .replaceAll(/"#(?:888|555)"/g, '"var(--quiet)"')
    .replace(/^(<svg [^>]*?) style="[^"]*"/, "$1")
    .replace(/<style>[^<]*<\/style>/, "")
    .replaceAll(/<g [^>]*>/g, (tag) => tag.replaceAll(/ aria-(?:label|description)="[^"]*"/g, ""));
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

/** "time" or "plots/time.svg" → "plot-time". */
const figureId = (name: string): string =>
  `plot-${name.replace(/^plots\//, "").replace(/\.svg$/, "")}`;

/** A longer name breaks into lines. */
const LONG_NAME = 40;

/** In a box that scrolls sideways, so that the page never does; `name` is an attribute that names the table. */
function printTable({ columns, rows, series, facts, links }: Table, name: string): string {
  const classed = (name: string | false | undefined) => name ? ` class="${name}"` : "";
  const head = columns.map(({ title, numeric }) =>
    `<th scope="col"${classed(numeric && "number")}>${content(title)}</th>`
  );
  const body = rows.map((row, place) => {
    const cells = row.map((text, i) => {
      const { numeric, verdict } = columns[i];
      const inside = numeric ? intervalBelow(content(text)) : linked(text, links);
      if (i === 0) {
        return `<th scope="row"${classed(text.length > LONG_NAME && "long")}>${inside}</th>`;
      }
      const kind = verdict ? `verdict-${/\w+$/.exec(text)?.[0] ?? "none"}` : numeric && "number";
      return `<td${classed(kind)}>${inside}</td>`;
    });
    return `<tr${classed(series && classOf(series[place]))}>${cells.join("")}</tr>`;
  });
  return `<div class="scroll"><table${facts ? ' class="facts"' : ""}${name}>
<thead><tr>${head.join("")}</tr></thead>
<tbody>
${body.join("\n")}
</tbody>
</table></div>`;
}

function linked(text: string, links: Table["links"]): string {
  const address = links?.get(text);
  return address === undefined
    ? content(text)
    : `<a href="${escape(address)}">${content(text)}</a>`;
}

/** "8.12 µs [8.05, 8.31]": the interval takes a line of its own, which halves the width of a table. */
const intervalBelow = (html: string): string =>
  html.replace(/ (\[[^\]]*\])$/, ' <span class="interval">$1</span>');
