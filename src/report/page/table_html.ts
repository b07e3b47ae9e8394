import type { Table } from "../document.ts";
import { classOf } from "../plots/looks.ts";
import { content, escape } from "./escape.ts";

/** A longer name breaks into lines. */
const LONG_NAME = 40;

/** The square in the colour of a series; nothing for one without. `colour` is a property of the page. */
export const swatch = (colour: string | undefined): string =>
  colour === undefined ? "" : `<span class="swatch colour-${colour}"></span>`;

/** In a box that scrolls sideways, so that the page never does; `name` is an attribute that names the table. */
export function printTable(table: Table, name: string): string {
  const { columns, rows, series, facts, links, swatches } = table;
  const classed = (name: string | false | undefined) => name ? ` class="${name}"` : "";
  const head = columns.map(({ title, numeric }) =>
    `<th scope="col"${classed(numeric && "number")}>${content(title)}</th>`
  );
  const body = rows.map((row, place) => {
    const cells = row.map((text, i) => {
      const { numeric, verdict } = columns[i];
      const inside = swatch(swatches?.[place][i]) +
        (numeric ? intervalBelow(content(text)) : linked(text, links));
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
