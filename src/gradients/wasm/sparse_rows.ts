import { type Code, f32x4, i32, type Local, v128, whileDo } from "../../base/assembler/code.ts";
import type { DeclareLocal } from "../../base/assembler/module.ts";
import type { Block, Matrix, Rows } from "./block.ts";
import {
  advance,
  count,
  inTile,
  locals,
  range,
  type Tile,
  tiles,
  touchLines,
  VECTOR_BYTES,
} from "./loops.ts";

/**
 * The non-zero pixels of the subset. Row n has the entries from starts[n] to starts[n + 1], addresses in bytes.
 *
 * An entry is a u32. The low 10 bits are 4 × the pixel, its offset in the table of values. The other bits are
 * the byte offset of the pixel's weights without its last `offsetShift` bits, which are 0. Storing float32
 * values instead would double the memory traffic of a large subset.
 */
export interface SparseRows {
  /** (count + 1) u32 */
  readonly starts: number;
  /** (256) float32: pixel / 255. */
  readonly values: number;
  readonly offsetShift: number;
  /** Cache lines of a row to touch before it is used. */
  readonly touchedLines: number;
}

export const ENTRY_BYTES = 4;
export const VALUE_BITS = 10;
/** Each row is filled up to a whole group of entries, with value 0 for pixel 0. */
export const ENTRIES_AT_ONCE = 2;
/** Vectors of neurons at once. Two entries × 4 vectors are 8 sums, which hide a multiply-add's latency. */
const TILE = 4;

/** target[e][:] = biases[:] + Σ value · weights[pixel][:] over the non-zero pixels of each example. */
export function sparseForward(
  block: Block,
  rows: SparseRows,
  { address: weights, width }: Matrix,
  target: Rows,
  biases: number,
): Code {
  const { madd, declare } = block;
  const sums = range(ENTRIES_AT_ONCE * TILE).map(() => declare("v128"));
  const { splat, place, decode } = decoder(rows, declare);
  const forward = ({ entry, end, first, out }: Example): Code =>
    tiles(width, TILE, declare, (tile, vectors) => {
      const sum = (group: number, v: number) => sums[group * vectors + v];
      const bytes = (v: number) => tile.bytes + v * VECTOR_BYTES;
      return [
        range(vectors).map((v) => [
          sum(0, v).set(v128.load(inTile(i32.const(0), tile), biases + bytes(v))),
          sum(1, v).set(f32x4.const(0)),
        ]),
        entry.set(first.get),
        whileDo(i32.ltU(entry.get, end.get), [
          range(ENTRIES_AT_ONCE).map((n) => [
            decode(entry, n, tile),
            range(vectors).map((v) =>
              sum(n, v).set(
                madd(splat.get, v128.load(place.get, weights + bytes(v)), sum(n, v).get),
              )
            ),
          ]),
          advance(entry, ENTRIES_AT_ONCE * ENTRY_BYTES),
        ]),
        range(vectors).map((v) =>
          v128.store(inTile(out.get, tile), f32x4.add(sum(0, v).get, sum(1, v).get), bytes(v))
        ),
      ];
    });
  return [
    // The sink is overwritten by the first sums.
    touchRows(block, rows, target.address),
    eachRow(block, rows, target, forward),
  ];
}

/** gradient[pixel][:] += value · delta[e][:] for the non-zero pixels of each example. */
export function sparseAccumulate(
  block: Block,
  rows: SparseRows,
  delta: Rows,
  { address: gradient, width }: Matrix,
): Code {
  const { madd, declare } = block;
  const deltas = range(TILE).map(() => declare("v128"));
  const { splat, place, decode } = decoder(rows, declare);
  const accumulate = ({ entry, end, first, out }: Example): Code =>
    tiles(width, TILE, declare, (tile, vectors) => {
      const bytes = (v: number) => tile.bytes + v * VECTOR_BYTES;
      return [
        range(vectors).map((v) => deltas[v].set(v128.load(inTile(out.get, tile), bytes(v)))),
        entry.set(first.get),
        whileDo(i32.ltU(entry.get, end.get), [
          range(ENTRIES_AT_ONCE).map((n) => [
            decode(entry, n, tile),
            range(vectors).map((v) => {
              const at = gradient + bytes(v);
              const sum = madd(splat.get, deltas[v].get, v128.load(place.get, at));
              return v128.store(place.get, sum, at);
            }),
          ]),
          advance(entry, ENTRIES_AT_ONCE * ENTRY_BYTES),
        ]),
      ];
    });
  return eachRow(block, rows, delta, accumulate);
}

type Example = Record<"entry" | "first" | "end" | "out", Local>;

/** Runs `body` for each example of a block, with its range of entries and its row of `out`. */
function eachRow(
  { examples, batch, declare }: Block,
  rows: SparseRows,
  { address, strideBytes }: Rows,
  body: (example: Example) => Code,
): Code {
  const [entry, first, end, out, index, indexEnd, start] = locals(declare, "i32");
  return [
    out.set(i32.const(address)),
    indexEnd.set(i32.add(batch, i32.shl(examples.get, i32.const(2)))),
    count(index, batch, indexEnd.get, 4, [
      start.set(i32.shl(i32.load(index.get), i32.const(2))),
      first.set(i32.load(start.get, rows.starts)),
      end.set(i32.load(start.get, rows.starts + 4)),
      body({ entry, first, end, out }),
      advance(out, strideBytes),
    ]),
  ];
}

/** Decodes entry n after `entry` into `place`, the offset of its weights in a tile, and `splat`, its value. */
function decoder({ values, offsetShift }: SparseRows, declare: DeclareLocal) {
  const [bits, place] = locals(declare, "i32");
  const splat = declare("v128");
  const decode = (entry: Local, n: number, tile: Tile): Code => {
    const offset = i32.shrU(bits.get, i32.const(VALUE_BITS));
    const shifted = offsetShift === 0 ? offset : i32.shl(offset, i32.const(offsetShift));
    return [
      bits.set(i32.load(entry.get, n * ENTRY_BYTES)),
      place.set(inTile(shifted, tile)),
      splat.set(v128.load32Splat(i32.and(bits.get, i32.const(2 ** VALUE_BITS - 1)), values)),
    ];
  };
  return { place, splat, decode };
}

/** Touches the rows of a block. Overwrites the word at `sink`. */
function touchRows({ examples, batch, declare }: Block, rows: SparseRows, sink: number): Code {
  const [index, indexEnd, row, sum] = locals(declare, "i32");
  return [
    indexEnd.set(i32.add(batch, i32.shl(examples.get, i32.const(2)))),
    count(index, batch, indexEnd.get, 4, [
      row.set(i32.load(i32.shl(i32.load(index.get), i32.const(2)), rows.starts)),
      touchLines(row, rows.touchedLines, sum),
    ]),
    i32.store(i32.const(sink), sum.get),
  ];
}
