/** A Markdown table: the first column is words, the others are numbers. */
export function numberTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const row = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  return [row(head), row(head.map((_, i) => i === 0 ? "---" : "---:")), ...rows.map(row)]
    .join("\n");
}

/**
 * Replaces the text between `<!-- begin NAME -->` and `<!-- end NAME -->`. Throws when the page lacks the marks, so that
 * no figure silently stays old.
 */
export function splice(page: string, name: string, content: string): string {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`Cannot splice "${name}": no place between its marks`);
  return `${page.slice(0, from + begin.length)}\n\n${content}\n\n${page.slice(to)}`;
}
