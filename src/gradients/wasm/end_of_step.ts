import { type Code, f32x4, i32, v128 } from "../../base/assembler/code.ts";
import type { WasmModule } from "../../base/assembler/module.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { count, LINE_BYTES, locals, range, VECTOR_BYTES } from "./loops.ts";

interface Places {
  /** (layout.length) float32 */
  readonly sums: number;
  readonly parameters: number;
  readonly gradient: number;
  /** Of the layout. */
  readonly bytes: number;
}

/**
 * Adds two functions that end a step and clear its sums for the next: `update(rate)`, parameters −= rate · sums, and
 * `deliver()`, which moves the sums to the gradient. One pass replaces two, clearing and updating.
 */
export function addEndOfStep(
  module: WasmModule,
  { nmadd }: Arithmetic,
  { sums, parameters, gradient, bytes }: Places,
): void {
  const everywhere = (at: { get: Code }, code: (offset: number) => Code): Code =>
    range(LINE_BYTES / VECTOR_BYTES).map((v) => [
      code(v * VECTOR_BYTES),
      v128.store(at.get, f32x4.const(0), sums + v * VECTOR_BYTES),
    ]);

  module.function("update", ["f32"], [], ([rate], declare) => {
    const at = declare("i32");
    const [rates, sum] = locals(declare, "v128");
    const updated = (offset: number): Code => [
      sum.set(v128.load(at.get, sums + offset)),
      v128.store(
        at.get,
        nmadd(rates.get, sum.get, v128.load(at.get, parameters + offset)),
        parameters + offset,
      ),
    ];
    return [
      rates.set(f32x4.splat(rate.get)),
      count(at, i32.const(0), i32.const(bytes), LINE_BYTES, everywhere(at, updated)),
    ];
  });

  module.function("deliver", [], [], (_, declare) => {
    const at = declare("i32");
    const delivered = (offset: number): Code =>
      v128.store(at.get, v128.load(at.get, sums + offset), gradient + offset);
    return count(at, i32.const(0), i32.const(bytes), LINE_BYTES, everywhere(at, delivered));
  });
}
