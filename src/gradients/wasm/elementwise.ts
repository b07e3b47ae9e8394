import { type Code, f32x4, i32, i32x4, type Local, v128, when } from "../../base/assembler/code.ts";
import type { DeclareLocal } from "../../base/assembler/module.ts";
import type { HiddenActivation } from "../../model/network.ts";
import { type Arithmetic, vectorMath } from "./arithmetic.ts";
import type { Rows } from "./dense.ts";
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

/** values = f(values): `bytes` bytes of float32 from `address` on, in whole vectors, at least one. */
export function activateAll(
  activation: HiddenActivation,
  arithmetic: Arithmetic,
  address: number,
  bytes: Code,
  declare: DeclareLocal,
): Code {
  const [at, end] = locals(declare, "i32");
  const { setup, activated } = vectorMath(arithmetic, declare);
  const body = v128.store(at.get, activated(activation, v128.load(at.get)));
  return [
    setup,
    end.set(plus(bytes, address)),
    count(at, i32.const(address), end.get, VECTOR_BYTES, body),
  ];
}

/** deltas ⊙= f′, from the activations at the same places: `bytes` bytes of each. */
export function multiplySlopes(
  activation: HiddenActivation,
  arithmetic: Arithmetic,
  deltas: number,
  activations: number,
  bytes: Code,
  declare: DeclareLocal,
): Code {
  const at = declare("i32");
  const [a, delta] = locals(declare, "v128");
  const { setup, timesSlope, flushed } = vectorMath(arithmetic, declare);
  return [
    setup,
    count(at, i32.const(0), bytes, VECTOR_BYTES, [
      a.set(v128.load(at.get, activations)),
      delta.set(timesSlope(activation, v128.load(at.get, deltas), a)),
      v128.store(at.get, flushed(delta), deltas),
    ]),
  ];
}

/**
 * parameters −= rate · gradient, for `bytes` bytes from offset `start` on. Goes in steps of 64 bytes, because
 * every part of the layout fills whole cache lines.
 */
export function subtractScaled(
  { nmadd }: Arithmetic,
  { start, bytes, rate, gradient, parameters }: {
    readonly start: Local;
    readonly bytes: Local;
    readonly rate: Local;
    /** Addresses of the whole arrays. */
    readonly gradient: number;
    readonly parameters: number;
  },
  declare: DeclareLocal,
): Code {
  const [at, end] = locals(declare, "i32");
  const rates = declare("v128");
  return [
    rates.set(f32x4.splat(rate.get)),
    end.set(i32.add(start.get, bytes.get)),
    count(
      at,
      start.get,
      end.get,
      4 * VECTOR_BYTES,
      [0, 16, 32, 48].map((offset) =>
        v128.store(
          at.get,
          nmadd(
            rates.get,
            v128.load(at.get, gradient + offset),
            v128.load(at.get, parameters + offset),
          ),
          parameters + offset,
        )
      ),
    ),
  ];
}

/** whole += each of the parts in order: `bytes` bytes from offset `start` on, 64 at a time. */
export function addArrays(
  whole: number,
  parts: readonly number[],
  start: Local,
  bytes: Local,
  declare: DeclareLocal,
): Code {
  const [at, end] = locals(declare, "i32");
  const sumOf = (offset: number): Code =>
    parts.reduce<Code>(
      (sum, part) => f32x4.add(sum, v128.load(at.get, part + offset)),
      v128.load(at.get, whole + offset),
    );
  return [
    end.set(i32.add(start.get, bytes.get)),
    count(
      at,
      start.get,
      end.get,
      4 * VECTOR_BYTES,
      [0, 16, 32, 48].map((offset) => v128.store(at.get, sumOf(offset), whole + offset)),
    ),
  ];
}

/** Rows touched together before they are read: about as many as can be loaded at once. */
const ROWS_TOGETHER = 16;

/**
 * Converts the pixels of the batch's rows to float32 / 255. Reads up to 16 bytes beyond the last row.
 *
 * A shuffled epoch's rows lie anywhere in memory, so each group is touched first (see touchLines).
 */
export function gather(
  { examples, batch, pixels, inputs }: {
    readonly examples: Local;
    readonly batch: Code;
    readonly pixels: number;
    readonly inputs: number;
  },
  into: Rows,
  declare: DeclareLocal,
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
