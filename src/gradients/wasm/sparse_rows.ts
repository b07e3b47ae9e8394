import { type Code, f32x4, i32, v128, whileDo } from "../../base/wasm/code.ts";
import type { DeclareLocal } from "../../base/wasm/module.ts";
import type { Arithmetic } from "./arithmetic.ts";
import type { Rows } from "./dense.ts";
import { advance, count, inTile, plus, range, tiles, VECTOR_BYTES } from "./loops.ts";

/**
 * The non-zero pixels of the subset. Row n: the entries from starts[n] to starts[n + 1], addresses in bytes.
 * An entry is the byte offset of the pixel's weights (u32) and the pixel / 255 (float32).
 */
export interface SparseRows {
  /** (count + 1) u32 */
  readonly starts: number;
}

export const ENTRY_BYTES = 8;
/** Rows have whole groups of entries: the last ones are filled up with the value 0 of pixel 0. */
export const ENTRIES_AT_ONCE = 2;
const STEP_BYTES = ENTRIES_AT_ONCE * ENTRY_BYTES;
/** Vectors of neurons at once. With two entries 8 sums, the latency of a multiply-add times two of them a cycle. */
const TILE = 4;

interface SparseBlock {
  readonly examples: Code;
  /** Address of the row indices (u32) of the block's examples. */
  readonly batch: Code;
  readonly rows: SparseRows;
  readonly width: number;
}

/** target[e][:] = biases[:] + Σ value · weights[pixel][:] over the non-zero pixels of each example. */
export function sparseForward(
  { madd }: Arithmetic,
  { examples, batch, rows, width, weights, biases, target }: SparseBlock & {
    readonly weights: number;
    readonly biases: number;
    readonly target: Rows;
  },
  declare: DeclareLocal,
): Code {
  const sums = range(2 * TILE).map(() => declare("v128"));
  const splat = declare("v128");
  const place = declare("i32");
  return eachRow(
    { examples, batch, rows, out: target },
    declare,
    ({ entry, end, first, out }) =>
      tiles(width, TILE, declare, (tile, vectors) => {
        const sum = (group: number, v: number) => sums[group * vectors + v];
        return [
          range(vectors).map((v) => [
            sum(0, v).set(
              v128.load(inTile(i32.const(0), tile), biases + tile.bytes + v * VECTOR_BYTES),
            ),
            sum(1, v).set(f32x4.const(0)),
          ]),
          entry.set(first.get),
          whileDo(i32.ltU(entry.get, end.get), [
            range(ENTRIES_AT_ONCE).map((n) => [
              place.set(inTile(i32.load(entry.get, n * ENTRY_BYTES), tile)),
              splat.set(v128.load32Splat(entry.get, n * ENTRY_BYTES + 4)),
              range(vectors).map((v) =>
                sum(n, v).set(
                  madd(
                    splat.get,
                    v128.load(place.get, weights + tile.bytes + v * VECTOR_BYTES),
                    sum(n, v).get,
                  ),
                )
              ),
            ]),
            advance(entry, STEP_BYTES),
          ]),
          range(vectors).map((v) =>
            v128.store(
              inTile(out.get, tile),
              f32x4.add(sum(0, v).get, sum(1, v).get),
              tile.bytes + v * VECTOR_BYTES,
            )
          ),
        ];
      }),
  );
}

/** gradient[pixel][:] += value · delta[e][:] for the non-zero pixels of each example. */
export function sparseAccumulate(
  { madd }: Arithmetic,
  { examples, batch, rows, width, gradient, delta }: SparseBlock & {
    readonly gradient: number;
    readonly delta: Rows;
  },
  declare: DeclareLocal,
): Code {
  const deltas = range(TILE).map(() => declare("v128"));
  const splat = declare("v128");
  const place = declare("i32");
  return eachRow(
    { examples, batch, rows, out: delta },
    declare,
    ({ entry, end, first, out }) =>
      tiles(width, TILE, declare, (tile, vectors) => [
        range(vectors).map((v) =>
          deltas[v].set(v128.load(inTile(out.get, tile), tile.bytes + v * VECTOR_BYTES))
        ),
        entry.set(first.get),
        whileDo(i32.ltU(entry.get, end.get), [
          range(ENTRIES_AT_ONCE).map((n) => [
            place.set(inTile(i32.load(entry.get, n * ENTRY_BYTES), tile)),
            splat.set(v128.load32Splat(entry.get, n * ENTRY_BYTES + 4)),
            range(vectors).map((v) => {
              const offset = gradient + tile.bytes + v * VECTOR_BYTES;
              return v128.store(
                place.get,
                madd(splat.get, deltas[v].get, v128.load(place.get, offset)),
                offset,
              );
            }),
          ]),
          advance(entry, STEP_BYTES),
        ]),
      ]),
  );
}

/** Runs `body` for each example of a block, with the ends of its entries and its row of `out`. */
function eachRow(
  { examples, batch, rows, out }: Omit<SparseBlock, "width"> & { readonly out: Rows },
  declare: DeclareLocal,
  body: (example: Record<"entry" | "first" | "end" | "out", ReturnType<DeclareLocal>>) => Code,
): Code {
  const example = {
    entry: declare("i32"),
    first: declare("i32"),
    end: declare("i32"),
    out: declare("i32"),
  };
  const index = declare("i32");
  const indexEnd = declare("i32");
  const start = declare("i32");
  return [
    example.out.set(i32.const(out.address)),
    indexEnd.set(i32.add(batch, i32.shl(examples, i32.const(2)))),
    count(index, batch, indexEnd.get, 4, [
      start.set(i32.shl(i32.load(index.get), i32.const(2))),
      example.first.set(i32.load(start.get, rows.starts)),
      example.end.set(i32.load(start.get, rows.starts + 4)),
      body(example),
      advance(example.out, out.strideBytes),
    ]),
  ];
}
