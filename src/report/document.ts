/** What a report says, before it is Markdown or HTML. All texts are plain: printers escape them. */
export interface ReportDocument {
  readonly title: string;
  /** Of what, where and when, in a line. */
  readonly subtitle?: string;
  readonly blocks: readonly Block[];
}

export interface Column {
  readonly title: string;
  /** Aligned to the right. */
  readonly numeric: boolean;
  /** Its texts end with a word (slower, faster, same, unresolved) that a page gives its colour. */
  readonly verdict?: true;
}

export interface Table {
  readonly kind: "table";
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** Of each row the series that it is of, by its place in the summary. */
  readonly series?: readonly number[];
  /** Names and values: nothing to sort. */
  readonly facts?: true;
  /** Texts that are links where a server gives the page, and where they lead to. */
  readonly links?: ReadonlyMap<string, string>;
}

export interface Figure {
  readonly kind: "figure";
  /** Relative to the report: "plots/time.svg". */
  readonly path: string;
  /** A whole `<svg>` element, escaped already. */
  readonly svg: string;
  /** What there is to see, for those who do not see it. */
  readonly caption: string;
  /** Many of a kind, side by side; or one across the page. */
  readonly size?: "small" | "wide";
}

export interface Item {
  readonly text: string;
  /** Name of the plot that shows it. */
  readonly figure?: string;
  /** Where one can read more. */
  readonly sources?: readonly { readonly text: string; readonly url: string }[];
}

export type Block =
  | { readonly kind: "heading"; readonly level: 2 | 3; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "warning"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly Item[] }
  /** What is read first: the first item before all, the others beside a figure where there is room. */
  | { readonly kind: "lead"; readonly items: readonly Item[]; readonly figure?: Figure }
  | { readonly kind: "code"; readonly text: string }
  /** What shows and hides series where the plots can be worked with; nothing elsewhere. */
  | { readonly kind: "switches"; readonly labels: readonly string[] }
  | Table
  | Figure;

export const heading = (text: string, level: 2 | 3 = 2): Block => ({
  kind: "heading",
  level,
  text,
});
export const paragraph = (text: string): Block => ({ kind: "paragraph", text });
export const list = (items: readonly (string | Item)[]): Block => ({
  kind: "list",
  items: items.map((item) => typeof item === "string" ? { text: item } : item),
});
export const words = (title: string): Column => ({ title, numeric: false });
export const numbers = (title: string): Column => ({ title, numeric: true });
export const verdicts = (title: string): Column => ({ title, numeric: false, verdict: true });
export const table = (columns: readonly Column[], rows: readonly (readonly string[])[]): Table => ({
  kind: "table",
  columns,
  rows,
});
/** A table with a row for each series, or several. */
export const seriesTable = (
  columns: readonly Column[],
  rows: readonly { readonly series: number; readonly cells: readonly string[] }[],
): Table => ({
  kind: "table",
  columns,
  rows: rows.map(({ cells }) => cells),
  series: rows.map(({ series }) => series),
});
