import { existsSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { InputError } from "../../base/errors.ts";
import { checksumOfRange } from "../file_checksum.ts";
import { isLibsvm } from "../formats/libsvm.ts";
import { foreignError, openTable } from "../formats/open_table.ts";
import { idxValues, isIdx, product, readIdxHeader, truncated } from "../formats/idx.ts";
import { type LabelledTables, sha256, type Table, unreadable } from "../formats/table.ts";
import type { DataNote } from "../schemas.ts";
import { type ChooseOptions, chooseSet, type ChosenSet, type SplitFiles } from "./choose_set.ts";
import { entriesOf, type Entry, givenEntry, withMembers } from "./entries.ts";
import { examplesFirst } from "./examples_first.ts";
import { separate } from "./separate.ts";
import { unpackText } from "./unpack_text.ts";

export interface LoadedSet {
  /** What distinguishes the set by name: "emnist-letters", or "". */
  readonly set: string;
  readonly train: LabelledTables;
  /** Absent: there is none. */
  readonly test?: LabelledTables;
  readonly notes: readonly DataNote[];
}

/** More is not held in memory unless the user says so. */
const USUAL_MOST = 2 ** 30;

export interface LoadOptions {
  /**
   * The most bytes of images; only the first of larger sets are used. Default: 1 GiB where they are held in memory, else
   * all.
   */
  readonly mostBytes?: number;
  /** IDX files with more bytes of pixels are not held in memory. Default: 1 GiB. */
  readonly storedFrom?: number;
  /** A folder in which checksums of large files are remembered. */
  readonly cache?: string;
  /** A folder for the pixels of texts that are too large to be held. */
  readonly unpackInto?: string;
  /** Is called before such a text is unpacked. */
  readonly onUnpack?: (path: string, into: string) => void;
}

/**
 * Finds the files of one set at a place: a folder, a zip archive, a file of a set, each with "#" and the set's name
 * where it holds several. Reads only names, and archives' tables of contents. Throws InputError.
 */
export function findSet(place: string, options: ChooseOptions = {}): ChosenSet {
  const { path, wanted } = splitPlace(place);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    const { entries, others } = entriesOf(path);
    if (entries.length === 0) throw nothingFound(path, others);
    const loose = entries.filter(({ name, format }) => format !== "zip" || /\.npz/i.test(name));
    try {
      return chooseSet(path, withMembers(loose), wanted, options);
    } catch (error) {
      // An archive is opened only where nothing beside it will do.
      if (loose.length === entries.length) throw error;
      return chooseSet(path, withMembers(entries), wanted, options);
    }
  }
  const entry = givenEntry(path);
  if (entry.format === "zip") return chooseSet(path, withMembers([entry]), wanted, options);
  // One file of a set stands for the set that it belongs to.
  const siblings = entriesOf(dirname(path)).entries.filter(({ name, set, format }) =>
    !name.includes("/") && set === entry.set && format === entry.format
  );
  const isTable = entry.split === undefined && entry.part === undefined;
  return chooseSet(path, isTable ? [entry] : siblings, wanted, options);
}

/** A place and the name behind its last "#", unless the "#" is part of the path. */
export function splitPlace(place: string): { path: string; wanted?: string } {
  const at = place.lastIndexOf("#");
  if (at <= 0 || existsSync(place)) return { path: place };
  return { path: place.slice(0, at), wanted: place.slice(at + 1) };
}

function nothingFound(folder: string, others: readonly string[]): InputError {
  const found = others.length === 0
    ? "it is empty"
    : `it has ${others.slice(0, 3).join(", ")}${others.length > 3 ? ", …" : ""}`;
  return new InputError(
    `Cannot use the data folder "${folder}": no images and labels found; ${found}, and the four IDX files, ` +
      `an .npz or .csv files are missing`,
    "name a folder with MNIST's four files, or run without --data to download them",
  );
}

/** Reads the files of the set at a place. Throws InputError, which names the file at fault. */
export function loadSet(place: string, options: LoadOptions = {}): LoadedSet {
  const found = findSet(place);
  const unnamed = withoutNames(found.train, options);
  const train = unnamed?.[0] ?? loadSplit(found.train, options);
  const test = unnamed?.[1] ?? (hasAny(found.test) ? loadSplit(found.test, options) : undefined);
  if (train.unlabelled) {
    throw unreadable(train.unlabelled, "it has no labels", "a class for each image");
  }
  const notes = [...found.notes, ...train.notes, ...test?.notes ?? []];
  const name = basename(splitPlace(place).path).toLowerCase();
  return {
    set: found.set || (/^(emnist|kmnist|qmnist|fashion)/.exec(name)?.[0] ?? ""),
    train: train.tables!,
    ...(test?.tables && { test: test.tables }),
    notes,
  };
}

const hasAny = ({ images, labels, tables }: SplitFiles) =>
  images.length + labels.length + tables.length > 0;

interface LoadedSplit {
  readonly tables?: LabelledTables;
  /** The file that has no labels. */
  readonly unlabelled?: string;
  readonly notes: readonly DataNote[];
}

/**
 * The four arrays that np.savez writes without names, arr_0 to arr_3: images and labels that are as many belong together,
 * and the first images are those for training.
 */
function withoutNames({ tables }: SplitFiles, options: LoadOptions): LoadedSplit[] | undefined {
  if (tables.length !== 4 || !tables.every(({ name }) => /\/arr_\d\.npy$/.test(name))) {
    return undefined;
  }
  const arrays = tables.map((entry) => openEntry(entry, options));
  const [images, labels] = [true, false].map((isWide) =>
    arrays.filter((table) => widthOf(table) > 1 === isWide)
  );
  if (images.length !== 2) return undefined;
  return images.map((one, i) => {
    const fitting = labels.filter(({ shape }) => shape[0] === one.shape[0]);
    return inOrder(one, fitting.length === 1 ? fitting[0] : labels[i]);
  });
}

function loadSplit({ images, labels, tables }: SplitFiles, options: LoadOptions): LoadedSplit {
  const { unpackInto, onUnpack } = options;
  if (images.length + labels.length === 0 && isLargeText(tables[0], options)) {
    return { tables: unpackText(tables[0], { into: unpackInto, announce: onUnpack }), notes: [] };
  }
  const named = images.length > 0 ? openEntry(images[0], options) : undefined;
  // Labels are small, and are cut to the images that are read.
  const classes = labels.length > 0 ? openEntry(labels[0]) : undefined;
  if (named && classes) return inOrder(named, classes);
  const first = tables.length > 0 ? openEntry(tables[0], options) : undefined;
  if (first === undefined) {
    const path = (named ?? classes)!.path;
    return { unlabelled: path, notes: [{ kind: "unlabelled", path }] };
  }
  const isWhole = first.format === "csv" || first.format === "libsvm";
  const other = named ?? classes ??
    (isWhole || tables.length < 2 ? undefined : openEntry(tables[1], options));
  if (other) return inOrder(named ?? first, classes ?? other);
  const both = separate(first);
  return both
    ? { tables: both, notes: notesOf(both) }
    : { unlabelled: first.path, notes: [{ kind: "unlabelled", path: first.path }] };
}

/** A text of LIBSVM that is not held in memory. */
const isLargeText = (
  entry: Entry | undefined,
  { mostBytes = USUAL_MOST }: LoadOptions,
): entry is Entry =>
  entry?.range !== undefined && entry.size > mostBytes && isLibsvm(entry.range(0, 4096));

/** The file of lists is that of images, whatever the names say. */
function inOrder(images: Table, labels: Table): LoadedSplit {
  const isSwapped = (widthOf(images) === 1 && widthOf(labels) > 1) ||
    (images.shape.length <= 2 && labels.shape.length > 2);
  if (widthOf(images) === 1 && !isSwapped) {
    throw unreadable(
      images.path,
      `it holds ${images.shape[0]} single numbers, as labels do, and "${labels.path}" does, too`,
      "images",
    );
  }
  if (!isSwapped) {
    const tables = examplesFirst({ images, labels });
    return { tables, notes: notesOf(tables) };
  }
  const tables = { images: labels, labels: images };
  const swapped = { kind: "swapped", images: labels.path, labels: images.path } as const;
  return { tables, notes: [swapped, ...notesOf(tables)] };
}

const widthOf = ({ shape }: Table) => product(shape.slice(1));
const notesOf = ({ images, labels }: LabelledTables) => [
  ...images.notes,
  ...(labels === images ? [] : labels.notes),
];

/** The numbers of a file, or of its beginning where it is too large for this machine. Throws InputError. */
export function openEntry(
  entry: Entry,
  { mostBytes, storedFrom = USUAL_MOST, cache }: LoadOptions = {},
): Table {
  const { path, size, range, read } = entry;
  const mostHeld = mostBytes ?? USUAL_MOST;
  if (range === undefined || size <= Math.min(mostHeld, storedFrom)) return openTable(read(), path);
  const start = range(0, 1024);
  if (!isIdx(start)) {
    if (size <= mostHeld) return openTable(read(), path);
    throw foreignError(start, path) ?? unreadable(
      path,
      `it has ${size} bytes, more than ${mostHeld} are read at once`,
      "IDX, which is read in part",
      "for more, set SLOPE_DATA_BYTES, as to 4GB",
    );
  }
  const header = readIdxHeader(start, size, path);
  const { shape, type, headerBytes, dataBytes } = header;
  if (size < headerBytes + dataBytes) throw truncated(path, size, header);
  const bytesOfOne = dataBytes / shape[0];
  // Bytes can stay in their file. Other numbers are decoded in memory.
  const most = mostBytes ?? (type === "u1" ? Infinity : USUAL_MOST);
  const examples = Math.min(shape[0], Math.max(1, Math.floor(most / bytesOfOne)));
  const bytes = examples * bytesOfOne;
  const notes: DataNote[] = [];
  if (examples < shape[0]) {
    notes.push({ kind: "first-examples", path, examples, of: shape[0], bytes: size });
  }
  const facts = {
    path,
    format: "idx" as const,
    shape: [examples, ...shape.slice(1)],
    gzip: 0,
    bytes: size,
  };
  const head = start.subarray(0, headerBytes);
  const body = () => range(headerBytes, bytes);
  if (type === "u1" && bytes > storedFrom) {
    if (header.littleEndian) notes.push({ kind: "little-endian", path, what: "header" });
    const place = { path, start: headerBytes };
    let held: Uint8Array | undefined;
    return {
      ...facts,
      stored: place,
      get values() {
        return held ??= body();
      },
      digest: () => checksumOfRange({ ...place, bytes }, head, cache),
      notes,
    };
  }
  const held = body();
  const values = idxValues(held, header, path, notes);
  return { ...facts, values, digest: () => sha256(head, held), notes };
}
