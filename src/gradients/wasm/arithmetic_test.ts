import assert from "node:assert/strict";
import test from "node:test";
import { type Code, i32, v128 } from "../../base/assembler/code.ts";
import { type DeclareLocal, hasRelaxedSimd, WasmModule } from "../../base/assembler/module.ts";
import { activate, sigmoid as sigmoid64 } from "../../model/activation.ts";
import { arithmetic, type VectorMath, vectorMath } from "./arithmetic.ts";
import { count } from "./loops.ts";
import { skipFor } from "../../../tests/support/skips.ts";

type VectorFunction = (math: VectorMath, x: Code, declare: DeclareLocal) => Code;

/** Runs a function of four lanes over many numbers. */
function evaluate(inputs: Float32Array, relaxed: boolean, f: VectorFunction): Float32Array {
  const module = new WasmModule({ pages: Math.ceil(inputs.byteLength / 65_536) });
  module.function("run", ["i32"], [], ([bytes], declare) => {
    const at = declare("i32");
    const math = vectorMath(arithmetic(relaxed), declare);
    const value = f(math, v128.load(at.get), declare);
    return [
      math.setup,
      count(at, i32.const(0), bytes.get, 16, v128.store(at.get, value)),
    ];
  });
  const memory = new WebAssembly.Memory({ initial: Math.ceil(inputs.byteLength / 65_536) });
  const values = new Float32Array(memory.buffer, 0, inputs.length);
  values.set(inputs);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), {
    env: { memory },
  });
  (exports.run as (bytes: number) => void)(inputs.byteLength);
  return values.slice();
}

/** A multiple of four numbers from `from` to `to`, at steps that are no power of two. */
const sweep = (from: number, to: number, length = 400_000): Float32Array =>
  Float32Array.from({ length }, (_, n) => from + (to - from) * n / (length - 1));

const greatest = (inputs: Float32Array, error: (x: number, n: number) => number): number =>
  inputs.reduce((most, x, n) => Math.max(most, error(x, n)), 0);

for (const relaxed of [false, true]) {
  const skip = skipFor(relaxed && !hasRelaxedSimd() && "this engine has no relaxed SIMD");
  const how = relaxed ? "one relaxed multiply-add" : "a product and a sum";

  test(`exponential stays within 2⁻²² of e^x for |x| ≤ 87, with ${how}`, { skip }, () => {
    const inputs = sweep(-87, 87);
    const values = evaluate(inputs, relaxed, (math, x) => math.exponential(x));
    const error = greatest(inputs, (x, n) => Math.abs(values[n] / Math.exp(x) - 1));
    assert.ok(error < 2 ** -22, `relative error ${error}`);
  });

  test(`sigmoid stays within 2⁻²³ of σ, with ${how}`, { skip }, () => {
    const inputs = sweep(-100, 100);
    const values = evaluate(inputs, relaxed, (math, x) => math.activated("sigmoid", x));
    const error = greatest(inputs, (x, n) => Math.abs(values[n] - sigmoid64(x)));
    assert.ok(error < 2 ** -23, `absolute error ${error}`);
  });

  test(`sigmoid keeps its digits where it is small, with ${how}`, { skip }, () => {
    const inputs = sweep(-30, 0);
    const values = evaluate(inputs, relaxed, (math, x) => math.activated("sigmoid", x));
    const error = greatest(inputs, (x, n) => Math.abs(values[n] / sigmoid64(x) - 1));
    assert.ok(error < 2 ** -21, `relative error ${error}`);
  });

  test(`tanh stays within 2⁻²¹, with ${how}`, { skip }, () => {
    const inputs = sweep(-50, 50);
    const values = evaluate(inputs, relaxed, (math, x) => math.activated("tanh", x));
    const error = greatest(inputs, (x, n) => Math.abs(values[n] - activate("tanh", x)));
    assert.ok(error < 2 ** -21, `absolute error ${error}`);
  });
}

test("Values far outside stay bounded, and NaN stays NaN", () => {
  const inputs = Float32Array.of(NaN, Infinity, -Infinity, 1e30);
  const [nan, one, zero, far] = evaluate(
    inputs,
    false,
    (math, x) => math.activated("sigmoid", x),
  );
  assert.ok(Number.isNaN(nan));
  assert.equal(one, 1);
  assert.ok(zero > 0 && zero < 1e-12, String(zero));
  assert.equal(far, 1);
});

test("Deltas near 0 become 0; others and NaN stay", () => {
  const inputs = Float32Array.of(1e-30, -1e-30, 1e-20, -2, NaN, 0, 1e-45, 5);
  const values = evaluate(inputs, false, (math, x, declare) => {
    const delta = declare("v128");
    return [delta.set(x), math.flushed(delta)];
  });
  assert.deepEqual([...values], [...Float32Array.of(0, 0, 1e-20, -2, NaN, 0, 0, 5)]);
});
