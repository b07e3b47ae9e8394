import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError, messageOf } from "../base/errors.ts";
import { type IdxImages, type IdxLabels, parseImages, parseLabels } from "./idx.ts";
import { FILE_ROLES, type FileRole, MNIST_FILES } from "./mnist.ts";

export interface LoadedFiles {
  readonly trainImages: IdxImages;
  readonly trainLabels: IdxLabels;
  readonly testImages: IdxImages;
  readonly testLabels: IdxLabels;
}

/** What was found for one of a folder's four files. Unknown is absent. */
export interface FileCheck extends Partial<Omit<IdxImages, "path" | "pixels">> {
  readonly role: FileRole;
  /** Official name, without ".gz". */
  readonly name: string;
  readonly found?: string;
  readonly isMnist: boolean;
  readonly error?: string;
}

/**
 * Finds the four files of a folder. Knows the official names with or without ".gz",
 * "train-images.idx3-ubyte", and EMNIST's names with a prefix and "test" for "t10k". Missing files are absent;
 * a raw file is preferred to its gzip. Throws InputError if the folder cannot be read or holds several sets.
 */
export function findFiles(directory: string): Partial<Record<FileRole, string>> {
  let names: string[];
  try {
    names = readdirSync(directory).sort();
  } catch (error) {
    throw new InputError(
      `Cannot read the data folder "${directory}": ${messageOf(error)}`,
      "name a folder that holds the four IDX files",
      { cause: error },
    );
  }
  const found: Partial<Record<FileRole, string>> = {};
  for (const role of FILE_ROLES) {
    const matching = names.filter((name) => FILE_PATTERNS[role].test(name));
    const plain = matching.filter((name) => !/^.+-(train|t10k|test)-/.test(name));
    const candidates = plain.length > 0 ? plain : matching;
    const stems = new Set(candidates.map((name) => name.replace(/\.gz$/, "")));
    if (stems.size > 1) {
      throw new InputError(
        `Cannot use the data folder "${directory}": it holds ${
          [...stems].join(" and ")
        }, expected one`,
        "keep each data set in a folder of its own",
      );
    }
    if (candidates.length > 0) found[role] = candidates[0]; // sorted: "x" comes before "x.gz"
  }
  return found;
}

const FILE_PATTERNS: Readonly<Record<FileRole, RegExp>> = {
  trainImages: /(^|-)train-images[-.]idx3-ubyte(\.gz)?$/,
  trainLabels: /(^|-)train-labels[-.]idx1-ubyte(\.gz)?$/,
  testImages: /(^|-)(t10k|test)-images[-.]idx3-ubyte(\.gz)?$/,
  testLabels: /(^|-)(t10k|test)-labels[-.]idx1-ubyte(\.gz)?$/,
};

/** Reads a folder's four files. Throws InputError, which names every missing file or what is wrong. */
export function loadDirectory(directory: string): LoadedFiles {
  const found = findFiles(directory);
  const missing = FILE_ROLES.filter((role) => found[role] === undefined);
  if (missing.length > 0) {
    const names = missing.map((role) => MNIST_FILES[role].name);
    throw new InputError(
      `Cannot use the data folder "${directory}": ${
        names.join(", ")
      } missing, expected four IDX files`,
      "add the missing files (as they are, or with .gz), or name another folder",
    );
  }
  const path = (role: FileRole) => join(directory, found[role]!);
  return {
    trainImages: readImages(path("trainImages")),
    trainLabels: readLabels(path("trainLabels")),
    testImages: readImages(path("testImages")),
    testLabels: readLabels(path("testLabels")),
  };
}

/** Checks each of a folder's four files. Throws InputError only if the folder cannot be read. */
export function checkDirectory(directory: string): FileCheck[] {
  const files = findFiles(directory);
  return FILE_ROLES.map((role) => {
    const { name, sha256 } = MNIST_FILES[role];
    const found = files[role];
    if (found === undefined) return { role, name, isMnist: false, error: "missing" };
    const path = join(directory, found);
    try {
      const file = role.endsWith("Images") ? readImages(path) : readLabels(path);
      const { gzip, bytes, count } = file;
      const shape = "rows" in file && { rows: file.rows, columns: file.columns };
      const isMnist = file.sha256 === sha256;
      return { role, name, found, gzip, bytes, count, ...shape, sha256: file.sha256, isMnist };
    } catch (error) {
      return { role, name, found, isMnist: false, error: messageOf(error) };
    }
  });
}

const readImages = (path: string): IdxImages => parseImages(readFile(path), path);
const readLabels = (path: string): IdxLabels => parseLabels(readFile(path), path);

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new InputError(
      `Cannot read "${path}": ${messageOf(error)}`,
      "name a folder that you may read",
      { cause: error },
    );
  }
}
