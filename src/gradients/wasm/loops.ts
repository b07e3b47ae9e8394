import { type Code, doWhile, i32, type Local, type ValueType } from "../../base/assembler/code.ts";
import type { DeclareLocal } from "../../base/assembler/module.ts";
import { LANES } from "./arena.ts";

export const VECTOR_BYTES = 16;
export const LINE_BYTES = 64;

/** As many locals of one type as are destructured. */
export function* locals(declare: DeclareLocal, type: ValueType): Generator<Local, never> {
  for (;;) yield declare(type);
}

export const plus = (a: Code, bytes: number): Code =>
  bytes === 0 ? a : i32.add(a, i32.const(bytes));

export const advance = (local: Local, bytes: number): Code =>
  local.set(i32.add(local.get, i32.const(bytes)));

/** Runs `body` with `local` = `first`, `first` + `step`, … while it is below `end`, at least once. */
export function count(local: Local, first: Code, end: Code, step: number, body: Code): Code {
  return [local.set(first), doWhile([body, advance(local, step)], i32.ltU(local.get, end))];
}

/** Where a tile starts in a row, in bytes: a constant, plus a local in a loop. */
export interface Tile {
  readonly local?: Local;
  readonly bytes: number;
}

/**
 * Covers a row of `width` elements with tiles of up to `tile` vectors. `body` generates the code of one tile
 * from its start and its number of vectors.
 */
export function tiles(
  width: number,
  tile: number,
  declare: DeclareLocal,
  body: (tile: Tile, vectors: number) => Code,
): Code {
  const vectors = width / LANES;
  const full = Math.floor(vectors / tile);
  const rest = vectors % tile;
  const restCode = rest === 0 ? [] : body({ bytes: full * tile * VECTOR_BYTES }, rest);
  if (full <= 1) return [full === 1 ? body({ bytes: 0 }, tile) : [], restCode];
  const local = declare("i32");
  const bytes = tile * VECTOR_BYTES;
  const code = body({ local, bytes: 0 }, tile);
  return [count(local, i32.const(0), i32.const(full * bytes), bytes, code), restCode];
}

/** The address moved to the start of a tile; the constant part goes into the offset of the access. */
export const inTile = (address: Code, { local }: Tile): Code =>
  local === undefined ? address : i32.add(address, local.get);

export const range = (length: number): number[] => Array.from({ length }, (_, n) => n);

/**
 * Reads one word of each of `lines` cache lines and adds it to `sum`. This loads a row before it is used: a
 * shuffled epoch's rows defeat the hardware prefetcher, and WebAssembly has no prefetch. A loop of nothing but
 * loads keeps many lines in flight; between arithmetic each would be waited for. Store `sum` somewhere, or a
 * compiler may remove the loop.
 */
export const touchLines = (address: Local, lines: number, sum: Local): Code =>
  range(lines).map((line) => sum.set(i32.add(sum.get, i32.load(address.get, line * LINE_BYTES))));
