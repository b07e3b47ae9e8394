import type { Block, Item, Table } from "../document.ts";
import { COLOURS } from "../plots/frame.ts";
import { escape } from "./escape.ts";

/** The blocks of a document as HTML. Figures that follow each other stand side by side where there is room. */
export function printBlocks(blocks: readonly Block[]): string {
  return blocks.map((block, i) => {
    const [before, after] = [blocks[i - 1], blocks[i + 1]].map((one) => one?.kind === "figure");
    const isFigure = block.kind === "figure";
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
      if (i === 0) return `<th scope="row">${content}</th>`;
      return columns[i].verdict
        ? `<td class="verdict-${/\w+$/.exec(text)?.[0] ?? "none"}">${content}</td>`
        : `<td${kind(i)}>${content}</td>`;
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
