import { gunzipSync } from "node:zlib";
import { unzipSync } from "fflate";
import { messageOf } from "../../base/errors.ts";
import { type Unpacked, unreadable } from "./table.ts";

/** More layers than anybody packs by mistake. */
const MOST_LAYERS = 4;

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

/**
 * Decompresses gzip, recognised by its magic 1f 8b (RFC 1952, section 2.3.1), as often as it was packed. Returns
 * other bytes as they are. Throws what zlib says.
 */
export function decompress(file: Uint8Array): { bytes: Uint8Array; gzip: number } {
  let [bytes, gzip] = [file, 0];
  for (; gzip < MOST_LAYERS && isGzip(bytes); gzip++) {
    const packed = gunzipSync(bytes);
    // A plain Uint8Array, because slices of a Buffer share memory.
    bytes = new Uint8Array(packed.buffer, packed.byteOffset, packed.length);
  }
  return { bytes, gzip };
}

/** As `decompress`. Throws InputError. */
export function unpack(file: Uint8Array, path: string): Unpacked {
  try {
    return { path, ...decompress(file) };
  } catch (error) {
    throw unreadable(
      path,
      `its gzip data is damaged or cut off after ${file.length} bytes (${messageOf(error)})`,
      "a whole gzip file",
    );
  }
}

export interface ZipMember {
  /** With slashes. */
  readonly name: string;
  readonly size: number;
  read(): Uint8Array;
}

/** The files in a zip archive. Throws InputError when it is damaged. */
export function zipMembers(archive: Uint8Array, path: string): ZipMember[] {
  const unzip = (filter: Parameters<typeof unzipSync>[1]) => {
    try {
      return unzipSync(archive, filter);
    } catch (error) {
      throw unreadable(
        path,
        `the zip archive of ${archive.length} bytes is damaged or cut off (${messageOf(error)})`,
        "a whole zip archive",
      );
    }
  };
  const members: ZipMember[] = [];
  unzip({
    filter: ({ name, originalSize }) => {
      const isFolder = name.endsWith("/");
      const read = () => unzip({ filter: (other) => other.name === name })[name];
      if (!isFolder) members.push({ name: name.replaceAll("\\", "/"), size: originalSize, read });
      return false;
    },
  });
  return members;
}
