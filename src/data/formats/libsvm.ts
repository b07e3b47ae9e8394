import { fileFacts, type Table, type Unpacked, unreadable } from "./table.ts";

const [TAB, NEW_LINE, SPACE, HASH, ZERO, COLON] = [9, 10, 32, 35, 48, 58];
/** What the first line shows is enough. */
const LOOKED_AT = 4096;
/** A damaged index must not ask for all memory. */
const MOST_PIXELS = 2 ** 20;
const MOST_VALUES = 2 ** 32;

const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`;
const LINE = new RegExp(String.raw`^\s*${NUMBER}(?:\s+\d+:${NUMBER})+\s*(?:#.*)?$`);

/** Whether the first line is a label and pairs of index and value. */
export function isLibsvm(bytes: Uint8Array): boolean {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, LOOKED_AT));
  const [line] = start.split("\n");
  // A line that is cut off may end within a pair.
  return LINE.test(line.length < start.length ? line : line.replace(/\s\S*$/, ""));
}

/**
 * Parses the sparse text format of LIBSVM (C.-C. Chang, C.-J. Lin, README of LIBSVM): one example a line, its label and
 * the values that are not 0, with indices from 1 in ascending order. Images are squares as small as hold the greatest
 * index: in MNIST the last corner is always black. The first column of the table is the label. Throws InputError with
 * the line at fault.
 */
export function parseLibsvm(file: Unpacked): Table {
  const { path } = file;
  let [greatest, areBytes] = [0, true];
  const rows = readLines(file, (_, column, value) => {
    if (column > greatest) greatest = column;
    if (!(value >= 0 && value <= 255 && Number.isInteger(value))) areBytes = false;
  });
  const side = Math.ceil(Math.sqrt(greatest));
  const columns = 1 + side * side;
  if (rows * columns > MOST_VALUES) {
    throw unreadable(
      path,
      `it has ${rows} examples of ${side * side} pixels`,
      "at most 2³² pixels",
    );
  }
  const values = areBytes ? new Uint8Array(rows * columns) : new Float32Array(rows * columns);
  readLines(file, (row, column, value) => values[row * columns + column] = value);
  return {
    ...fileFacts(file),
    format: "libsvm",
    shape: [rows, columns],
    values,
    header: ["label", ...Array.from({ length: columns - 1 }, (_, i) => `pixel${i + 1}`)],
    notes: [],
  };
}

/** Calls `take` for each label, as column 0, and each value. Returns the number of examples. */
export function readLines(
  { bytes, path }: Pick<Unpacked, "bytes" | "path">,
  take: (row: number, column: number, value: number) => void,
  firstLine = 1,
): number {
  let [row, line] = [0, firstLine];
  const wrong = (begin: number, end: number, wanted: string) => {
    const text = new TextDecoder("latin1").decode(bytes.subarray(begin, Math.min(end, begin + 30)));
    return unreadable(path, `line ${line} has "${text}"`, wanted);
  };
  const numberIn = (begin: number, end: number): number => {
    let value = 0;
    let i = begin;
    for (; i < end && bytes[i] >= ZERO && bytes[i] <= ZERO + 9; i++) {
      value = 10 * value + bytes[i] - ZERO;
    }
    if (i === end && end > begin && end - begin < 16) return value;
    const text = new TextDecoder("latin1").decode(bytes.subarray(begin, end));
    const other = text === "" ? NaN : Number(text);
    if (!Number.isFinite(other)) throw wrong(begin, end, "a number");
    return other;
  };
  for (let at = 0; at < bytes.length; line++) {
    let end = bytes.indexOf(NEW_LINE, at);
    if (end < 0) end = bytes.length;
    let column = -1;
    for (let i = at; i < end;) {
      if (bytes[i] <= SPACE && bytes[i] >= TAB) {
        i++;
        continue;
      }
      if (bytes[i] === HASH) break;
      const begin = i;
      let colon = -1;
      for (; i < end && bytes[i] > SPACE; i++) if (bytes[i] === COLON) colon = i;
      if (i === begin) throw wrong(begin, end, "text");
      if (column < 0) {
        if (colon >= 0) throw wrong(begin, i, "a label first");
        column = 0;
        take(row, 0, numberIn(begin, i));
        continue;
      }
      if (colon < 0) throw wrong(begin, i, "an index and a value, as 128:51");
      const index = numberIn(begin, colon);
      if (!(Number.isInteger(index) && index > column && index <= MOST_PIXELS)) {
        throw wrong(begin, i, `an index from ${column + 1} to ${MOST_PIXELS}, in ascending order`);
      }
      column = index;
      take(row, index, numberIn(colon + 1, i));
    }
    if (column >= 0) row++;
    at = end + 1;
  }
  return row;
}
