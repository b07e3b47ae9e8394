/** What a report says, before it is Markdown or HTML. All texts are plain: printers escape them. */
export interface ReportDocument {
  readonly title: string;
  /** What was measured, where and when, in a line. */
  readonly subtitle?: string;
  readonly blocks: readonly Block[];
}

interface Column {
  readonly title: string;
  /** Aligned to the right. */
  readonly numeric: boolean;
  /** Its texts end with a word (slower, faster, same, unresolved) that a page colours. */
  readonly verdict?: true;
}

export interface Table {
  readonly kind: "table";
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** The series of each row, by its place in the summary. */
  readonly series?: readonly number[];
  /** Names and values: nothing to sort. */
  readonly facts?: true;
  /** Texts that are links on a served page, and their addresses. */
  readonly links?: ReadonlyMap<string, string>;
}

export interface Figure {
  readonly kind: "figure";
  /** Relative to the report: "plots/time.svg". */
  readonly path: string;
  /** A whole `<svg>` element, escaped already. */
  readonly svg: string;
  readonly caption: string;
  /** Many side by side, or one across the page. */
  readonly size?: "small" | "wide";
}

export interface Item {
  readonly text: string;
  /** Name of the plot that shows it. */
  readonly figure?: string;
  readonly sources?: readonly { readonly text: string; readonly url: string }[];
}

export type Block =
  | { readonly kind: "heading"; readonly level: 2 | 3; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "warning"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly Item[] }
  /** Read first: the first item above all, the others beside a figure where there is room. */
  | { readonly kind: "lead"; readonly items: readonly Item[]; readonly figure?: Figure }
  | { readonly kind: "code"; readonly text: string }
  /** Buttons that show and hide series, on pages alone. */
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
const words = (title: string): Column => ({ title, numeric: false });
export const numbers = (title: string): Column => ({ title, numeric: true });
export const verdicts = (title: string): Column => ({ title, numeric: false, verdict: true });

/** A column that is only a title holds words. */
type Columns = readonly (Column | string)[];

export const table = (columns: Columns, rows: readonly (readonly string[])[]): Table => ({
  kind: "table",
  columns: columns.map((column) => typeof column === "string" ? words(column) : column),
  rows,
});

type SeriesRows = readonly { readonly series: number; readonly cells: readonly string[] }[];

/** A table with one or several rows for each series. */
export const seriesTable = (columns: Columns, rows: SeriesRows): Table => ({
  ...table(columns, rows.map(({ cells }) => cells)),
  series: rows.map(({ series }) => series),
});

/** Such a table under a heading of its own; nothing without rows. */
export const titledTable = (title: string, columns: Columns, rows: SeriesRows): Block[] =>
  rows.length === 0 ? [] : [heading(title, 3), seriesTable(columns, rows)];
