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
import { product } from "./idx.ts";

/** NPY, NumPy's format of one array: docs of `numpy.lib.format`, versions 1 to 3. */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

export const isNpy = (bytes: Uint8Array): boolean => MAGIC.every((byte, i) => bytes[i] === byte);

/** Parses an array of numbers of any type, byte order and memory order. Throws InputError. */
export function parseNpy(file: Unpacked): Table {
  const { path, bytes } = file;
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isFirst = bytes[6] === 1;
  const start = isFirst ? 10 : 12;
  if (bytes.length < start) {
    throw unreadable(path, `it ends after ${bytes.length} bytes`, "a NumPy array");
  }
  const headerEnd = start + (isFirst ? words.getUint16(8, true) : words.getUint32(8, true));
  const header = new TextDecoder("latin1").decode(bytes.subarray(start, headerEnd));
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const isFortran = /'fortran_order':\s*True/.test(header);
  const lengths = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  if (descr === undefined || lengths === undefined) {
    throw unreadable(path, "its header describes no plain array", "one array of numbers");
  }
  const shape = lengths.split(",").map((text) => text.trim()).filter(Boolean).map(Number);
  const [, order, kind, size] = /^([<>=|]?)([a-zA-Z])(\d*)$/.exec(descr) ?? [];
  const elementBytes = Number(size);
  const body = bytes.subarray(headerEnd);
  const wanted = product(shape) * elementBytes;
  if (body.length < wanted) {
    const whole = Math.floor(body.length / (wanted / (shape[0] ?? 1)));
    throw unreadable(
      path,
      `it is truncated: ${bytes.length} bytes, which hold ${whole} of ${shape[0]} examples`,
      `${headerEnd + wanted} bytes for ${shape.join(" × ")}`,
    );
  }
  const values = valuesOf(body.subarray(0, wanted), kind, elementBytes, order !== ">");
  if (values === undefined) {
    throw unreadable(
      path,
      `its elements have NumPy's type "${descr}"`,
      "whole numbers or floats",
      "save it again with .astype(np.uint8)",
    );
  }
  const rowMajor = isFortran && shape.length > 1 ? fromFortran(values, shape) : values;
  return { ...fileFacts(file), format: "npy", shape, values: rowMajor, notes: [] };
}

function valuesOf(
  body: Uint8Array,
  kind: string | undefined,
  size: number,
  littleEndian: boolean,
): Values | undefined {
  if (kind === "b" && size === 1) return decode(body, "i1", true); // true and false
  const type = `${kind}${size}`;
  if (type in ELEMENT_BYTES) return decode(body, type as ElementType, littleEndian);
  const words = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const read = (of: (at: number) => number) =>
    Float64Array.from({ length: body.length / size }, (_, i) => of(i * size));
  switch (type) {
    case "i8":
      return read((at) => Number(words.getBigInt64(at, littleEndian)));
    case "u8":
      return read((at) => Number(words.getBigUint64(at, littleEndian)));
    case "f2":
      return read((at) => fromHalf(words.getUint16(at, littleEndian)));
    default:
      return undefined;
  }
}

/** IEEE 754 binary16. */
function fromHalf(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Column-major values as row-major: in Fortran's order the first index runs fastest. */
function fromFortran(values: Values, shape: readonly number[]): Values {
  const sorted = values.slice();
  const index = shape.map(() => 0);
  const strides = shape.map((_, d) => product(shape.slice(0, d)));
  for (let to = 0; to < sorted.length; to++) {
    let from = 0;
    for (let d = 0; d < shape.length; d++) from += index[d] * strides[d];
    sorted[to] = values[from];
    for (let d = shape.length - 1; d >= 0; d--) {
      if (++index[d] < shape[d]) break;
      index[d] = 0;
    }
  }
  return sorted;
}
