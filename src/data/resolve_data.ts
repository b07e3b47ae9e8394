import { existsSync } from "node:fs";
import { InputError, messageOf } from "../base/errors.ts";
import { type EnvironmentVariables, mnistCacheFolder } from "../base/cache_folder.ts";
import type { Dataset } from "./dataset.ts";
import { loadDirectory, type LoadedFiles } from "./directory.ts";
import { downloadMnist, type DownloadOptions } from "./download.ts";
import { sha256 } from "./idx.ts";
import { recentFailure, rememberFailure } from "./offline.ts";
import { FILE_ROLES, type FileRole } from "./mnist.ts";
import { isMnist, pairUp } from "./pair.ts";
import type { DataSource } from "./schemas.ts";
import { SYNTHETIC_SIDE, syntheticDigits } from "./synthetic.ts";

export interface ResolvedData {
  readonly train: Dataset;
  readonly test: Dataset;
  readonly source: DataSource;
  readonly shape: { readonly rows: number; readonly columns: number };
}

export interface ResolveOptions {
  readonly directory?: string | undefined;
  /** SLOPE_DATA, XDG_CACHE_HOME, HOME and USERPROFILE are read. */
  readonly environment: EnvironmentVariables;
  /** Receives whole lines for the user: downloads, failures, and that data are synthetic. */
  readonly announce: (line: string) => void;
  /** Whether to download if nothing is found locally. Default true. */
  readonly allowDownload?: boolean;
  readonly download?: Omit<DownloadOptions, "announce">;
  readonly synthetic?: boolean;
  /** Number of synthetic digits. Default 60,000 and 10,000, as in MNIST. */
  readonly syntheticCounts?: { readonly train: number; readonly test: number };
}

const SYNTHETIC_SEED = 1;
const MNIST_COUNTS = { train: 60_000, test: 10_000 };

/**
 * Finds the data set: the named folder, `$SLOPE_DATA`, the cache, a download, and last synthetic digits. Throws
 * InputError if a named folder cannot be used; it is never replaced by other data.
 */
export async function resolveData(options: ResolveOptions): Promise<ResolvedData> {
  const { directory, environment, announce } = options;
  if (options.synthetic) return synthetic(options);

  const named = directory ?? (environment.SLOPE_DATA || undefined);
  if (named !== undefined) return fromFiles(loadDirectory(named), `folder ${named}`);

  const reason = await cachedOrDownloaded(options);
  if (typeof reason !== "string") return reason;

  announce(
    `Warning: synthetic digits are used instead of MNIST (${reason}). ` +
      `For the real data, download its four files into a folder and name it with --data.`,
  );
  return synthetic(options);
}

/** MNIST from the cache or downloaded into it; otherwise the reason why not. */
async function cachedOrDownloaded(options: ResolveOptions): Promise<ResolvedData | string> {
  const { environment, announce, allowDownload = true } = options;
  const cache = mnistCacheFolder(environment);
  if (cache === undefined) return "there is no home folder to keep a download in";

  const cached = fromCache(cache);
  if (typeof cached !== "string") return fromFiles(cached, `cache ${cache}`);
  if (!allowDownload) return `${cached}, and downloads are off`;

  const before = recentFailure(cache);
  if (before !== undefined) return before;
  try {
    const mirrors = await downloadMnist(cache, { ...options.download, announce });
    return fromFiles(loadDirectory(cache), `download from ${mirrors.join(" and ")}`);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    await rememberFailure(cache);
    return messageOf(error);
  }
}

function fromCache(cache: string): LoadedFiles | string {
  try {
    const files = loadDirectory(cache);
    return isMnist(files) ? files : `the files in ${cache} are not MNIST's`;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return existsSync(cache) ? error.message : `there is no cache ${cache}`;
  }
}

function fromFiles(files: LoadedFiles, source: string): ResolvedData {
  const { rows, columns, sha256 } = files.trainImages;
  return resolved(pairUp(files), { rows, columns }, {
    name: isMnist(files) ? "mnist" : `idx-${sha256.slice(0, 12)}`,
    source,
    synthetic: false,
    sha256: eachRole((role) => files[role].sha256),
  });
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
  source: Pick<DataSource, "name" | "source" | "synthetic" | "sha256">,
): ResolvedData {
  const { features, classes } = train;
  const counted = { features, classes, trainExamples: train.count, testExamples: test.count };
  return { train, test, shape, source: { ...source, ...counted } };
}
