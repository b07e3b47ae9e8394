import { fileFacts, type Table, type Unpacked, unreadable, type Values } from "./table.ts";

const [TAB, NEW_LINE, RETURN, SPACE, QUOTE, COMMA, SEMICOLON] = [9, 10, 13, 32, 34, 44, 59];
const ZERO = 48;
/** Fewer columns in sequence may well be an example. */
const LEAST_NUMBERED = 4;
const BOM = [0xef, 0xbb, 0xbf];

/**
 * Parses lines of numbers between commas, semicolons, tabs or spaces, with or without a first line of names. Whole
 * numbers from 0 to 255 become bytes, others float32. Throws InputError with the line at fault.
 */
export function parseCsv(file: Unpacked): Table {
  const { bytes, path } = file;
  const start = contentStart(bytes, BOM.every((byte, i) => bytes[i] === byte) ? BOM.length : 0);
  // np.savetxt writes its header as a comment.
  const firstLine = textOf(bytes, start, lineEnd(bytes, start)).trim().replace(/^#\s*/, "");
  const separator = separatorOf(firstLine);
  const fields = split(firstLine, separator);
  const numberOf = (field: string) => Number(separator === COMMA ? field : field.replace(",", "."));
  const isHeader = fields.some((field) => field !== "" && !Number.isFinite(numberOf(field))) ||
    areNumbered(fields) || areMangled(fields);
  // A separator at the end of every line ends no field.
  if (!isHeader && fields.at(-1) === "") fields.pop();
  const columns = fields.length;
  const from = isHeader ? lineEnd(bytes, start) + 1 : start;
  const rows = countLines(bytes, from);
  if (rows === 0) {
    throw unreadable(path, "it has no line of numbers", "one line for each example");
  }
  const reader = { bytes, path, from, separator, columns, firstLine: 1 + newLines(bytes, from) };
  const values = readValues(reader, new Uint8Array(rows * columns)) ??
    readValues(reader, new Float32Array(rows * columns))!;
  return {
    ...fileFacts(file),
    format: "csv",
    shape: [rows, columns],
    values,
    ...(isHeader && { header: fields.map((field) => field.toLowerCase()) }),
    notes: [],
  };
}

/** Where names or numbers begin: behind blank lines, comments, and the `sep=;` that Excel asks for. */
function contentStart(bytes: Uint8Array, start: number): number {
  while (bytes[start] === NEW_LINE || bytes[start] === RETURN) start++;
  const end = lineEnd(bytes, start);
  if (end === bytes.length) return start;
  const line = textOf(bytes, start, end).trim();
  const next = textOf(bytes, end + 1, lineEnd(bytes, end + 1)).trim();
  const separator = separatorOf(next);
  // A comment that has a name for each number holds the names.
  const isComment = line.startsWith("#") &&
    split(line.replace(/^#\s*/, ""), separator).length !== split(next, separator).length;
  return isComment || /^"?sep=.{1,2}$/i.test(line) ? contentStart(bytes, end + 1) : start;
}

function newLines(bytes: Uint8Array, before: number): number {
  return bytes.subarray(0, before).reduce((lines, byte) => lines + Number(byte === NEW_LINE), 0);
}

/** pandas numbers columns without names from 0, and leaves the name of its row numbers empty. */
function areNumbered(fields: readonly string[]): boolean {
  const numbers = fields[0] === "" ? fields.slice(1) : fields;
  return numbers.length > LEAST_NUMBERED && numbers.every((field, i) => field === String(i));
}

/**
 * pandas gives columns of one name numbers: a file without names that it took for one with names has 5,0,0.1,0.2 for the
 * first example 5,0,0,0.
 */
function areMangled(fields: readonly string[]): boolean {
  const seen = new Map<string, number>();
  let told = 0;
  for (const field of fields) {
    const [, name, number] = /^(\d+)\.(\d+)$/.exec(field) ?? [];
    if (name === undefined && !/^\d+$/.test(field)) return false;
    if (name !== undefined && Number(number) !== seen.get(name)) return false;
    if (name !== undefined) told++;
    const plain = name ?? field;
    seen.set(plain, (seen.get(plain) ?? 0) + 1);
  }
  return told >= LEAST_NUMBERED;
}

/** Text in UTF-16, as Excel and PowerShell write it, as UTF-8, and the returns of old files as new lines. */
export function asText(bytes: Uint8Array): Uint8Array {
  const [a, b] = bytes;
  const isLittle = a === 0xff && b === 0xfe;
  if ((isLittle || (a === 0xfe && b === 0xff)) && bytes[2] + bytes[3] > 0) {
    const little = isLittle ? bytes : bytes.map((_, i) => bytes[i ^ 1]);
    return new TextEncoder().encode(new TextDecoder("utf-16le").decode(little));
  }
  const hasOnlyReturns = isText(bytes) && bytes.includes(RETURN) && !bytes.includes(NEW_LINE);
  return hasOnlyReturns ? bytes.map((byte) => byte === RETURN ? NEW_LINE : byte) : bytes;
}

/** Whether these bytes are text of numbers and names, and no web page. */
export function isText(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, 512);
  return start.length > 0 &&
    start.every((byte) => byte >= SPACE || (byte >= TAB && byte <= RETURN)) &&
    start.some((byte) => byte >= ZERO && byte <= ZERO + 9);
}

const textOf = (bytes: Uint8Array, from: number, to: number): string =>
  new TextDecoder().decode(bytes.subarray(from, to));

function lineEnd(bytes: Uint8Array, from: number): number {
  const end = bytes.indexOf(NEW_LINE, from);
  return end < 0 ? bytes.length : end;
}

/** Lines from `from` on that are not blank. */
function countLines(bytes: Uint8Array, from: number): number {
  let lines = 0;
  for (let at = from; at < bytes.length;) {
    const end = lineEnd(bytes, at);
    if (!isBlank(bytes, at, end)) lines++;
    at = end + 1;
  }
  return lines;
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  while (from < to && (bytes[from] === SPACE || bytes[from] === RETURN || bytes[from] === TAB)) {
    from++;
  }
  return from === to;
}

function separatorOf(line: string): number {
  // Where semicolons separate, a comma may stand for the point.
  for (const code of [SEMICOLON, COMMA, TAB]) {
    if (line.includes(String.fromCharCode(code))) return code;
  }
  return SPACE;
}

function split(line: string, separator: number): string[] {
  const parts = separator === SPACE
    ? line.split(/\s+/)
    : line.split(String.fromCharCode(separator));
  return parts.map((part) => part.trim().replace(/^"(.*)"$/, "$1").trim());
}

interface Reader {
  readonly bytes: Uint8Array;
  readonly path: string;
  readonly from: number;
  readonly separator: number;
  readonly columns: number;
  /** Number of the line at `from`, as an editor counts. */
  readonly firstLine: number;
}

/** Fills `values` row by row; undefined where a value is not a byte but `values` holds bytes. */
function readValues(reader: Reader, values: Uint8Array | Float32Array): Values | undefined {
  const { bytes, path, separator, columns } = reader;
  const takesBytes = values instanceof Uint8Array;
  let [at, filled, line] = [reader.from, 0, reader.firstLine];
  for (; at < bytes.length; line++) {
    const end = lineEnd(bytes, at);
    if (isBlank(bytes, at, end)) {
      at = end + 1;
      continue;
    }
    let inLine = 0;
    while (at < end) {
      while (at < end && (bytes[at] === SPACE || bytes[at] === QUOTE)) at++;
      const begin = at;
      let byte = 0;
      while (at < end && bytes[at] >= ZERO && bytes[at] <= ZERO + 9) {
        byte = 10 * byte + bytes[at++] - ZERO;
      }
      let isByte = at > begin && byte <= 255;
      while (at < end && bytes[at] !== separator && !(separator === SPACE && bytes[at] === TAB)) {
        if (bytes[at] !== SPACE && bytes[at] !== QUOTE && bytes[at] !== RETURN) isByte = false;
        at++;
      }
      // Spaces and a return at the end of a line are no field.
      if (separator === SPACE && isBlank(bytes, begin, at)) break;
      let value = byte;
      if (!isByte) {
        const text = textOf(bytes, begin, at).replaceAll('"', "").trim();
        value = text === "" ? NaN : Number(separator === COMMA ? text : text.replace(",", "."));
        if (!Number.isFinite(value)) {
          throw unreadable(path, `line ${line} has "${text.slice(0, 30)}"`, "a number");
        }
        if (takesBytes && !(Number.isInteger(value) && value >= 0 && value <= 255)) {
          return undefined;
        }
      }
      if (inLine < columns) values[filled + inLine] = value;
      inLine++;
      at++;
    }
    if (inLine !== columns) {
      const isLast = lineEnd(bytes, end + 1) >= bytes.length && isBlank(bytes, end, bytes.length);
      throw unreadable(
        path,
        `line ${line} has ${inLine} values${isLast ? ", as if the file were cut off" : ""}`,
        `${columns} as in the first line`,
      );
    }
    filled += columns;
    at = end + 1;
  }
  return values;
}
