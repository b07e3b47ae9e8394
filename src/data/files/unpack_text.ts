import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { InputError } from "../../base/errors.ts";
import { cannotWrite, temporaryName } from "../../base/files.ts";
import { readRange, writeAt } from "../../base/large_files.ts";
import { readLines } from "../formats/libsvm.ts";
import { type LabelledTables, sha256, type Table, unreadable } from "../formats/table.ts";
import { checksumOfRange } from "../file_checksum.ts";
import type { DataNote } from "../schemas.ts";
import type { Entry } from "./entries.ts";

/** Text that is parsed at once. */
const PIECE_BYTES = 2 ** 24;
/** Images that are written at once. */
const IMAGES_AT_ONCE = 4096;

export interface UnpackOptions {
  /** A folder for pixels and labels; undefined where none is known. */
  readonly into: string | undefined;
  /** Is called before unpacking begins, which takes a minute for each few gigabytes. */
  readonly announce?: ((path: string, into: string) => void) | undefined;
  readonly pieceBytes?: number;
}

const Unpacked = z.strictObject({
  count: z.int().positive(),
  side: z.int().positive(),
  /** Values from 0 to 1, times 255. */
  isScaled: z.boolean(),
});
type Unpacked = z.infer<typeof Unpacked>;

/**
 * Images and labels of a text of LIBSVM that is too large to be held. They are unpacked to bytes once, and kept until the
 * text changes. Throws InputError with the line at fault.
 */
export function unpackText(
  { path, size }: Entry,
  { into, announce, pieceBytes = PIECE_BYTES }: UnpackOptions,
): LabelledTables {
  if (into === undefined) {
    throw new InputError(
      `Cannot unpack "${path}": no folder for its ${size} bytes is known`,
      "set XDG_CACHE_HOME to a folder with space",
    );
  }
  const { mtimeMs, ctimeMs, ino } = statSync(path);
  const key = sha256(
    new TextEncoder().encode([resolve(path), size, mtimeMs, ctimeMs, ino].join("\n")),
  ).slice(0, 32);
  const place = join(into, key);
  const found = readNote(place) ?? unpack(path, size, place, announce, pieceBytes);
  const { count, side, isScaled } = found;
  const mapped: DataNote = { kind: "pixels-mapped", how: "unit", least: 0, greatest: 1 };
  const table = (kind: "pixels" | "labels", shape: number[], notes: DataNote[]): Table => {
    const bytes = shape.reduce((all, length) => all * length, 1);
    const stored = { path: `${place}.${kind}`, start: 0 };
    let held: Uint8Array | undefined;
    return {
      path,
      format: "libsvm",
      shape,
      stored,
      get values() {
        return held ??= readRange(stored.path, 0, bytes);
      },
      gzip: 0,
      bytes: size,
      digest: () => checksumOfRange({ path, start: 0, bytes: size }, new Uint8Array(0)),
      notes,
    };
  };
  return {
    images: table("pixels", [count, side, side], isScaled ? [mapped] : []),
    labels: table("labels", [count], []),
  };
}

/** What is unpacked already: undefined where pixels or labels are not there, or not whole. */
function readNote(place: string): Unpacked | undefined {
  try {
    const found = Unpacked.parse(JSON.parse(readFileSync(`${place}.json`, "utf8")));
    const { count, side } = found;
    const isWhole = statSync(`${place}.pixels`).size === count * side ** 2 &&
      statSync(`${place}.labels`).size === count;
    return isWhole ? found : undefined;
  } catch {
    return undefined;
  }
}

function unpack(
  path: string,
  size: number,
  place: string,
  announce: UnpackOptions["announce"],
  pieceBytes: number,
): Unpacked {
  announce?.(path, place);
  const files = ["pixels", "labels"].map((kind) => ({
    part: temporaryName(`${place}.${kind}`),
    whole: `${place}.${kind}`,
  }));
  try {
    mkdirSync(resolve(place, ".."), { recursive: true });
    const [pixels, labels] = files.map(({ part }) => openSync(part, "w"));
    let made: Unpacked | Needs;
    try {
      // What the images need is known at the end. Nearly always, the first lines show it.
      for (let needs: Needs = { side: 1, isScaled: false };; needs = made) {
        made = unpackWith(needs, { path, size, pixels, labels, pieceBytes });
        if ("count" in made) break;
      }
    } finally {
      closeSync(pixels);
      closeSync(labels);
    }
    for (const { part, whole } of files) renameSync(part, whole);
    writeFileSync(`${place}.json`, JSON.stringify(made));
    return made;
  } catch (error) {
    for (const { part } of files) if (existsSync(part)) rmSync(part);
    if (error instanceof InputError) throw error;
    throw cannotWrite(
      place,
      error,
      "free space on that disk, or name a folder with space in XDG_CACHE_HOME",
    );
  }
}

type Needs = Omit<Unpacked, "count">;

interface Job {
  readonly path: string;
  readonly size: number;
  /** Open files. */
  readonly pixels: number;
  readonly labels: number;
  readonly pieceBytes: number;
}

/** Unpacks images of side × side pixels, or returns other needs as soon as a line shows them. */
function unpackWith(
  { side, isScaled }: Needs,
  { path, size, pixels, labels, pieceBytes }: Job,
): Unpacked | Needs {
  const features = side * side;
  const images = new Uint8Array(IMAGES_AT_ONCE * features);
  const classes = new Uint8Array(IMAGES_AT_ONCE);
  let [written, held, line, greatest, most] = [0, 0, 1, 0, 0];
  let isFractional = false;
  const send = (): void => {
    writeAt(pixels, images.subarray(0, held * features), written * features);
    writeAt(labels, classes.subarray(0, held), written);
    written += held;
    held = 0;
    images.fill(0);
  };
  for (let at = 0; at < size;) {
    const piece = readRange(path, at, pieceBytes);
    const isLast = at + piece.length >= size;
    const end = isLast ? piece.length : piece.lastIndexOf(10) + 1;
    if (end === 0) {
      throw unreadable(path, `line ${line} is longer than ${pieceBytes} bytes`, "text");
    }
    const bytes = piece.subarray(0, end);
    readLines(
      { bytes, path },
      (_, column, value) => {
        if (column === 0) {
          if (held === IMAGES_AT_ONCE) send();
          if (!(Number.isInteger(value) && value >= 0 && value <= 255)) {
            throw unreadable(path, `a label is ${value}`, "a class from 0 to 255");
          }
          classes[held++] = value;
          return;
        }
        if (column > greatest) greatest = column;
        if (value > most) most = value;
        if (!Number.isInteger(value)) isFractional = true;
        if (!isScaled && isFractional && most <= 1) return; // to be begun anew
        const byte = isScaled ? Math.round(255 * value) : value;
        if (!(Number.isInteger(byte) && byte >= 0 && byte <= 255)) {
          throw unreadable(
            path,
            `example ${written + held - 1} has a value of ${value} among ${
              isScaled ? "values from 0 to 1" : "bytes"
            }`,
            "either whole numbers from 0 to 255 or numbers from 0 to 1",
          );
        }
        if (column <= features) images[(held - 1) * features + column - 1] = byte;
      },
      line,
    );
    const needed = {
      side: Math.max(side, Math.ceil(Math.sqrt(greatest))),
      isScaled: isScaled || isFractional,
    };
    if (greatest > features || (isFractional && !isScaled)) return needed;
    for (let i = 0; i < end; i++) if (bytes[i] === 10) line++;
    at += end;
  }
  send();
  if (written === 0) throw unreadable(path, `"${basename(path)}" has no example`, "text");
  // Nothing but 0 and 1: black and white.
  if (!isScaled && most <= 1) return { side, isScaled: true };
  return { count: written, side, isScaled };
}
