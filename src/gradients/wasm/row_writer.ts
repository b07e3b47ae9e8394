import {
  type Code,
  i32,
  i8x16,
  type Local,
  select,
  v128,
  when,
  whileDo,
} from "../../base/assembler/code.ts";
import { WasmModule } from "../../base/assembler/module.ts";
import type { Arena } from "./arena.ts";
import { advance, count, locals, range } from "./loops.ts";
import type { MemoryLimits } from "./memory_plan.ts";
import { BYTES_AT_ONCE, ENTRIES_AT_ONCE, type SparseRows } from "./sparse_rows.ts";

/** Pixels that are looked at together: a mask of 8 bits says which are not 0. */
const AT_ONCE = 8;
/** A longer gap is cut. A gap to one of the eight pixels must still fit a byte. */
const LONGEST_GAP = 255 - (AT_ONCE - 1);

export interface RowWriter {
  /** Writes the rows of the examples with these pixels to `to` and where each starts to `starts`; returns the end. */
  writeRows(pixels: number, pixelsEnd: number, starts: number, to: number): number;
}

/** Addresses. */
interface Tables {
  /** [mask] (8) the set bits of the mask, lowest first; then 255, which is no lane. */
  readonly orders: number;
  /** [mask] (8) the lowest set bit, then how far each is from the one before; then 0. */
  readonly gaps: number;
  /** (a row's entries) its gaps, its values. */
  readonly rowGaps: number;
  readonly rowValues: number;
  write(buffer: ArrayBufferLike): void;
}

/** The most entries of a row: its pixels, and those that cut its gaps. */
const mostEntries = (features: number): number => features + Math.ceil(features / LONGEST_GAP);

/** Bytes of a row with the most entries. */
export const longestRow = (features: number): number =>
  BYTES_AT_ONCE * Math.ceil(mostEntries(features) / ENTRIES_AT_ONCE);

export function tablesOf(arena: Arena, features: number): Tables {
  const entries = mostEntries(features);
  const orders = arena.take(256 * AT_ONCE);
  const gaps = arena.take(256 * AT_ONCE);
  return {
    orders,
    gaps,
    rowGaps: arena.take(entries + AT_ONCE),
    rowValues: arena.take(entries + AT_ONCE),
    write(buffer) {
      const bytes = new Uint8Array(buffer);
      for (let mask = 0; mask < 256; mask++) {
        const lanes = range(AT_ONCE).filter((lane) => (mask >> lane & 1) === 1);
        const at = AT_ONCE * mask;
        for (const n of range(AT_ONCE)) {
          bytes[orders + at + n] = lanes[n] ?? 255;
          bytes[gaps + at + n] = n < lanes.length ? lanes[n] - (lanes[n - 1] ?? 0) : 0;
        }
      }
    },
  };
}

/**
 * A module with the function `writeRows`. It takes eight pixels at a time, moves those that are not 0 together and
 * appends them: no branch depends on a pixel, because a processor would guess one in ten wrong.
 */
export function rowWriterModule(
  limits: MemoryLimits,
  features: number,
  { first, end }: SparseRows,
  { orders, gaps, rowGaps, rowValues }: Tables,
): WasmModule {
  const module = new WasmModule(limits);
  module.function(
    "writeRows",
    ["i32", "i32", "i32", "i32"],
    ["i32"],
    ([pixels, pixelsEnd, starts, to], declare) => {
      const [from, base, mask, entry, last, gap, table, i] = locals(declare, "i32");
      const length = end - first;
      const whole = length - length % AT_ONCE;

      const appended: Code = [
        gap.set(select(i32.sub(base.get, last.get), i32.const(0), mask.get)),
        whileDo(i32.gtU(gap.get, i32.const(LONGEST_GAP)), [
          i32.store8(entry.get, i32.const(LONGEST_GAP), rowGaps),
          i32.store8(entry.get, i32.const(0), rowValues),
          advance(entry, 1),
          gap.set(i32.sub(gap.get, i32.const(LONGEST_GAP))),
        ]),
        table.set(i32.shl(mask.get, i32.const(3))),
        i32.store(entry.get, i32.add(i32.load(table.get, gaps), gap.get), rowGaps),
        i32.store(entry.get, i32.load(table.get, gaps + 4), rowGaps + 4),
        v128.store64(
          entry.get,
          i8x16.swizzle(v128.load64Zero(from.get), v128.load64Zero(table.get, orders)),
          rowValues,
        ),
        last.set(select(highestOf(base, mask), last.get, mask.get)),
        entry.set(i32.add(entry.get, i32.popcnt(mask.get))),
      ];
      const nonZero = i8x16.notZero(v128.load64Zero(from.get));
      return [
        count(pixels, pixels.get, pixelsEnd.get, features, [
          i32.store(starts.get, to.get),
          advance(starts, 4),
          entry.set(i32.const(0)),
          last.set(i32.const(0)),
          base.set(i32.const(0)),
          from.set(i32.add(pixels.get, i32.const(first))),
          whole === 0 ? [] : count(base, i32.const(0), i32.const(whole), AT_ONCE, [
            mask.set(nonZero),
            appended,
            advance(from, AT_ONCE),
          ]),
          length === whole ? [] : [
            mask.set(i32.and(nonZero, i32.const(2 ** (length - whole) - 1))),
            appended,
          ],
          // The group that is filled up.
          i32.store(entry.get, i32.const(0), rowGaps),
          i32.store(entry.get, i32.const(0), rowValues),
          when(
            entry.get,
            count(i, i32.const(0), entry.get, ENTRIES_AT_ONCE, [
              i32.store(to.get, i32.load(i.get, rowGaps)),
              i32.store(to.get, i32.load(i.get, rowValues), ENTRIES_AT_ONCE),
              advance(to, BYTES_AT_ONCE),
            ]),
          ),
        ]),
        to.get,
      ];
    },
  );
  return module;
}

/** The last pixel of the mask. */
const highestOf = (base: Local, mask: Local): Code =>
  i32.add(base.get, i32.sub(i32.const(31), i32.clz(mask.get)));
