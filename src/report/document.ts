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
  /** The colour before each text, a property of the page, by row and column. */
  readonly swatches?: readonly (readonly (string | undefined)[])[];
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
  /** The same, drawn for a phone. */
  readonly narrow?: string;
  readonly caption: string;
  /** Many side by side; one across the page; one of the few that answer; a large one with a small one at its side. */
  readonly size?: "small" | "wide" | "large" | "first";
}

export interface Item {
  readonly text: string;
  /** Name of the plot that shows it. */
  readonly figure?: string;
  readonly sources?: readonly { readonly text: string; readonly url: string }[];
}

/** A figure in large type, with what it is. */
export interface Tile {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

/** What a reader may rely on, or not, with the heading of the section that shows why. */
export interface Evidence {
  readonly mark: "✓" | "✗" | "⚠";
  readonly text: string;
  readonly under: string;
}

interface Heading {
  readonly kind: "heading";
  readonly level: 2 | 3;
  readonly text: string;
  /** Its section is closed until somebody opens it. */
  readonly folded?: true;
  /** It can be folded, and is not at first. */
  readonly isOpen?: true;
}

export type Block =
  | Heading
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "warning"; readonly text: string }
  /** What failed or is wrong: before everything else. */
  | { readonly kind: "failures"; readonly items: readonly Item[] }
  | { readonly kind: "list"; readonly items: readonly Item[] }
  /** Read first, in large type. */
  | { readonly kind: "verdict"; readonly text: string }
  | { readonly kind: "tiles"; readonly tiles: readonly Tile[] }
  | { readonly kind: "trust"; readonly items: readonly Evidence[] }
  | { readonly kind: "code"; readonly text: string }
  /** Buttons that show and hide series, on pages alone. */
  | {
    readonly kind: "switches";
    /** `colour` is a property of the page. */
    readonly labels: readonly { readonly text: string; readonly colour?: string | undefined }[];
    /** A field that keeps what contains its words; absent where labels are not what readers look for. */
    readonly filter?: true;
  }
  /** Tables of one shape, of which a page shows one at a time. */
  | { readonly kind: "metrics"; readonly metrics: readonly Metric[] }
  | Table
  | Figure;

export interface Metric {
  readonly title: string;
  readonly table: Table;
}

export const heading = (text: string, level: 2 | 3 = 2): Heading => ({
  kind: "heading",
  level,
  text,
});

/** A section that is closed until somebody opens it. Headings of its blocks go down to level 3. */
export const folded = (
  text: string,
  blocks: readonly Block[],
  { isOpen = false } = {},
): Block[] =>
  blocks.length === 0 ? [] : [
    { ...heading(text), folded: true, ...(isOpen && { isOpen: true }) },
    ...blocks.filter((block) => block.kind !== "heading" || block.text !== text)
      .map((block) => block.kind === "heading" ? { ...block, level: 3 as const } : block),
  ];

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
