import {
  type Code,
  f32,
  f32x4,
  i32,
  i32x4,
  type Local,
  v128,
  whileDo,
} from "../../base/assembler/code.ts";
import type { DeclareLocal } from "../../base/assembler/module.ts";
import type { Block, Matrix, MovingRows } from "./block.ts";
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
 * The non-zero pixels of the subset from pixel `first` to `end`. Row n lies from starts[n] to starts[n + 1], addresses in
 * bytes, in groups of 8 bytes for four entries: their gaps and their values, each a byte.
 *
 * A gap is the distance from the pixel of the entry before, in the first entry from `first`. So an entry takes 2 bytes,
 * and a large subset half the memory traffic of indices of 32 bits. A row is filled up to whole groups with gap 0 and
 * value 0; longer gaps than a byte holds are cut by entries of value 0.
 */
export interface SparseRows {
  readonly first: number;
  readonly end: number;
  /** (count + 1) u32 */
  readonly starts: number;
  /** Cache lines of a row to touch before it is used. */
  readonly touchedLines: number;
  readonly marks?: Marks;
}

/** One byte for each pixel of the data set: the forward pass writes 1 where an example has it. */
export interface Marks {
  readonly address: number;
  /** log₂ of the bytes between the weights of two pixels. */
  readonly shift: number;
}

export const ENTRIES_AT_ONCE = 4;
export const BYTES_AT_ONCE = 2 * ENTRIES_AT_ONCE;
/** Vectors of neurons at once. Two entries × 4 vectors are 8 sums, which hide a multiply-add's latency. */
const TILE = 4;
const SUMS = 2;

/** target[e][:] = biases[:] + Σ value / 255 · weights[pixel][:] over the non-zero pixels; without `biases` from 0. */
export function sparseForward(
  block: Block,
  rows: SparseRows,
  weights: Matrix,
  target: MovingRows,
  biases?: number,
): Code {
  const { madd, declare } = block;
  const sums = range(SUMS * TILE).map(() => declare("v128"));
  const scale = declare("v128");
  const entries = entryReader(rows, weights, declare);
  const forward = (tile: Tile, vectors: number): Code =>
    eachRow(block, rows, target, ({ entry, end, first, out }) => {
      const sum = (n: number, v: number) => sums[(n % SUMS) * vectors + v];
      const bytes = (v: number) => tile.bytes + v * VECTOR_BYTES;
      const whole = (v: number) => f32x4.add(sum(0, v).get, sum(1, v).get);
      const scaled = (v: number) =>
        biases === undefined
          ? f32x4.mul(whole(v), scale.get)
          : madd(whole(v), scale.get, v128.load(inTile(i32.const(0), tile), biases + bytes(v)));
      return [
        range(SUMS * vectors).map((n) => sums[n].set(f32x4.const(0))),
        entry.set(first.get),
        entries.start(tile),
        whileDo(i32.ltU(entry.get, end.get), [
          entries.four(entry, (n, { place, value }) => [
            rows.marks === undefined ? [] : i32.store8(
              i32.shrU(place.get, i32.const(rows.marks.shift)),
              i32.const(1),
              rows.marks.address,
            ),
            range(vectors).map((v) =>
              sum(n, v).set(
                madd(value.get, v128.load(place.get, weights.address + bytes(v)), sum(n, v).get),
              )
            ),
          ]),
          advance(entry, BYTES_AT_ONCE),
        ]),
        range(vectors).map((v) => v128.store(inTile(out.get, tile), scaled(v), bytes(v))),
      ];
    });
  return [
    scale.set(f32x4.const(1 / 255)),
    // The sink is overwritten by the first sums.
    touchRows(block, rows, target.start),
    // Examples are the inner loop, so a tile's columns of the weights stay in the level 1 cache.
    tiles(weights.width, TILE, declare, forward),
  ];
}

/**
 * to[pixel][:] += factor · value · delta[e][:] for the non-zero pixels of each example: the gradient, or, with a negative
 * f32 as the factor, an update of the weights.
 */
export function sparseAccumulate(
  block: Block,
  rows: SparseRows,
  delta: MovingRows,
  to: Matrix,
  factor: Code = f32.const(1 / 255),
): Code {
  const { madd, declare } = block;
  const deltas = range(TILE).map(() => declare("v128"));
  const scale = declare("v128");
  const entries = entryReader(rows, to, declare);
  const accumulate = (tile: Tile, vectors: number): Code =>
    eachRow(block, rows, delta, ({ entry, end, first, out }) => {
      const bytes = (v: number) => tile.bytes + v * VECTOR_BYTES;
      const scaled = (v: number) =>
        f32x4.mul(v128.load(inTile(out.get, tile), bytes(v)), scale.get);
      return [
        range(vectors).map((v) => deltas[v].set(scaled(v))),
        entry.set(first.get),
        entries.start(tile),
        whileDo(i32.ltU(entry.get, end.get), [
          entries.four(entry, (_, { place, value }) =>
            range(vectors).map((v) => {
              const at = to.address + bytes(v);
              const sum = madd(value.get, deltas[v].get, v128.load(place.get, at));
              return v128.store(place.get, sum, at);
            })),
          advance(entry, BYTES_AT_ONCE),
        ]),
      ];
    });
  return [scale.set(f32x4.splat(factor)), tiles(to.width, TILE, declare, accumulate)];
}

/** The entry at hand: the offset of its pixel's weights, and its value in all lanes. */
type Entry = Record<"place" | "value", Local>;

/** Reads groups of four entries: one load for the gaps and one for the values, instead of two for each entry. */
function entryReader(
  { first }: SparseRows,
  { strideBytes }: Matrix,
  declare: DeclareLocal,
) {
  const [gaps, place] = locals(declare, "i32");
  const [values, value] = locals(declare, "v128");
  return {
    start: (tile: Tile): Code => place.set(inTile(i32.const(first * strideBytes), tile)),
    four: (entry: Local, code: (n: number, entry: Entry) => Code): Code => [
      gaps.set(i32.load(entry.get)),
      values.set(f32x4.convertI32(
        i32x4.fromBytes(v128.load32Zero(entry.get, ENTRIES_AT_ONCE)),
      )),
      range(ENTRIES_AT_ONCE).map((n) => [
        place.set(i32.add(place.get, byteTimes(gaps.get, n, strideBytes))),
        value.set(f32x4.splatLane(values, n)),
        code(n, { place, value }),
      ]),
    ],
  };
}

/** Byte n of a word times a constant; a power of 2 needs one shift for both. */
function byteTimes(word: Code, n: number, factor: number): Code {
  const shift = Math.log2(factor) - 8 * n;
  if (!Number.isInteger(shift)) {
    return i32.mul(i32.and(i32.shrU(word, i32.const(8 * n)), i32.const(255)), i32.const(factor));
  }
  const shifted = shift > 0
    ? i32.shl(word, i32.const(shift))
    : shift < 0
    ? i32.shrU(word, i32.const(-shift))
    : word;
  return i32.and(shifted, i32.const(255 * factor));
}

type Example = Record<"entry" | "first" | "end" | "out", Local>;

/** Runs `body` for each example of a block, with its range of entries and its row of `out`. */
function eachRow(
  { examples, batch, declare }: Block,
  rows: SparseRows,
  { start: firstOut, strideBytes }: MovingRows,
  body: (example: Example) => Code,
): Code {
  const [entry, first, end, out, index, indexEnd, start] = locals(declare, "i32");
  return [
    out.set(firstOut),
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

/** Touches the rows of a block. Overwrites the word at `sink`. */
function touchRows({ examples, batch, declare }: Block, rows: SparseRows, sink: Code): Code {
  const [index, indexEnd, row, sum] = locals(declare, "i32");
  return [
    indexEnd.set(i32.add(batch, i32.shl(examples.get, i32.const(2)))),
    count(index, batch, indexEnd.get, 4, [
      row.set(i32.load(i32.shl(i32.load(index.get), i32.const(2)), rows.starts)),
      touchLines(row, rows.touchedLines, sum),
    ]),
    i32.store(sink, sum.get),
  ];
}
