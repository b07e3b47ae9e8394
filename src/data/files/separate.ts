import { product } from "../formats/idx.ts";
import { isOneHot } from "../read_labels.ts";
import type { LabelledTables, Table, Values } from "../formats/table.ts";

const LABEL_NAMES = /^(label|labels|class|target|y|digit|letter|category)$/;
/** EMNIST has 62 classes. */
const MOST_CLASS = 99;
/** Two classes need one column. */
const LEAST_ONE_HOT = 3;
const NO_PIXEL = /^(|id|index|image_?id|row|unnamed.*|usage|split)$/;

/**
 * Images and labels of one table: a column called "label" or alike, or else one-hot columns, or the first or the last
 * column, the first that varies: corners of images are black. Undefined where the table has no column for labels.
 */
export function separate(table: Table): LabelledTables | undefined {
  const [rows, columns] = [table.shape[0], product(table.shape.slice(1))];
  const { header } = table;
  let label: number | undefined;
  let oneHot: readonly number[] | undefined;
  let pixels = Array.from({ length: columns }, (_, column) => column);
  if (header !== undefined) {
    const named = header.findIndex((name) => LABEL_NAMES.test(name));
    label = named < 0 ? undefined : named;
    pixels = pixels.filter((column) => column !== label && !NO_PIXEL.test(header[column]));
    if (label === undefined && isImage(pixels.length)) return undefined;
  } else if (isImage(columns)) return undefined;
  if (label === undefined) oneHot = oneHotColumns(table.values, columns, pixels);
  if (oneHot) {
    const classes = new Set(oneHot);
    pixels = pixels.filter((column) => !classes.has(column));
  } else if (label === undefined) {
    if (isImage(columns - 2) && counts(table.values, columns)) pixels.shift(); // numbers of rows
    const [first, last] = [pixels[0], columns - 1];
    const candidates = [first, last].filter((column) => areClasses(table.values, columns, column));
    const varied = candidates.filter((column) => varies(table.values, columns, column));
    label = varied[0] ?? candidates[0];
    if (label === undefined) return undefined;
    pixels = pixels.filter((column) => column !== label);
  }
  if (header !== undefined) pixels = inOrder(pixels, header);
  const images = {
    ...table,
    shape: [rows, pixels.length],
    values: columnsOf(table.values, rows, columns, pixels),
  };
  const picked = oneHot ?? [label!];
  const labels = {
    ...table,
    shape: [rows, picked.length],
    values: columnsOf(table.values, rows, columns, picked),
    notes: [],
  };
  return { images, labels };
}

/** The first or the last columns, where they are one-hot and the others are as many as an image has. */
function oneHotColumns(
  values: Values,
  columns: number,
  pixels: readonly number[],
): readonly number[] | undefined {
  for (let classes = LEAST_ONE_HOT; classes <= MOST_CLASS; classes++) {
    if (!isImage(pixels.length - classes)) continue;
    const ends = [pixels.slice(0, classes), pixels.slice(-classes)];
    const found = ends.find((picked) => isOneHot(values, columns, picked));
    if (found) return found;
  }
  return undefined;
}

/** By the numbers in their names: pixel0, pixel1, pixel10 is the order of names that were sorted as words. */
function inOrder(pixels: readonly number[], header: readonly string[]): number[] {
  const names = pixels.map((column) => /^(\D*)(\d+)$/.exec(header[column]));
  if (names.some((name) => name === null || name[1] !== names[0]![1])) return [...pixels];
  const number = new Map(pixels.map((column, i) => [column, Number(names[i]![2])]));
  return pixels.toSorted((a, b) => number.get(a)! - number.get(b)!);
}

/** Widths that square images have, in grey or in colour. */
function isImage(columns: number): boolean {
  const isSquare = (count: number) => Number.isInteger(Math.sqrt(count)) && count > 1;
  return isSquare(columns) || (columns % 3 === 0 && isSquare(columns / 3) && columns > 27);
}

/** Whether the first column is 0, 1, 2, … or 1, 2, 3, … */
function counts(values: Values, columns: number): boolean {
  const first = values[0];
  if (first !== 0 && first !== 1) return false;
  for (let at = 0, row = 0; at < values.length; at += columns, row++) {
    if (values[at] !== first + row) return false;
  }
  return values.length > columns;
}

function areClasses(values: Values, columns: number, column: number): boolean {
  for (let at = column; at < values.length; at += columns) {
    if (!(Number.isInteger(values[at]) && values[at] >= 0 && values[at] <= MOST_CLASS)) {
      return false;
    }
  }
  return true;
}

function varies(values: Values, columns: number, column: number): boolean {
  for (let at = column; at < values.length; at += columns) {
    if (values[at] !== values[column]) return true;
  }
  return false;
}

function columnsOf(
  values: Values,
  rows: number,
  columns: number,
  picked: readonly number[],
): Values {
  const kept = values instanceof Uint8Array
    ? new Uint8Array(rows * picked.length)
    : new Float32Array(rows * picked.length);
  for (let n = 0, to = 0; n < rows; n++) {
    for (const column of picked) kept[to++] = values[n * columns + column];
  }
  return kept;
}
