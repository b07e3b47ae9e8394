import { type Code, doWhile, i32, type Local } from "../../base/assembler/code.ts";
import type { DeclareLocal } from "../../base/assembler/module.ts";
import { LANES } from "./arena.ts";

export const VECTOR_BYTES = 16;
export const LINE_BYTES = 64;

export const plus = (a: Code, bytes: number): Code =>
  bytes === 0 ? a : i32.add(a, i32.const(bytes));

export const advance = (local: Local, bytes: number): Code =>
  local.set(i32.add(local.get, i32.const(bytes)));

/** Runs `body` with `local` from `first` in steps of `step` while it is below `end`: once at least. */
export function count(local: Local, first: Code, end: Code, step: number, body: Code): Code {
  return [local.set(first), doWhile([body, advance(local, step)], i32.ltU(local.get, end))];
}

/**
 * Covers a row of `width` elements with tiles of up to `tile` vectors. `body` makes the code of one tile:
 * where it starts, as an offset in bytes that is a constant of the code or a local of the loop, and its vectors.
 */
export function tiles(
  width: number,
  tile: number,
  declare: DeclareLocal,
  body: (start: { readonly local?: Local; readonly bytes: number }, vectors: number) => Code,
): Code {
  const vectors = width / LANES;
  const full = Math.floor(vectors / tile);
  const rest = vectors % tile;
  const restCode = rest === 0 ? [] : body({ bytes: full * tile * VECTOR_BYTES }, rest);
  if (full <= 1) return [full === 1 ? body({ bytes: 0 }, tile) : [], restCode];
  const local = declare("i32");
  const tileBytes = tile * VECTOR_BYTES;
  return [
    count(
      local,
      i32.const(0),
      i32.const(full * tileBytes),
      tileBytes,
      body({ local, bytes: 0 }, tile),
    ),
    restCode,
  ];
}

/** The address, moved to where a tile starts; its constant part is left to the offset of the access. */
export const inTile = (address: Code, start: { readonly local?: Local }): Code =>
  start.local === undefined ? address : i32.add(address, start.local.get);

export const range = (length: number): number[] => Array.from({ length }, (_, n) => n);

/**
 * Reads one word of each of `lines` cache lines from the address on, and adds them to `sum`. That brings a row
 * near before it is used: the rows of a shuffled epoch lie anywhere in memory, where no hardware looks ahead, and
 * WebAssembly has no prefetch. In a loop of loads and little else many lines are under way at once; between the
 * arithmetic each would be waited for. `sum` has to be stored somewhere, or a compiler may leave all of it out.
 */
export const touchLines = (address: Local, lines: number, sum: Local): Code =>
  range(lines).map((line) => sum.set(i32.add(sum.get, i32.load(address.get, line * LINE_BYTES))));
