import { buildDocument } from "./content.ts";
import type { Block, Table } from "./document.ts";
import type { ReportFormat } from "./report_format.ts";

export const markdownFormat: ReportFormat = {
  name: "md",
  summary: "report.md: the whole report as Markdown, beside its plots",
  render(summary) {
    const { title, blocks } = buildDocument(summary);
    const printed = blocks.filter(({ kind }) => kind !== "switches").map(print);
    const content = [`# ${escape(title)}`, ...printed].join("\n\n") + "\n";
    return [{ path: "report.md", content }];
  },
};

function print(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `${"#".repeat(block.level)} ${escape(block.text)}`;
    case "paragraph":
      return escape(block.text);
    case "warning":
      return `> **Warning:** ${escape(block.text)}`;
    case "list":
      return block.items.map(({ text }) => `- ${escape(text)}`).join("\n");
    case "switches":
      return ""; // nothing to work them with
    case "code":
      return codeBlock(block.text);
    case "table":
      return printTable(block);
    case "figure":
      return `![${escape(block.caption)}](${block.path})`;
  }
}

function printTable({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(({ title }) => escape(title))),
    line(columns.map(({ numeric }) => numeric ? "--:" : ":--")),
    ...rows.map((row) => line(row.map(escape))),
  ].join("\n");
}

/** Fenced by more backticks than the text has in a row anywhere. */
function codeBlock(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

/**
 * Text that Markdown (CommonMark with GitHub's tables, strikethrough and formulas) shows as it stands, on
 * one line. Underscores within words and brackets that make no link stay as they are: nothing reads them.
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
