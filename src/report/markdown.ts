import { buildDocument } from "./run_document.ts";
import type { Block, Figure, Item, Table } from "./document.ts";
import type { ReportFile, ReportFormat } from "./report_format.ts";

export const markdownFormat: ReportFormat = {
  name: "md",
  summary: "report.md: the whole report as Markdown, with its plots",
  render(summary, raw) {
    const { title, subtitle, blocks } = buildDocument(summary, raw);
    const head = [`# ${escape(title)}`, ...(subtitle === undefined ? [] : [escape(subtitle)])];
    const content = [...head, markdownOf(blocks)].join("\n\n") + "\n";
    return [{ path: "report.md", content }, ...blocks.flatMap(plotsIn)];
  },
};

/** Blocks of a document, without an end of line. */
export const markdownOf = (blocks: readonly Block[]): string =>
  blocks.filter(({ kind }) => kind !== "switches").map(print).join("\n\n");

/** As files, because Markdown shows only images beside it. */
function plotsIn(block: Block): ReportFile[] {
  return block.kind === "figure" ? [{ path: block.path, content: block.svg }] : [];
}

function print(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `${"#".repeat(block.level)} ${escape(block.text)}`;
    case "paragraph":
      return escape(block.text);
    case "warning":
      return `> **Warning:** ${escape(block.text)}`;
    case "list":
      return block.items.map(printItem).join("\n");
    case "failures":
      return block.items.map(({ text }) => `> **${escape(text)}**`).join("\n>\n");
    case "verdict":
      return `**${escape(block.text)}**`;
    case "tiles":
      return block.tiles.map(({ label, value, note }) =>
        `- **${escape(value)}** ${escape(label)}${note === "" ? "" : ` (${escape(note)})`}`
      ).join("\n");
    case "trust":
      return escape(block.items.map(({ mark, text }) => `${mark} ${text}`).join(" · "));
    case "metrics":
      return block.metrics.map(({ title, table }) => `### ${escape(title)}\n\n${printTable(table)}`)
        .join("\n\n");
    case "switches":
      return "";
    case "code":
      return codeBlock(block.text);
    case "table":
      return printTable(block);
    case "figure":
      return printFigure(block);
  }
}

const printFigure = ({ caption, path }: Figure): string => `![${escape(caption)}](${path})`;

function printItem({ text, figure, sources = [] }: Item): string {
  const links = sources.map(({ text, url }) => `[${escape(text)}](${url})`);
  if (figure) links.push(`[plot: ${escape(figure.replaceAll("_", " "))}](plots/${figure}.svg)`);
  return `- ${escape(text)}` + (links.length > 0 ? ` (${links.join("; ")})` : "");
}

function printTable({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(({ title }) => escape(title))),
    line(columns.map(({ numeric }) => numeric ? "--:" : ":--")),
    ...rows.map((row) => line(row.map(escape))),
  ].join("\n");
}

/** The fence has more backticks than any row of them in the text. */
function codeBlock(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

/**
 * Text that Markdown (CommonMark with GitHub's tables, strikethrough and formulas) shows unchanged, on one line.
 * Underscores within words and brackets that make no link need no escape.
 */
function escape(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*|~$]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replace(/\](?=[([:])/g, "\\]")
    .replace(/^[#+=-]/, "\\$&")
    .replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2");
}
