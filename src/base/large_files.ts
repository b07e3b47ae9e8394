import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";

/** Runtimes read and write at most 2³¹ − 1 bytes in one call. */
const RANGE = 2 ** 30;

/**
 * Reads `length` bytes from `from`, in ranges, so that a file may be larger than one call can read. Returns fewer
 * bytes where the file ends earlier. Throws what the system says.
 */
export function readRange(
  path: string,
  from = 0,
  length = Infinity,
  rangeBytes = RANGE,
): Uint8Array<ArrayBuffer> {
  const file = openSync(path, "r");
  try {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, fstatSync(file).size - from)));
    return bytes.subarray(0, readInto(file, bytes, from, rangeBytes)); // fewer if the file shrank
  } finally {
    closeSync(file);
  }
}

/** Fills `into` with the bytes of an open file from `from` on. Returns how many there were. */
export function readInto(
  file: number,
  into: Uint8Array,
  from: number,
  rangeBytes = RANGE,
): number {
  let read = 0;
  while (read < into.length) {
    const wanted = Math.min(rangeBytes, into.length - read);
    const got = readSync(file, into.subarray(read, read + wanted), 0, wanted, from + read);
    if (got === 0) break;
    read += got;
  }
  return read;
}

/** Writes all bytes to an open file, from `at` on. */
export function writeAt(file: number, bytes: Uint8Array, at: number, rangeBytes = RANGE): void {
  for (let written = 0; written < bytes.length;) {
    const part = bytes.subarray(written, written + rangeBytes);
    written += writeSync(file, part, 0, part.length, at + written);
  }
}

/** Writes a file in ranges; replaces one that is there. Throws what the system says. */
export function writeRanges(path: string, bytes: Uint8Array, rangeBytes = RANGE): void {
  const file = openSync(path, "w");
  try {
    writeAt(file, bytes, 0, rangeBytes);
  } finally {
    closeSync(file);
  }
}
