import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { InputError, messageOf } from "../base/errors.ts";
import { closestTo } from "../base/closest.ts";
import { known } from "../base/known.ts";
import { assemble, isMnist } from "./assemble.ts";
import { checksumFolder, type EnvironmentVariables, unpackFolder } from "../base/cache_folder.ts";
import type { Dataset } from "./dataset.ts";
import { type DownloadOptions, downloadSet } from "./download.ts";
import { loadSet, splitPlace } from "./files/load_set.ts";
import { sha256 } from "./formats/table.ts";
import type { ImageShape } from "./image_shape.ts";
import {
  FILE_ROLES,
  type FileRole,
  folderInCache,
  KNOWN_SETS,
  type KnownSet,
  knownSet,
  MNIST,
} from "./known_sets.ts";
import { minutesSinceFailure, rememberFailure } from "./offline.ts";
import type { DataNote, DataSource } from "./schemas.ts";
import { SYNTHETIC_SIDE, syntheticDigits } from "./synthetic.ts";

export interface ResolvedData {
  readonly train: Dataset;
  readonly test: Dataset;
  readonly source: DataSource;
  readonly shape: ImageShape;
  /** Folders of the files that they were read from; absent: of none. */
  readonly folders?: readonly string[];
}

/** Why a set could not be had. */
export type Lacking =
  | { readonly kind: "no-home" }
  | { readonly kind: "not-cached"; readonly folder: string }
  /** The cache's files cannot be used. */
  | { readonly kind: "bad-cache"; readonly state: string }
  | { readonly kind: "recent-failure"; readonly minutes: number }
  | { readonly kind: "no-mirror"; readonly state: string };

/** What the user is told while data are looked for. */
export type DataEvent =
  | { readonly kind: "downloading"; readonly set: KnownSet; readonly folder: string }
  | { readonly kind: "synthetic"; readonly lacking: Lacking }
  /** A text that is too large to be held: once, into a folder of the cache. */
  | { readonly kind: "unpacking"; readonly path: string; readonly into: string }
  | { readonly kind: "note"; readonly note: DataNote };

/** A set that was named, and that neither the cache nor a mirror has. */
export class SetNotFound extends Error {
  readonly set: KnownSet;
  readonly lacking: Lacking;
  constructor(set: KnownSet, lacking: Lacking) {
    super(`${set.name}: ${lacking.kind}`);
    this.set = set;
    this.lacking = lacking;
  }
}

export interface ResolveOptions {
  /** A folder, a file or a set's name; the first two may end in "#" and the name of a set there. */
  readonly place?: string | undefined;
  /** SLOPE_DATA, SLOPE_DATA_BYTES, XDG_CACHE_HOME, HOME and USERPROFILE are read. */
  readonly environment: EnvironmentVariables;
  readonly announce: (event: DataEvent) => void;
  /** Whether to download if nothing is found locally. Default true. */
  readonly allowDownload?: boolean;
  readonly download?: Omit<DownloadOptions, "onBegin">;
  /** Known to be downloadable. Default: all. */
  readonly sets?: readonly KnownSet[];
  /** Asked in place of a set's own mirrors. */
  readonly mirrors?: readonly string[];
  readonly synthetic?: boolean;
  /** Number of synthetic digits. Default 60,000 and 10,000, as in MNIST. */
  readonly syntheticCounts?: { readonly train: number; readonly test: number };
}

const SYNTHETIC_SEED = 1;
const MNIST_COUNTS = { train: 60_000, test: 10_000 };

/**
 * Finds the data set: the place or set that is named, `$SLOPE_DATA`, the cache, a download, and last synthetic digits.
 * Throws InputError if a named place cannot be used, SetNotFound if a named set cannot be had: neither is ever
 * replaced by other data.
 */
export async function resolveData(options: ResolveOptions): Promise<ResolvedData> {
  const { environment, announce } = options;
  if (options.synthetic) return synthetic(options);

  const named = options.place ?? (environment.SLOPE_DATA || undefined);
  if (named === undefined) {
    const found = await cachedOrDownloaded(MNIST, options);
    if (isResolved(found)) return found;
    announce({ kind: "synthetic", lacking: found });
    return synthetic(options);
  }
  const { path } = splitPlace(named);
  const set = existsSync(path) ? undefined : knownSet(named, options.sets);
  if (set === undefined) return fromPlace(named, options);
  const found = await cachedOrDownloaded(set, options);
  if (isResolved(found)) return found;
  throw new SetNotFound(set, found);
}

const isResolved = (found: ResolvedData | Lacking): found is ResolvedData => "train" in found;

function fromPlace(place: string, options: ResolveOptions): ResolvedData {
  const { path } = splitPlace(place);
  const hint = existsSync(path) ? undefined : hintFor(path);
  if (hint !== undefined) {
    throw new InputError(
      `Cannot read the data folder "${place}": there is no such folder or file`,
      hint,
    );
  }
  if (!existsSync(path) && !/[\\/]/.test(path)) {
    const names = KNOWN_SETS.map(({ name }) => name);
    const family = names.filter((name) => name.startsWith(`${path.toLowerCase()}-`));
    const near = closestTo(path, names);
    throw new InputError(
      `Cannot read the data folder "${place}": there is no such folder, file or known set`,
      family.length > 0
        ? `name one of ${family.join(", ")}`
        : near === undefined
        ? `known sets are ${names.join(", ")}`
        : `did you mean "${near}"?`,
    );
  }
  const kind = existsSync(path) && !isFolder(path) ? "file" : "folder";
  return fromFiles(place, `${kind} ${place}`, options);
}

const isFolder = (path: string): boolean => existsSync(`${path}/.`);

/** What to do about a path that cannot be one here. */
const hintFor = (path: string): string | undefined =>
  /^[a-z]{2,}:\/\//i.test(path)
    ? "download it first, and name the file or its folder"
    : /^~[\\/]/.test(path)
    ? `write $HOME${path.slice(1)}: the shell replaces ~ only at the beginning of a word`
    : undefined;

/** The set from its cache, or downloaded into it; otherwise the reason why not. */
async function cachedOrDownloaded(
  given: KnownSet,
  options: ResolveOptions,
): Promise<ResolvedData | Lacking> {
  const { environment, allowDownload = true, mirrors = given.mirrors } = options;
  const set = { ...given, mirrors };
  const folder = folderInCache(set, environment);
  if (folder === undefined) return { kind: "no-home" };
  const place = set.folder === undefined ? folder : `${folder}#${set.name}`;
  const load = (source: string) => {
    const loaded = fromFiles(place, source, { ...options, name: set.name });
    return set.name === "mnist" && loaded.source.name !== "mnist" ? undefined : loaded;
  };

  let lacking: Lacking = { kind: "not-cached", folder };
  if (existsSync(folder)) {
    try {
      const cached = load(`cache ${folder}`);
      if (cached) return cached;
      lacking = { kind: "bad-cache", state: `the files in ${folder} are not ${set.title}'s` };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      lacking = { kind: "bad-cache", state: error.message };
    }
  }
  if (!allowDownload) return lacking;

  const minutes = minutesSinceFailure(folder);
  if (minutes !== undefined) return { kind: "recent-failure", minutes };
  try {
    const onBegin = () => options.announce({ kind: "downloading", set, folder });
    const used = await downloadSet(set, folder, { ...options.download, onBegin });
    return load(`download from ${used.join(" and ")}`) ?? lacking;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    await rememberFailure(folder);
    return { kind: "no-mirror", state: messageOf(error) };
  }
}

/** `name`: what the files are known to be. */
function fromFiles(
  place: string,
  source: string,
  { announce, environment, name }: Pick<ResolveOptions, "announce" | "environment"> & {
    readonly name?: string;
  },
): ResolvedData {
  const cache = checksumFolder(environment);
  const loaded = loadSet(
    place,
    known({
      mostBytes: mostBytesIn(environment),
      cache,
      unpackInto: unpackFolder(environment),
      onUnpack: (path: string, into: string) => announce({ kind: "unpacking", path, into }),
    }),
  );
  const { train, test, shape, sha256: sums, notes } = assemble(loaded, cache);
  const format = loaded.train.images.format;
  const described = {
    name: isMnist(sums)
      ? "mnist"
      : name !== undefined && name !== "mnist"
      ? name
      : `${format}-${sums.trainImages.slice(0, 12)}`,
    source,
    synthetic: false,
    sha256: sums,
    ...known({ notes: notes.length > 0 ? [...notes] : undefined }),
  };
  for (const note of notes) announce({ kind: "note", note });
  const tables = [loaded.train, loaded.test ?? loaded.train].flatMap((split) => [
    split.images,
    split.labels,
  ]);
  const folders = new Set(tables.map(({ path }) => dirname(path)));
  return { ...resolved({ train, test }, shape, described), folders: [...folders] };
}

const UNITS = { "": 1, K: 1e3, M: 1e6, G: 1e9 };

/** What `$SLOPE_DATA_BYTES` allows to be read of a file: "4GB", "500M" or bytes. */
function mostBytesIn({ SLOPE_DATA_BYTES: text = "" }: EnvironmentVariables): number | undefined {
  if (text === "") return undefined;
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([KMG]?)B?$/i.exec(text.trim()) ?? [];
  if (number === undefined) {
    throw new InputError(
      `Cannot use SLOPE_DATA_BYTES "${text}": it is not a size, expected bytes, as 4GB`,
      "change it, or leave it out",
    );
  }
  return Number(number) * UNITS[unit.toUpperCase() as keyof typeof UNITS];
}

function synthetic({ syntheticCounts: counts = MNIST_COUNTS }: ResolveOptions): ResolvedData {
  const train = syntheticDigits(counts.train, SYNTHETIC_SEED, "train");
  const test = syntheticDigits(counts.test, SYNTHETIC_SEED, "test");
  const bytes = [train.pixels, train.labels, test.pixels, test.labels];
  return resolved({ train, test }, { rows: SYNTHETIC_SIDE, columns: SYNTHETIC_SIDE }, {
    name: "synthetic",
    source: `generator, seed ${SYNTHETIC_SEED}`,
    synthetic: true,
    sha256: eachRole((_, index) => sha256(bytes[index])),
  });
}

const eachRole = (sum: (role: FileRole, index: number) => string) =>
  Object.fromEntries(
    FILE_ROLES.map((role, index) => [role, sum(role, index)]),
  ) as DataSource["sha256"];

function resolved(
  { train, test }: Pick<ResolvedData, "train" | "test">,
  shape: ResolvedData["shape"],
  source: Pick<DataSource, "name" | "source" | "synthetic" | "sha256" | "notes">,
): ResolvedData {
  const { features, classes } = train;
  const counted = { features, classes, trainExamples: train.count, testExamples: test.count };
  return { train, test, shape, source: { ...source, ...counted } };
}
