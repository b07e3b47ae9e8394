import { createHash } from "node:crypto";
import { InputError } from "../../base/errors.ts";
import type { DataNote } from "../schemas.ts";

export type Values =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** Numbers of a file, as they stand there. */
export interface Table {
  /** Path, for messages; of a member of an archive also the archive's. */
  readonly path: string;
  readonly format: "idx" | "npy" | "csv" | "libsvm";
  /** Length of each dimension; the first counts examples. */
  readonly shape: readonly number[];
  /** Row-major. Of a table in a file, all are read when they are first asked for. */
  readonly values: Values;
  /** The values are bytes that stay in this file, `start` bytes after its beginning. */
  readonly stored?: { readonly path: string; readonly start: number };
  /** Names of the columns, where the first line has them. */
  readonly header?: readonly string[];
  /** Layers of gzip around the file. */
  readonly gzip: number;
  /** Length of the decompressed file. */
  readonly bytes: number;
  /** SHA-256 of the decompressed file, lower-case hexadecimal. */
  readonly digest: () => string;
  readonly notes: readonly DataNote[];
}

/** Images with their labels, still as the files have them. */
export interface LabelledTables {
  readonly images: Table;
  readonly labels: Table;
}

/** Where a table comes from, and what was done before it could be parsed. */
export interface Unpacked {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly gzip: number;
}

/** The error for a file that cannot be read: what was found, and what was expected. */
export const unreadable = (path: string, state: string, wanted: string, hint?: string) =>
  new InputError(
    `Cannot read "${path}": ${state}, expected ${wanted}`,
    hint ?? "get the file again, or name another folder with --data",
  );

/** What every parser knows of its file. */
export const fileFacts = ({ path, bytes, gzip }: Unpacked) => ({
  path,
  gzip,
  bytes: bytes.length,
  digest: () => sha256(bytes),
});

/** SHA-256 of the concatenated parts, lower-case hexadecimal. */
export function sha256(...parts: Uint8Array[]): string {
  return digestOf("sha256", parts);
}

/** MD5, which some authors publish; it detects damage, not an attack. */
export const md5 = (...parts: Uint8Array[]): string => digestOf("md5", parts);

function digestOf(algorithm: string, parts: readonly Uint8Array[]): string {
  const RANGE = 2 ** 30; // a hash takes no more than 2³¹ − 1 bytes at once
  const hash = createHash(algorithm);
  for (const part of parts) {
    for (let at = 0; at < part.length; at += RANGE) hash.update(part.subarray(at, at + RANGE));
  }
  return hash.digest("hex");
}

const LITTLE_ENDIAN_HOST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

export type ElementType = "u1" | "i1" | "u2" | "i2" | "u4" | "i4" | "f4" | "f8";

export const ELEMENT_BYTES: Readonly<Record<ElementType, number>> = {
  u1: 1,
  i1: 1,
  u2: 2,
  i2: 2,
  u4: 4,
  i4: 4,
  f4: 4,
  f8: 8,
};

/** The numbers in `body`, in the byte order given. Single bytes are a view, all others a copy. */
export function decode(body: Uint8Array, type: ElementType, littleEndian: boolean): Values {
  if (type === "u1") return body;
  if (type === "i1") return new Int8Array(body.buffer, body.byteOffset, body.length);
  const copy = body.slice();
  if (littleEndian !== LITTLE_ENDIAN_HOST) swap(copy, ELEMENT_BYTES[type]);
  switch (type) {
    case "u2":
      return new Uint16Array(copy.buffer);
    case "i2":
      return new Int16Array(copy.buffer);
    case "u4":
      return new Uint32Array(copy.buffer);
    case "i4":
      return new Int32Array(copy.buffer);
    case "f4":
      return new Float32Array(copy.buffer);
    case "f8":
      return new Float64Array(copy.buffer);
  }
}

/** Reverses the bytes of every element in place. */
function swap(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) {
    for (let low = at, high = at + size - 1; low < high; low++, high--) {
      const byte = bytes[low];
      bytes[low] = bytes[high];
      bytes[high] = byte;
    }
  }
}
