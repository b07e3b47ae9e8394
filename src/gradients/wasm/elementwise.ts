import { type Code, f32x4, i32, i32x4, type Local, v128, when } from "../../base/assembler/code.ts";
import type { WasmModule } from "../../base/assembler/module.ts";
import type { HiddenActivation } from "../../model/network.ts";
import { type Block, bytesOf, endOf, type Rows } from "./block.ts";
import { type Arithmetic, vectorMath } from "./arithmetic.ts";
import {
  advance,
  count,
  LINE_BYTES,
  locals,
  plus,
  range,
  touchLines,
  VECTOR_BYTES,
} from "./loops.ts";

/** rows = f(rows) for the examples of a block. */
export function activateAll(block: Block, activation: HiddenActivation, rows: Rows): Code {
  const [at, end] = locals(block.declare, "i32");
  const { setup, activated } = vectorMath(block, block.declare);
  const body = v128.store(at.get, activated(activation, v128.load(at.get)));
  return [
    setup,
    end.set(endOf(block, rows)),
    count(at, i32.const(rows.address), end.get, VECTOR_BYTES, body),
  ];
}

/** deltas ⊙= f′, from the activations at the same places, for the examples of a block. */
export function multiplySlopes(
  block: Block,
  activation: HiddenActivation,
  deltas: Rows,
  activations: Rows,
): Code {
  const at = block.declare("i32");
  const [a, delta] = locals(block.declare, "v128");
  const { setup, timesSlope, flushed } = vectorMath(block, block.declare);
  return [
    setup,
    count(at, i32.const(0), bytesOf(block, deltas), VECTOR_BYTES, [
      a.set(v128.load(at.get, activations.address)),
      delta.set(timesSlope(activation, v128.load(at.get, deltas.address), a)),
      v128.store(at.get, flushed(delta), deltas.address),
    ]),
  ];
}

/** Code for each vector of `bytes` bytes from offset `start` on, 64 bytes at a time: layouts fill cache lines. */
function eachVector(
  [at, end]: readonly [Local, Local],
  [start, bytes]: readonly [Local, Local],
  code: (offset: number) => Code,
): Code {
  return [
    end.set(i32.add(start.get, bytes.get)),
    count(at, start.get, end.get, LINE_BYTES, [0, 16, 32, 48].map(code)),
  ];
}

/** Adds the function `descend`: parameters −= rate · gradient, for `bytes` bytes from offset `start` on. */
export function addDescend(
  module: WasmModule,
  { nmadd }: Arithmetic,
  gradient: number,
  parameters: number,
): void {
  module.function("descend", ["i32", "i32", "f32"], [], ([start, bytes, rate], declare) => {
    const [at, end] = locals(declare, "i32");
    const rates = declare("v128");
    const updated = (offset: number): Code =>
      nmadd(
        rates.get,
        v128.load(at.get, gradient + offset),
        v128.load(at.get, parameters + offset),
      );
    return [
      rates.set(f32x4.splat(rate.get)),
      eachVector(
        [at, end],
        [start, bytes],
        (offset) => v128.store(at.get, updated(offset), parameters + offset),
      ),
    ];
  });
}

/** Rows touched together before they are read: about as many as can be loaded at once. */
const ROWS_TOGETHER = 16;

/**
 * Converts the pixels of the batch's rows to float32 / 255. Reads up to 16 bytes beyond the last row.
 *
 * A shuffled epoch's rows lie anywhere in memory, so each group is touched first (see touchLines).
 */
export function gather(
  { examples, batch, declare }: Block,
  pixels: number,
  inputs: number,
  into: Rows,
): Code {
  const [index, indexEnd, group, groupEnd, from, to, rowEnd, row, sum] = locals(declare, "i32");
  const scale = declare("v128");
  const vectors = into.strideBytes / VECTOR_BYTES;
  const atOnce = vectors % 4 === 0 ? 4 : 1;
  const startOfRow = from.set(plus(i32.mul(i32.load(index.get), i32.const(inputs)), pixels));
  return [
    row.set(i32.const(into.address)),
    scale.set(f32x4.const(1 / 255)), // before the loops: V8 rebuilds a constant at every use
    indexEnd.set(i32.add(batch, i32.shl(examples.get, i32.const(2)))),
    count(group, batch, indexEnd.get, 4 * ROWS_TOGETHER, [
      groupEnd.set(plus(group.get, 4 * ROWS_TOGETHER)),
      when(i32.ltU(indexEnd.get, groupEnd.get), groupEnd.set(indexEnd.get)),
      count(index, group.get, groupEnd.get, 4, [
        startOfRow,
        touchLines(from, Math.ceil(inputs / LINE_BYTES), sum),
      ]),
      i32.store(row.get, sum.get), // the pixels overwrite it
      count(index, group.get, groupEnd.get, 4, [
        startOfRow,
        rowEnd.set(plus(row.get, into.strideBytes)),
        count(to, row.get, rowEnd.get, atOnce * VECTOR_BYTES, [
          range(atOnce).map((n) => {
            const bytes = v128.load32Zero(from.get, 4 * n);
            const values = f32x4.mul(f32x4.convertI32(i32x4.fromBytes(bytes)), scale.get);
            return v128.store(to.get, values, n * VECTOR_BYTES);
          }),
          advance(from, 4 * atOnce),
        ]),
        row.set(rowEnd.get),
      ]),
    ]),
  ];
}
