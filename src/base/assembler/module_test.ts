import assert from "node:assert/strict";
import { test } from "node:test";
import {
  clearMemory,
  doWhile,
  f32x4,
  i32,
  i8x16,
  select,
  shuffle32,
  v128,
  when,
  whileDo,
} from "./code.ts";
import { hasRelaxedSimd, WasmModule } from "./module.ts";
import { skipFor } from "../../../tests/support/skips.ts";

type Exports = Record<string, (...args: number[]) => number>;

function instantiate(
  module: WasmModule,
  memory: WebAssembly.Memory,
  host: Record<string, WebAssembly.ImportValue> = {},
): Exports {
  const compiled = new WebAssembly.Module(module.toBytes());
  return new WebAssembly.Instance(compiled, { env: { memory, ...host } })
    .exports as unknown as Exports;
}

test("A loop over vectors doubles an array in memory", () => {
  const module = new WasmModule({ pages: 1 });
  module.function("double", ["i32", "i32"], [], ([at, end]) =>
    doWhile([
      v128.store(at.get, f32x4.add(v128.load(at.get), v128.load(at.get))),
      at.set(i32.add(at.get, i32.const(16))),
    ], i32.ltU(at.get, end.get)));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const values = new Float32Array(memory.buffer, 64, 8);
  values.set([1, 2, 3, 4, 5, 6, 7, 8]);
  instantiate(module, memory).double(64, 96);
  assert.deepEqual([...values], [2, 4, 6, 8, 10, 12, 14, 16]);
});

test("if its condition is false, whileDo does not run and doWhile runs once", () => {
  const module = new WasmModule({ pages: 1 });
  module.function("counts", ["i32"], ["i32"], ([limit], local) => {
    const i = local("i32");
    const count = local("i32");
    const one = i32.const(1);
    return [
      whileDo(i32.ltU(i.get, limit.get), [
        i.set(i32.add(i.get, one)),
        count.set(i32.add(count.get, one)),
      ]),
      i.set(i32.const(0)),
      doWhile([
        i.set(i32.add(i.get, one)),
        count.set(i32.add(count.get, i32.const(100))),
      ], i32.ltU(i.get, limit.get)),
      when(i32.ltU(limit.get, i32.const(1)), count.set(i32.add(count.get, i32.const(7)))),
      count.get,
    ];
  });
  const { counts } = instantiate(module, new WebAssembly.Memory({ initial: 1 }));
  assert.equal(counts(0), 107);
  assert.equal(counts(3), 303);
});

test("Integers of every size keep their value", () => {
  const values = [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, 2 ** 31 - 1, -(2 ** 31)];
  const module = new WasmModule({ pages: 1 });
  values.forEach((value, n) => module.function(`c${n}`, [], ["i32"], () => i32.const(value)));
  const exports = instantiate(module, new WebAssembly.Memory({ initial: 1 }));
  assert.deepEqual(values.map((_, n) => exports[`c${n}`]()), values);
});

test("A function calls another function and a host function", () => {
  const module = new WasmModule({ pages: 1 });
  const host = module.import("host", ["i32"], ["i32"]);
  const inner = module.function("inner", ["i32"], ["i32"], ([x]) => i32.add(x.get, i32.const(1)));
  module.function("outer", ["i32"], ["i32"], ([x]) => host.call(inner.call(x.get)));
  const { outer } = instantiate(module, new WebAssembly.Memory({ initial: 1 }), {
    host: (x: number) => 10 * x,
  });
  assert.equal(outer(4), 50);
});

test("Lanes are shuffled, offsets added and memory cleared", () => {
  const module = new WasmModule({ pages: 1 });
  module.function("run", [], [], () => [
    v128.store(
      i32.const(0),
      shuffle32(v128.load(i32.const(0)), v128.load(i32.const(0), 16), [0, 4, 3, 7]),
      32,
    ),
    clearMemory(i32.const(8), i32.const(4)),
  ]);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const values = new Float32Array(memory.buffer, 0, 12);
  values.set([1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0]);
  instantiate(module, memory).run();
  assert.deepEqual([...values], [1, 2, 0, 4, 5, 6, 7, 8, 1, 5, 4, 8]);
});

test("Bits are counted, values selected and bytes put in a new order", () => {
  const module = new WasmModule({ pages: 1 });
  module.function("run", ["i32"], ["i32"], ([x]) => [
    v128.store64(
      i32.const(32),
      i8x16.swizzle(v128.load64Zero(i32.const(0)), v128.load64Zero(i32.const(8))),
    ),
    i32.store(i32.const(40), i8x16.notZero(v128.load64Zero(i32.const(0)))),
    i32.store8(i32.const(44), i32.popcnt(x.get)),
    i32.store8(i32.const(45), i32.clz(x.get)),
    select(i32.const(5), i32.const(6), i32.gtU(x.get, i32.const(255))),
  ]);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const bytes = new Uint8Array(memory.buffer);
  bytes.set([10, 0, 30, 0, 0, 60, 70, 80, 7, 0, 255, 2, 2, 16, 5, 1]);
  const { run } = instantiate(module, memory);
  assert.equal(run(255), 6);
  assert.deepEqual([...bytes.subarray(44, 46)], [8, 24]);
  assert.equal(run(-1), 5);
  assert.deepEqual([...bytes.subarray(32, 40)], [80, 10, 0, 30, 30, 0, 60, 0]);
  assert.deepEqual([...bytes.subarray(40, 46)], [0b11100101, 0, 0, 0, 32, 0]);
});

test("If relaxed SIMD is reported, a multiply-add gives a · b + c", (t) => {
  if (!hasRelaxedSimd()) return t.skip(skipFor("this engine has no relaxed SIMD"));
  const module = new WasmModule({ pages: 1 });
  const vector = (value: number) => f32x4.const(value);
  module.function("run", [], [], () => [
    v128.store(i32.const(0), f32x4.relaxedMadd(vector(3), vector(4), vector(5))),
    v128.store(i32.const(16), f32x4.relaxedNmadd(vector(3), vector(4), vector(5))),
  ]);
  const memory = new WebAssembly.Memory({ initial: 1 });
  instantiate(module, memory).run();
  assert.deepEqual([...new Float32Array(memory.buffer, 0, 8)], [17, 17, 17, 17, -7, -7, -7, -7]);
});
