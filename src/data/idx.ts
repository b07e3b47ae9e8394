import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { InputError, messageOf } from "../base/errors.ts";

/**
 * IDX, the format of MNIST: a big-endian header of 32-bit words (magic number, then the length of each
 * dimension), then the bytes. Magic 0x803 means three dimensions of unsigned bytes, 0x801 one.
 * Source: LeCun, Cortes, Burges, "The MNIST database", section "File formats".
 */
const KINDS = {
  images: { magic: 0x803, dimensionCount: 3 },
  labels: { magic: 0x801, dimensionCount: 1 },
} as const;

interface IdxFile {
  /** Path or address, for messages. */
  readonly path: string;
  readonly gzip: boolean;
  readonly count: number;
  readonly bytes: number;
  /** SHA-256 of the decompressed file, lower-case hexadecimal. */
  readonly sha256: string;
}

export interface IdxImages extends IdxFile {
  readonly rows: number;
  readonly columns: number;
  /** (count, rows · columns) bytes, row-major; a view of the decompressed file. */
  readonly pixels: Uint8Array;
}

export interface IdxLabels extends IdxFile {
  /** (count) bytes; a view of the decompressed file. */
  readonly labels: Uint8Array;
}

/** Parses an image file (raw or gzip); `path` is for messages. Throws InputError. */
export function parseImages(file: Uint8Array, path: string): IdxImages {
  const { dimensions: [, rows, columns], body: pixels, ...rest } = parse(file, path, "images");
  return { ...rest, rows, columns, pixels };
}

/** Parses a label file (raw or gzip); `path` is for messages. Throws InputError. */
export function parseLabels(file: Uint8Array, path: string): IdxLabels {
  const { dimensions: _, body: labels, ...rest } = parse(file, path, "labels");
  return { ...rest, labels };
}

/** Decompresses gzip, recognised by its magic 1f 8b (RFC 1952, section 2.3.1). Returns other bytes as they are. */
export function decompress(file: Uint8Array): Uint8Array {
  return isGzip(file) ? gunzipSync(file) : file;
}

export function isGzip(file: Uint8Array): boolean {
  return file.length >= 2 && file[0] === 0x1f && file[1] === 0x8b;
}

/** SHA-256 of the concatenated parts, lower-case hexadecimal. */
export function sha256(...parts: Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

function parse(
  file: Uint8Array,
  path: string,
  kind: keyof typeof KINDS,
): IdxFile & { dimensions: number[]; body: Uint8Array } {
  const { magic: expectedMagic, dimensionCount } = KINDS[kind];
  const fail = (state: string, wanted: string) =>
    new InputError(
      `Cannot read ${kind} "${path}": ${state}, expected ${wanted}`,
      "get the file again, or name another folder with --data",
    );
  let bytes: Uint8Array;
  try {
    bytes = decompress(file);
  } catch (error) {
    throw fail(`its gzip data is damaged or cut off (${messageOf(error)})`, "a whole gzip file");
  }

  const headerBytes = 4 * (1 + dimensionCount);
  if (bytes.length < 4) throw fail(`the file has ${bytes.length} bytes`, `an IDX file`);
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = words.getUint32(0);
  if (magic !== expectedMagic) {
    const notGzip = path.endsWith(".gz") && !isGzip(file) ? "it is not gzip and " : "";
    throw fail(`${notGzip}${describeMagic(magic)}`, `0x${expectedMagic.toString(16)} (${kind})`);
  }
  if (bytes.length < headerBytes) {
    throw fail(`its header is cut off after ${bytes.length} bytes`, `${headerBytes} bytes`);
  }
  const dimensions = Array.from({ length: dimensionCount }, (_, i) => words.getUint32(4 + 4 * i));
  const shape = dimensions.join(" × ");
  if (dimensions.includes(0)) throw fail(`its header says ${shape}`, "counts above zero");

  const expectedBytes = headerBytes + dimensions.reduce((product, length) => product * length, 1);
  if (bytes.length !== expectedBytes) {
    const state = bytes.length < expectedBytes ? "truncated" : "over-long";
    throw fail(
      `it is ${state}: ${bytes.length} bytes (decompressed)`,
      `${expectedBytes} bytes for ${shape}`,
    );
  }
  // A plain Uint8Array, because slices of a Buffer share memory.
  const body = new Uint8Array(bytes.buffer, bytes.byteOffset + headerBytes);
  return {
    path,
    gzip: isGzip(file),
    count: dimensions[0],
    bytes: bytes.length,
    sha256: sha256(bytes),
    dimensions,
    body: body.subarray(0, expectedBytes - headerBytes),
  };
}

function describeMagic(magic: number): string {
  const known: Record<number, string> = {
    0x803: " (images)",
    0x801: " (labels)",
    0x504b0304: " (a zip archive)",
    0x3c21444f: " (an HTML page)",
    0x3c68746d: " (an HTML page)",
  };
  return `its magic number is 0x${magic.toString(16)}${known[magic] ?? ""}`;
}
