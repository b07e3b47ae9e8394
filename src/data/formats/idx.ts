import {
  decode,
  ELEMENT_BYTES,
  type ElementType,
  fileFacts,
  type Table,
  type Unpacked,
  unreadable,
  type Values,
} from "./table.ts";
import type { DataNote } from "../schemas.ts";

/**
 * IDX, the format of MNIST: two zero bytes, the element type, the number of dimensions; then the length of each
 * dimension as a 32-bit word, then the values; all big-endian.
 * Source: LeCun, Cortes, Burges, "The MNIST database", section "File formats".
 */
const ELEMENT_TYPES: Readonly<Record<number, ElementType>> = {
  0x08: "u1",
  0x09: "i1",
  0x0b: "i2",
  0x0c: "i4",
  0x0d: "f4",
  0x0e: "f8",
};

/** Bytes that may follow values behind a little-endian header. */
const LITTLE_ENDIAN_REST = 64;

export interface IdxHeader {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly headerBytes: number;
  readonly dataBytes: number;
  /** The magic number, or else only the lengths, are little-endian. */
  readonly littleEndian?: "all" | "lengths";
}

/** Whether the first four bytes can be those of an IDX file, in either byte order. */
export function isIdx(start: Uint8Array): boolean {
  if (start.length < 4) return false;
  const [a, b, c, d] = start;
  const big = a === 0 && b === 0 && c in ELEMENT_TYPES && d >= 1;
  const little = c === 0 && d === 0 && b in ELEMENT_TYPES && a >= 1;
  return big || little;
}

/**
 * Reads a header. `start` is the file's first bytes, of `fileBytes`. The lengths are taken as little-endian only
 * where they fit the file, and big-endian ones do not. Throws InputError for a header that is cut off or has a zero.
 */
export function readIdxHeader(start: Uint8Array, fileBytes: number, path: string): IdxHeader {
  const words = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const isBig = start[0] === 0 && start[1] === 0;
  const dimensions = isBig ? start[3] : start[0];
  const type = ELEMENT_TYPES[isBig ? start[2] : start[1]];
  const headerBytes = 4 + 4 * dimensions;
  if (start.length < headerBytes) {
    throw unreadable(path, `its header is cut off after ${start.length} bytes`, `${headerBytes}`);
  }
  const read = (littleEndian: boolean) => {
    const shape = Array.from(
      { length: dimensions },
      (_, i) => words.getUint32(4 + 4 * i, littleEndian),
    );
    return { type, shape, headerBytes, dataBytes: product(shape) * ELEMENT_BYTES[type] };
  };
  const [big, little] = [read(false), read(true)];
  const fits = ({ dataBytes }: IdxHeader) => dataBytes > 0 && headerBytes + dataBytes <= fileBytes;
  // 65,536 labels of a truncated file are 256 in the other byte order: those would leave a long rest.
  const rest = fileBytes - headerBytes - little.dataBytes;
  if (fits(little) && !fits(big) && rest <= LITTLE_ENDIAN_REST) {
    return { ...little, littleEndian: isBig ? "lengths" : "all" };
  }
  if (big.shape.includes(0)) {
    throw unreadable(path, `its header says ${big.shape.join(" × ")}`, "lengths above zero");
  }
  return big;
}

/** Parses a whole file. Bytes after the last value are left out, with a note. Throws InputError. */
export function parseIdx(file: Unpacked): Table {
  const { path, bytes } = file;
  const header = readIdxHeader(bytes.subarray(0, 4 + 4 * 255), bytes.length, path);
  const { shape, headerBytes, dataBytes } = header;
  const whole = headerBytes + dataBytes;
  if (bytes.length < whole) throw truncated(path, bytes.length, header);
  const notes: DataNote[] = [];
  if (bytes.length > whole) notes.push({ kind: "trailing", path, bytes: bytes.length - whole });
  const values = idxValues(bytes.subarray(headerBytes, whole), header, path, notes);
  return { ...fileFacts(file), format: "idx", shape, values, notes };
}

/** The error for a file that ends too early; says how many whole examples it holds. */
export function truncated(path: string, fileBytes: number, header: IdxHeader) {
  const { shape, headerBytes, dataBytes } = header;
  const whole = Math.floor((fileBytes - headerBytes) / (dataBytes / shape[0]));
  return unreadable(
    path,
    `it is truncated: ${fileBytes} bytes (decompressed), which hold ${whole} of ${
      shape[0]
    } examples`,
    `${headerBytes + dataBytes} bytes for ${shape.join(" × ")}`,
  );
}

/** The values behind a header; notes what is little-endian. */
export function idxValues(
  body: Uint8Array,
  { type, littleEndian }: IdxHeader,
  path: string,
  notes: DataNote[],
): Values {
  if (littleEndian) notes.push({ kind: "little-endian", path, what: "header" });
  // Whoever writes the header little-endian writes the values so, too; the values themselves decide.
  const first = decode(body, type, littleEndian !== undefined);
  if (ELEMENT_BYTES[type] === 1 || isPlausible(first)) return first;
  const other = decode(body, type, littleEndian === undefined);
  if (!isPlausible(other)) return first;
  if (!littleEndian) notes.push({ kind: "little-endian", path, what: "values" });
  return other;
}

/** Values of images and labels in the wrong byte order are huge, tiny or not numbers. */
function isPlausible(values: Values): boolean {
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (!(size === 0 || (size > 1e-12 && size < 1e6))) return false;
  }
  // 256 … 16,776,960 in steps of 256: small integers in the other byte order.
  const isShort = values instanceof Int16Array || values instanceof Uint16Array;
  return !isShort || values.every((value) => value === 0) ||
    values.some((value) => value % 256 !== 0);
}

export const product = (lengths: readonly number[]): number =>
  lengths.reduce((total, length) => total * length, 1);

/** The header of an IDX file of bytes. */
export function idxStart(lengths: readonly number[]): Uint8Array {
  const start = new Uint8Array(4 + 4 * lengths.length);
  const words = new DataView(start.buffer);
  [0x800 + lengths.length, ...lengths].forEach((word, i) => words.setUint32(4 * i, word));
  return start;
}
