/** The program of a worker: makes blocks of deformed images, and writes each to its place in the file. */
import { closeSync, fdatasyncSync, openSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../../base/errors.ts";
import { writeAt } from "../../base/large_files.ts";
import { createDeformer, type Originals } from "./deformer.ts";

/** Originals whose arrays other threads have, too. */
export type SharedOriginals = Omit<Originals, "framed" | "boxes"> & {
  readonly framed: SharedArrayBuffer;
  readonly boxes: SharedArrayBuffer;
};

/** What a worker is started with. */
export interface WorkerStart {
  /** Their arrays are the shared memory itself: Deno copies a view of it number by number, in half a minute. */
  readonly originals: SharedOriginals;
  readonly fields: Int16Array;
  readonly seed: number;
  readonly path: string;
  /** Bytes before the first image. */
  readonly start: number;
  /** Number of the first example of the file. */
  readonly from: number;
  readonly examples: number;
  /** Numbers of the blocks that are to be made. */
  readonly blocks: Uint32Array;
  readonly examplesOfBlock: number;
  /** (1) shared: how many of `blocks` have been taken. */
  readonly taken: SharedArrayBuffer;
}

/** A block that is whole on the disk, or what went wrong. */
export type WorkerMessage =
  | { readonly block: number }
  | { readonly message: string; readonly code?: string };

/** Images that are made between two writes. */
const PIECE_BYTES = 2 ** 20;

const { originals, fields, seed, path, start, from, examples, blocks, examplesOfBlock, ...shared } =
  workerData as WorkerStart;
const taken = new Int32Array(shared.taken);
const send = (message: WorkerMessage): void => parentPort!.postMessage(message);

try {
  const { framed, boxes } = originals;
  const views = { framed: new Uint8Array(framed), boxes: new Uint16Array(boxes) };
  const deform = createDeformer({ ...originals, ...views }, fields, seed);
  const features = originals.rows * originals.columns;
  const together = Math.max(1, Math.min(examplesOfBlock, Math.floor(PIECE_BYTES / features)));
  const piece = new Uint8Array(together * features);
  const images = Array.from(
    { length: together },
    (_, i) => piece.subarray(i * features, (i + 1) * features),
  );
  const file = openSync(path, "r+");
  for (let next = Atomics.add(taken, 0, 1); next < blocks.length; next = Atomics.add(taken, 0, 1)) {
    const end = Math.min(examples, (blocks[next] + 1) * examplesOfBlock);
    for (let first = blocks[next] * examplesOfBlock; first < end; first += together) {
      const count = Math.min(together, end - first);
      piece.fill(0);
      for (let i = 0; i < count; i++) deform(from + first + i, images[i]);
      writeAt(file, piece.subarray(0, count * features), start + first * features);
    }
    fdatasyncSync(file);
    send({ block: blocks[next] });
  }
  closeSync(file);
} catch (error) {
  const { code } = error as { code?: string };
  send({ message: messageOf(error), ...(code !== undefined && { code }) });
}
