import type { InputError } from "../../base/errors.ts";
import { asText, isText, parseCsv } from "./csv.ts";
import { isIdx, parseIdx } from "./idx.ts";
import { isLibsvm, parseLibsvm } from "./libsvm.ts";
import { isNpy, parseNpy } from "./npy.ts";
import { type Table, unreadable } from "./table.ts";
import { isGzip, isZip, unpack, zipMembers } from "./unpack.ts";

/**
 * Reads the numbers of a file: IDX, NumPy's npy, LIBSVM's text, or lines of numbers; packed by gzip, or alone in a zip archive. Its
 * bytes decide, not its name. Throws InputError, which says what was found.
 */
export function openTable(file: Uint8Array, path: string): Table {
  const packed = unpack(file, path);
  const unpacked = { ...packed, bytes: asText(packed.bytes) };
  const { bytes, gzip } = unpacked;
  if (isZip(bytes)) {
    const members = zipMembers(bytes, path);
    if (members.length === 1) return openTable(members[0].read(), `${path}/${members[0].name}`);
    if (members.some(({ name }) => /(^|\/)data\.pkl$/.test(name))) {
      throw unreadable(path, "it is a PyTorch file", WANTED, SAVE_AS_NPZ);
    }
    throw unreadable(path, `it is a zip archive of ${members.length} files`, "one file");
  }
  if (isIdx(bytes)) return withLayers(parseIdx(unpacked));
  if (isNpy(bytes)) return withLayers(parseNpy(unpacked));
  const foreign = foreignError(bytes, path);
  if (foreign) throw foreign;
  if (isLibsvm(bytes)) return withLayers(parseLibsvm(unpacked));
  if (isText(bytes)) return withLayers(parseCsv(unpacked));
  const notGzip = /\.gz$/.test(path) && gzip === 0 && !isGzip(file) ? "it is not gzip, and " : "";
  throw unreadable(path, `${notGzip}${magicOf(bytes)}`, WANTED);
}

const WANTED = "IDX, NumPy, CSV or LIBSVM";

/** Once packed by gzip is usual; more often is told. */
function withLayers(table: Table): Table {
  const { path, gzip } = table;
  return gzip < 2
    ? table
    : { ...table, notes: [...table.notes, { kind: "packed-again", path, gzip }] };
}

function magicOf(bytes: Uint8Array): string {
  if (bytes.length < 4) return `it has ${bytes.length} bytes`;
  const magic = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0"));
  return `its first bytes are ${magic.join(" ")}, which no known format begins with`;
}

interface Foreign {
  readonly what: string;
  readonly hint: string;
}

const SAVE_AS_NPZ =
  "save its arrays in Python: np.savez('digits.npz', x_train=…, y_train=…, x_test=…, y_test=…)";
const SAVE_IMAGES = "save the images in Python, where each file lies in the folder of its class: " +
  "np.savez('digits.npz', x_train=np.stack([np.asarray(Image.open(f).convert('L')) for f in files]), " +
  "y_train=[int(f.parent.name) for f in files]), with files = list(Path(FOLDER).glob('*/*'))";
const UNPACK = "unpack it, and name the folder with --data";

const ascii = (text: string) => [...text].map((letter) => letter.charCodeAt(0));

/** Formats that people have, but that are not read here; each with what to do. */
const FOREIGN: readonly (Foreign & { readonly magic: readonly number[] })[] = [
  { magic: ascii("\x80"), what: "a Python pickle", hint: SAVE_AS_NPZ },
  { magic: ascii("MATLAB"), what: "a MATLAB file", hint: SAVE_AS_NPZ },
  { magic: ascii("\x89HDF"), what: "an HDF5 file", hint: SAVE_AS_NPZ },
  { magic: ascii("PAR1"), what: "a Parquet file", hint: SAVE_AS_NPZ },
  { magic: ascii("\x89PNG"), what: "a PNG image", hint: SAVE_IMAGES },
  { magic: [0xff, 0xd8, 0xff], what: "a JPEG image", hint: SAVE_IMAGES },
  {
    magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a],
    what: "compressed by xz",
    hint: "unpack it: xz -d FILE",
  },
  { magic: ascii("BZh"), what: "compressed by bzip2", hint: "unpack it: bzip2 -d FILE" },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], what: "compressed by zstd", hint: "unpack it: zstd -d FILE" },
  { magic: ascii("7z\xbc\xaf"), what: "a 7z archive", hint: UNPACK },
  { magic: ascii("Rar!"), what: "a RAR archive", hint: UNPACK },
  {
    magic: ascii("version https://git-lfs"),
    what: "a pointer of Git LFS, not the file",
    hint: "get the file itself: git lfs pull",
  },
];

/** The error for a file in another format, which its first bytes show; undefined where they are silent. */
export function foreignError(start: Uint8Array, path: string): InputError | undefined {
  const foreign = foreignFormat(start);
  return foreign && unreadable(path, `it is ${foreign.what}`, WANTED, foreign.hint);
}

function foreignFormat(bytes: Uint8Array): Foreign | undefined {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 300));
  if (/^\s*(<!doctype html|<html)/i.test(start)) {
    return {
      what: "an HTML page, as a server sends in place of a file",
      hint: "download the file itself, or name another folder with --data",
    };
  }
  if (/^\s*[[{]/.test(start) && isText(bytes)) {
    return { what: "JSON", hint: SAVE_AS_NPZ };
  }
  if (start.slice(257, 262) === "ustar") return { what: "a tar archive", hint: UNPACK };
  if (/^\s*(%[^\n]*\n\s*)*@relation/i.test(start)) {
    return {
      what: "an ARFF file",
      hint: "save it as CSV: delete the lines before the first example",
    };
  }
  // Protocol 0, the usual one of Python 2, is text.
  if (
    /^(\([dl]p\d+\n|[(\]}dlpt\d\n]{0,12}c(__builtin__|copy_?reg|numpy[\w.]*|_codecs)\n)/.test(start)
  ) {
    return FOREIGN[0];
  }
  return FOREIGN.find(({ magic }) => magic.every((byte, i) => bytes[i] === byte));
}
