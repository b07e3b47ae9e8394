import {
  clearMemory,
  type Code,
  f32x4,
  i32,
  type Local,
  v128,
  when,
} from "../../base/assembler/code.ts";
import type { WasmModule } from "../../base/assembler/module.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { count, LINE_BYTES, locals, plus, range, VECTOR_BYTES } from "./loops.ts";
import type { Marks } from "./sparse_rows.ts";

/** A part of the layout in whole cache lines: bytes from `start` to `end`. */
export interface Part {
  readonly start: number;
  readonly end: number;
  /** Addresses of the arrays whose sum is the gradient there, in the order in which they are added. */
  readonly sums: readonly number[];
  /** Their threads clear them: a line that another thread writes has to come back. */
  readonly keepsSums?: true;
  /** Marks of the rows from offset 0 on, of which only these are not 0: only they are updated. Cleared afterwards. */
  readonly marks?: Marks;
}

/** Rows that are updated if one of them is marked; marks need a multiple of as many. */
export const ROWS_TOGETHER = 4;

/** Addresses of the arrays that a step ends in. */
interface Ends {
  readonly parameters: number;
  readonly gradient: number;
}

/**
 * Adds two functions that end a step and clear its sums for the next: `update(rate)`, parameters −= rate · sums, and
 * `deliver()`, gradient = sums. One pass replaces three, which add up, update and clear. Throws where a part does not
 * consist of whole cache lines: it would overwrite the next part, which may be another thread's.
 */
export function addEndOfStep(
  module: WasmModule,
  arithmetic: Arithmetic,
  ends: Ends,
  parts: readonly Part[],
): void {
  addUpdate(module, "update", arithmetic, ends, parts);
  addDeliver(module, ends, parts);
}

/** `code` stores what becomes of the sum at an offset; the sums are cleared unless the part keeps them. */
const lines = (
  at: Local,
  sum: Local,
  [start, end]: readonly [Code, Code],
  { sums: [first, ...others], keepsSums }: Part,
  code: (offset: number) => Code,
): Code =>
  count(
    at,
    start,
    end,
    LINE_BYTES,
    range(LINE_BYTES / VECTOR_BYTES).map((v) => v * VECTOR_BYTES).map((offset) => [
      sum.set(others.reduce<Code>(
        (whole, other) => f32x4.add(whole, v128.load(at.get, other + offset)),
        v128.load(at.get, first + offset),
      )),
      code(offset),
      keepsSums
        ? []
        : [first, ...others].map((one) => v128.store(at.get, f32x4.const(0), one + offset)),
    ]),
  );

/** The parts that are not empty. Throws RangeError where one does not consist of whole cache lines. */
function wholeLines(parts: readonly Part[]): Part[] {
  const notEmpty = parts.filter(({ start, end }) => start < end);
  for (const { start, end } of notEmpty) {
    if (start % LINE_BYTES !== 0 || end % LINE_BYTES !== 0) {
      throw new RangeError(`Cannot end a step: bytes ${start} to ${end} are not whole cache lines`);
    }
  }
  return notEmpty;
}

/** The first of them alone, under a name. */
export function addUpdate(
  module: WasmModule,
  name: string,
  { nmadd }: Arithmetic,
  { parameters }: Ends,
  parts: readonly Part[],
): void {
  const notEmpty = wholeLines(parts);
  module.function(name, ["f32"], [], ([rate], declare) => {
    const [at, end, mark] = locals(declare, "i32");
    const [rates, sum] = locals(declare, "v128");
    const updated = (offset: number): Code => {
      const before = v128.load(at.get, parameters + offset);
      return v128.store(at.get, nmadd(rates.get, sum.get, before), parameters + offset);
    };
    return [
      rates.set(f32x4.splat(rate.get)),
      notEmpty.map((part) => {
        const { start, end: last, marks } = part;
        if (marks === undefined) {
          return lines(at, sum, [i32.const(start), i32.const(last)], part, updated);
        }
        const { address, shift } = marks;
        const from = i32.shl(mark.get, i32.const(shift));
        const marksEnd = i32.const((last + 2 ** shift - 1) >> shift);
        return count(
          mark,
          i32.const(start >> shift),
          marksEnd,
          ROWS_TOGETHER,
          when(i32.load(mark.get, address), [
            i32.store(mark.get, i32.const(0), address),
            end.set(plus(from, ROWS_TOGETHER << shift)),
            lines(at, sum, [from, end.get], part, updated),
          ]),
        );
      }),
    ];
  });
}

function addDeliver(module: WasmModule, { gradient }: Ends, parts: readonly Part[]): void {
  module.function("deliver", [], [], (_, declare) => {
    const at = declare("i32");
    const sum = declare("v128");
    return wholeLines(parts).map((part) => {
      const { start, end, marks } = part;
      return [
        marks === undefined ? [] : clearMemory(
          i32.const(marks.address + (start >> marks.shift)),
          i32.const((end - start) >> marks.shift),
        ),
        lines(
          at,
          sum,
          [i32.const(start), i32.const(end)],
          part,
          (offset) => v128.store(at.get, sum.get, gradient + offset),
        ),
      ];
    });
  });
}
