import {
  type Code,
  f32,
  f32x4,
  i32,
  type Local,
  shuffle32,
  v128,
  when,
} from "../../base/assembler/code.ts";
import type { DeclareLocal } from "../../base/assembler/module.ts";
import { LANES } from "./arena.ts";
import { type Block, endOf, type Matrix, type Rows } from "./block.ts";
import {
  advance,
  count,
  inTile,
  locals,
  plus,
  range,
  type Tile,
  tiles,
  VECTOR_BYTES,
} from "./loops.ts";

const EXAMPLES = 2;

/**
 * Vectors of neurons at once for a row of `width`. Two examples × 4 vectors are 8 sums: just enough to hide the latency
 * (4 cycles) of two multiply-adds per cycle. 12 sums hide more, and with what else a step needs they fill the 15
 * registers that V8 assigns; but what remains of a row is a tile of its own, which takes as long as one of 4.
 */
function tileFor(width: number): number {
  const vectors = width / LANES;
  const cost = (tile: number) =>
    Math.floor(vectors / tile) * (tile + 0.5) + (vectors % tile === 0 ? 0 : 4.5);
  return [4, 5, 6].reduce((best, tile) => cost(tile) < cost(best) ? tile : best);
}

/**
 * target[e][:] = start[:] + Σ_i source[e][i] · matrix[i][:] for the examples of a block; without `start` from 0.
 *
 * Works on two examples at a time, so each vector of the matrix is used twice. With an odd number of examples
 * it computes one more row, which nobody reads; `source` may hold anything there.
 */
export function matrixProduct(
  block: Block,
  source: Rows,
  matrix: Matrix,
  target: Rows,
  start?: number,
): Code {
  const { madd, declare } = block;
  const { inputs, width, strideBytes: rowBytes } = matrix;
  const [from, to, end, x, xEnd, row] = locals(declare, "i32");
  const splats = range(EXAMPLES).map(() => declare("v128"));
  const tile = tileFor(width);
  const sums = range(EXAMPLES * tile).map(() => declare("v128"));
  const weights = declare("v128");

  const perTile = (tile: Tile, vectors: number): Code => {
    const sum = (e: number, v: number) => sums[e * vectors + v];
    const term = (input: number): Code => [
      range(EXAMPLES).map((e) =>
        splats[e].set(v128.load32Splat(x.get, e * source.strideBytes + 4 * input))
      ),
      range(vectors).map((v) => [
        weights.set(v128.load(row.get, tile.bytes + input * rowBytes + v * VECTOR_BYTES)),
        range(EXAMPLES).map((e) => sum(e, v).set(madd(splats[e].get, weights.get, sum(e, v).get))),
      ]),
    ];
    const unrolled = inputs % 4 === 0 ? 4 : inputs % 2 === 0 ? 2 : 1;
    return [
      range(vectors).map((v) => [
        sum(0, v).set(
          start === undefined
            ? f32x4.const(0)
            : v128.load(inTile(i32.const(0), tile), start + tile.bytes + v * VECTOR_BYTES),
        ),
        range(EXAMPLES - 1).map((e) => sum(e + 1, v).set(sum(0, v).get)),
      ]),
      row.set(inTile(i32.const(matrix.address), tile)),
      xEnd.set(plus(from.get, 4 * inputs)),
      count(x, from.get, xEnd.get, 4 * unrolled, [
        range(unrolled).map(term),
        advance(row, unrolled * rowBytes),
      ]),
      range(EXAMPLES).map((e) =>
        range(vectors).map((v) =>
          v128.store(
            inTile(to.get, tile),
            sum(e, v).get,
            tile.bytes + e * target.strideBytes + v * VECTOR_BYTES,
          )
        )
      ),
    ];
  };
  // Examples are the inner loop, so a tile's columns of the matrix stay in the level 1 cache.
  return [
    end.set(endOf(block, source)),
    tiles(width, tile, declare, (tile, vectors) => [
      to.set(i32.const(target.address)),
      count(from, i32.const(source.address), end.get, EXAMPLES * source.strideBytes, [
        perTile(tile, vectors),
        advance(to, EXAMPLES * target.strideBytes),
      ]),
    ]),
  ];
}

/**
 * gradient[i][:] += Σ_e source[e][i] · delta[e][:] over the examples of a block. The sums of two inputs and a
 * tile of neurons stay in registers while the examples pass.
 */
export function addOuterProducts(
  block: Block,
  source: Rows,
  delta: Rows,
  gradient: Matrix,
): Code {
  const { madd, declare } = block;
  const { inputs, width, strideBytes: rowBytes } = gradient;
  const [d, dEnd, x, row, input] = locals(declare, "i32");
  const tile = tileFor(width);
  const sums = range(EXAMPLES * tile).map(() => declare("v128"));
  const splats = range(EXAMPLES).map(() => declare("v128"));
  const deltas = declare("v128");

  /** `inputsAtOnce` rows of the gradient, starting at `row` and source address `input`. */
  const rows = (inputsAtOnce: number): Code =>
    tiles(width, tile, declare, (tile, vectors) => {
      const sum = (i: number, v: number) => sums[i * vectors + v];
      const place = (i: number, v: number) => tile.bytes + i * rowBytes + v * VECTOR_BYTES;
      const each = (code: (i: number, v: number) => Code): Code =>
        range(inputsAtOnce).map((i) => range(vectors).map((v) => code(i, v)));
      return [
        each((i, v) => sum(i, v).set(v128.load(inTile(row.get, tile), place(i, v)))),
        x.set(input.get),
        eachRow(d, delta, dEnd, tile, [
          range(inputsAtOnce).map((i) => splats[i].set(v128.load32Splat(x.get, 4 * i))),
          range(vectors).map((v) => [
            deltas.set(v128.load(d.get, tile.bytes + v * VECTOR_BYTES)),
            range(inputsAtOnce).map((i) =>
              sum(i, v).set(madd(splats[i].get, deltas.get, sum(i, v).get))
            ),
          ]),
          advance(x, source.strideBytes),
        ]),
        each((i, v) => v128.store(inTile(row.get, tile), sum(i, v).get, place(i, v))),
      ];
    });
  const pairs = Math.floor(inputs / 2);
  const pairsEnd = i32.const(source.address + 8 * pairs);
  return [
    dEnd.set(endOf(block, delta)),
    row.set(i32.const(gradient.address)),
    input.set(i32.const(source.address)),
    pairs === 0 ? [] : count(input, i32.const(source.address), pairsEnd, 8, [
      rows(2),
      advance(row, 2 * rowBytes),
    ]),
    inputs % 2 === 1 ? rows(1) : [],
  ];
}

/** gradient[:] += Σ_e delta[e][:], the gradient of `width` biases. */
export function addRows(block: Block, delta: Rows, gradient: number, width: number): Code {
  const { declare } = block;
  const [d, dEnd] = locals(declare, "i32");
  const tile = tileFor(width);
  const sums = range(tile).map(() => declare("v128"));
  return [
    dEnd.set(endOf(block, delta)),
    tiles(width, tile, declare, (tile, vectors) => {
      const at = inTile(i32.const(0), tile);
      const place = (v: number) => tile.bytes + v * VECTOR_BYTES;
      return [
        range(vectors).map((v) => sums[v].set(v128.load(at, gradient + place(v)))),
        eachRow(
          d,
          delta,
          dEnd,
          tile,
          range(vectors).map((v) =>
            sums[v].set(f32x4.add(sums[v].get, v128.load(d.get, place(v))))
          ),
        ),
        range(vectors).map((v) => v128.store(at, sums[v].get, gradient + place(v))),
      ];
    }),
  ];
}

/** Runs `body` with `at` at the start of the tile in each row. */
const eachRow = (at: Local, rows: Rows, end: Local, tile: Tile, body: Code): Code =>
  count(at, inTile(i32.const(rows.address), tile), inTile(end.get, tile), rows.strideBytes, body);

/**
 * into[o][i] = matrix[i][o]: transposes (inputs, width) to (width, padded inputs), in blocks of 4 × 4 and then
 * input by input. The padding of `into` keeps its values.
 */
export function transpose(matrix: Matrix, into: Rows, declare: DeclareLocal): Code {
  const { inputs, width, strideBytes: rowBytes } = matrix;
  const { strideBytes: intoBytes } = into;
  const [from, fromEnd, to, i] = locals(declare, "i32");
  const rows = range(LANES).map(() => declare("v128"));
  const halves = range(LANES).map(() => declare("v128"));
  const blocks = Math.floor(inputs / LANES);
  const [a, b, c, d] = rows;
  const low = [0, 4, 1, 5] as const;
  const high = [2, 6, 3, 7] as const;

  const block: Code = [
    rows.map((row, n) => row.set(v128.load(from.get, n * rowBytes))),
    halves[0].set(shuffle32(a.get, c.get, low)), // a0 c0 a1 c1
    halves[1].set(shuffle32(b.get, d.get, low)),
    halves[2].set(shuffle32(a.get, c.get, high)),
    halves[3].set(shuffle32(b.get, d.get, high)),
    v128.store(to.get, shuffle32(halves[0].get, halves[1].get, low)), // a0 b0 c0 d0
    v128.store(to.get, shuffle32(halves[0].get, halves[1].get, high), intoBytes),
    v128.store(to.get, shuffle32(halves[2].get, halves[3].get, low), 2 * intoBytes),
    v128.store(to.get, shuffle32(halves[2].get, halves[3].get, high), 3 * intoBytes),
    advance(to, LANES * intoBytes),
  ];
  const single: Code = [f32.store(to.get, f32.load(from.get)), advance(to, intoBytes)];
  /** One pass over the columns of the inputs from i on. */
  const columns = (step: number, body: Code): Code => [
    from.set(plus(i32.mul(i.get, i32.const(rowBytes)), matrix.address)),
    fromEnd.set(plus(from.get, 4 * width)),
    to.set(plus(i32.mul(i.get, i32.const(4)), into.address)),
    count(from, from.get, fromEnd.get, step, body),
  ];
  const [blocksEnd, end] = [i32.const(blocks * LANES), i32.const(inputs)];
  const inBlocks = count(i, i32.const(0), blocksEnd, LANES, columns(VECTOR_BYTES, block));
  return [
    i.set(i32.const(0)),
    when(i32.const(blocks), inBlocks),
    when(i32.const(inputs % LANES), count(i, blocksEnd, end, 1, columns(4, single))),
  ];
}
