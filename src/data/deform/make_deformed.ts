import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { checkSpace } from "../../base/disk_space.ts";
import { InputError } from "../../base/errors.ts";
import { writeFileAtomic } from "../../base/files.ts";
import { writeAt } from "../../base/large_files.ts";
import { moduleUrl } from "../../base/own_files.ts";
import type { Dataset } from "../dataset.ts";
import { idxStart } from "../formats/idx.ts";
import type { FileRole } from "../known_sets.ts";
import type { ResolvedData } from "../resolve_data.ts";
import {
  beginJournal,
  cannotMake,
  checkOrigins,
  type DeformedSet,
  endJournal,
  fileOf,
  isWhole,
  lookInto,
  makeFolder,
  noteBlock,
  partOf,
  RECORD_FILE,
  removeFiles,
  writtenBytes,
} from "./deform_files.ts";
import { lockFolder } from "./deform_lock.ts";
import { frame, MOST_SIDE } from "./deformer.ts";
import { smoothFields } from "./smooth_fields.ts";
import type { WorkerMessage, WorkerStart } from "./deform_worker.ts";

/** IDX counts with 32 bits. */
export const MOST_EXAMPLES = 2 ** 32 - 1;
/** Pixels with their borders that are held, for all workers together. */
const MOST_SOURCE_BYTES = 2 ** 31;
/** What a worker does between two entries in the journal: a tenth of a second or two. */
const BLOCK_BYTES = 2 ** 24;

const SPACE = "free space on that disk, name another folder with --out, or make fewer examples";

const PROGRAM = moduleUrl("./deform_worker.ts", import.meta.url);

export interface DeformOptions {
  readonly folder: string;
  readonly examples: number;
  /** Number of the first example. */
  readonly from: number;
  readonly seed: number;
  /** Workers. The bytes do not depend on it. */
  readonly jobs: number;
  /** Replaces the files of another set. */
  readonly force: boolean;
  readonly signal?: AbortSignal | undefined;
  /** `done` of `examples` are written. */
  readonly onProgress?: ((done: number, examples: number) => void) | undefined;
}

/** What was done. */
export interface Made {
  /** The files, all of them. */
  readonly bytes: number;
  /** Examples that this call made; the others were there. */
  readonly made: number;
}

/**
 * Writes a training set of deformed images as IDX files, and the test set as it is. The first examples are the originals:
 * example n is made from image n mod count, so classes keep their shares. Every file gets its name only when it is whole;
 * a call with the same options goes on where another was stopped. Throws InputError.
 */
export async function makeDeformed(data: ResolvedData, options: DeformOptions): Promise<Made> {
  const { folder, seed, from, examples } = options;
  checkSource(data, options);
  const { shape: { rows, columns }, source: { sha256 } } = data;
  const set: DeformedSet = { deformation: 1, seed, from, examples, rows, columns, source: sha256 };
  const bytes = bytesOf(set, data.test);
  // Also where nothing can be written.
  if (isWhole(folder, set)) {
    endJournal(folder); // the last thing that the call which made it does
    return { bytes, made: 0 };
  }
  checkOrigins(folder, data.folders ?? []);
  makeFolder(folder);
  const release = lockFolder(folder);
  try {
    return { bytes, made: await makeIn(folder, set, bytes, data, options) };
  } finally {
    release();
  }
}

/** The files, all of them. */
function bytesOf({ examples, rows, columns }: DeformedSet, test: Dataset): number {
  const start = idxStart([examples, rows, columns]).length;
  return start + examples * (rows * columns + 1) + 8 + 24 + test.count * (rows * columns + 1);
}

/** Makes the set in a folder that this process has. Returns the examples that it made. */
async function makeIn(
  folder: string,
  set: DeformedSet,
  bytes: number,
  { train, test }: ResolvedData,
  options: DeformOptions,
): Promise<number> {
  const { examples, from, seed, rows, columns } = set;
  const { jobs, force, signal } = options;
  const features = rows * columns;
  const head = idxStart([examples, rows, columns]);
  const found = lookInto(folder, set, force);
  if (found.state === "whole") return 0; // another process was quicker
  const isNew = found.state === "new";
  const path = partOf(folder, "trainImages");
  const taken = (isNew ? found.obsolete : [path]).reduce((sum, one) => sum + writtenBytes(one), 0);
  checkSpace(folder, bytes - taken, "the set", SPACE);
  if (isNew) removeFiles(found.obsolete);

  const examplesOfBlock = Math.max(1, Math.floor(BLOCK_BYTES / features));
  const done = isNew ? new Set<number>() : found.blocks;
  const missing = Array.from({ length: Math.ceil(examples / examplesOfBlock) }, (_, block) => block)
    .filter((block) => !done.has(block));
  const sizeOf = (block: number) =>
    Math.min(examples, (block + 1) * examplesOfBlock) - block * examplesOfBlock;
  const made = missing.reduce((sum, block) => sum + sizeOf(block), 0);
  try {
    const file = openSync(path, isNew ? "w" : "r+");
    writeAt(file, head, 0);
    ftruncateSync(file, head.length + examples * features);
    closeSync(file);
  } catch (error) {
    throw cannotMake(path, error);
  }
  await beginJournal(folder, set, done);
  let written = examples - made;
  await runWorkers(
    {
      originals: shareOriginals(train, rows, columns),
      fields: smoothFields(rows, columns, seed),
      seed,
      path,
      start: head.length,
      from,
      examples,
      blocks: Uint32Array.from(missing),
      examplesOfBlock,
      taken: new SharedArrayBuffer(4),
    },
    Math.min(jobs, missing.length),
    signal,
    (block) => {
      noteBlock(folder, block);
      written += sizeOf(block);
      options.onProgress?.(written, examples);
    },
  );
  await finish(folder, set, { train, test }, from);
  return made;
}

function shareOriginals({ count, pixels }: Dataset, rows: number, columns: number) {
  const share = (length: number) => new SharedArrayBuffer(length);
  const { framed, boxes } = frame({ count, rows, columns, pixels }, share);
  return {
    count,
    rows,
    columns,
    framed: framed.buffer as SharedArrayBuffer,
    boxes: boxes.buffer as SharedArrayBuffer,
  };
}

function checkSource({ train, shape }: ResolvedData, { examples, from }: DeformOptions): void {
  const { rows, columns, channels } = shape;
  if (channels !== undefined) {
    throw new InputError(
      `Cannot deform the images: each pixel has ${channels} channels, expected grey images`,
      "name a set of grey images with --data",
    );
  }
  if (Math.max(rows, columns) > MOST_SIDE) {
    throw new InputError(
      `Cannot deform the images: they have ${rows} × ${columns} pixels, expected at most ${MOST_SIDE} × ${MOST_SIDE}`,
      "name a set of smaller images with --data",
    );
  }
  if (from + examples > MOST_EXAMPLES) {
    throw new InputError(
      `Cannot make ${examples} examples from ${from} on: an IDX file counts to ${MOST_EXAMPLES}`,
      "make fewer examples",
    );
  }
  const held = train.count * (rows + 2) * (columns + 2);
  if (held > MOST_SOURCE_BYTES) {
    throw new InputError(
      `Cannot deform ${train.count} images of ${rows} × ${columns} pixels: ` +
        `they need ${held} bytes of memory, expected at most ${MOST_SOURCE_BYTES}`,
      "name a smaller set with --data",
    );
  }
}

/** Resolves when every block is written. What one worker throws ends all. */
async function runWorkers(
  start: WorkerStart,
  jobs: number,
  signal: AbortSignal | undefined,
  onBlock: (block: number) => void,
): Promise<void> {
  if (jobs === 0) return;
  signal?.throwIfAborted();
  const workers: Worker[] = [];
  let missing = start.blocks.length;
  try {
    await new Promise<void>((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      for (let job = 0; job < jobs; job++) {
        const worker = new Worker(PROGRAM, { workerData: start });
        workers.push(worker);
        worker.on("error", reject);
        worker.on("message", (message: WorkerMessage) => {
          try {
            if (!("block" in message)) throw cannotMake(start.path, asError(message));
            onBlock(message.block);
            if (--missing === 0) resolve();
          } catch (error) {
            reject(error instanceof InputError ? error : cannotMake(start.path, error));
          }
        });
      }
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** An error with the system's code does not survive the way from a worker. */
const asError = ({ message, code }: Exclude<WorkerMessage, { block: number }>): Error =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

/** Gives every file its name, the training images last. */
async function finish(
  folder: string,
  set: DeformedSet,
  { train, test }: { readonly train: Dataset; readonly test: Dataset },
  from: number,
): Promise<void> {
  const { examples, rows, columns } = set;
  const labels = new Uint8Array(examples);
  for (let n = 0; n < examples; n++) labels[n] = train.labels[(from + n) % train.count];
  const write = async (role: FileRole, lengths: readonly number[], body: Uint8Array) => {
    const start = idxStart(lengths);
    const file = new Uint8Array(start.length + body.length);
    file.set(start);
    file.set(body, start.length);
    await writeFileAtomic(fileOf(folder, role), file);
  };
  await write("testImages", [test.count, rows, columns], test.pixels);
  await write("testLabels", [test.count], test.labels);
  await write("trainLabels", [examples], labels);
  const part = partOf(folder, "trainImages");
  // The record is valid only beside the images, which get their name after it.
  await writeFileAtomic(join(folder, RECORD_FILE), JSON.stringify(set, undefined, 2) + "\n");
  try {
    const file = openSync(part, "r+");
    fsyncSync(file);
    closeSync(file);
    renameSync(part, fileOf(folder, "trainImages"));
  } catch (error) {
    throw cannotMake(part, error);
  }
  endJournal(folder);
}
