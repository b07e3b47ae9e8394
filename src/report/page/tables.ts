import type { Table } from "../document.ts";
import { content, escape } from "./escape.ts";

/** A name longer than this breaks into lines. */
const LONG_NAME = 40;

/** In a box that scrolls sideways, so that the page itself never does; `name` is an attribute with the name of the table. */
export function printTable({ columns, rows, series, facts, links }: Table, name: string): string {
  const kind = (i: number) => columns[i].numeric ? ' class="number"' : "";
  const head = columns.map(({ title }, i) => `<th scope="col"${kind(i)}>${content(title)}</th>`);
  const body = rows.map((row, place) => {
    const cells = row.map((text, i) => {
      const inside = columns[i].numeric ? intervalBelow(content(text)) : linked(text, links);
      if (i === 0) {
        return `<th scope="row"${text.length > LONG_NAME ? ' class="long"' : ""}>${inside}</th>`;
      }
      return columns[i].verdict
        ? `<td class="verdict-${/\w+$/.exec(text)?.[0] ?? "none"}">${inside}</td>`
        : `<td${kind(i)}>${inside}</td>`;
    });
    const of = series?.[place];
    return `<tr${of === undefined ? "" : ` class="series series-${of}"`}>${cells.join("")}</tr>`;
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

/** "8.12 µs [8.05, 8.31]": the interval on a line of its own, which halves the width of a table. */
function intervalBelow(html: string): string {
  return html.replace(/ (\[[^\]]*\])$/, ' <span class="interval">$1</span>');
}
