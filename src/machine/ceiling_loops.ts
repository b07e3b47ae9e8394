import { type Code, doWhile, f32x4, i32, i32x4, type Local, v128 } from "../base/assembler/code.ts";
import { hasRelaxedSimd, WasmModule } from "../base/assembler/module.ts";

/**
 * Multiply-adds in float64 in twelve independent chains. They cover the latency of a multiplication and an addition
 * on two units (8) and fit 16 registers. Values stay near 1. Declared one by one: with a destructured array,
 * JavaScriptCore is five times as slow.
 */
export function scalarChains(iterations: number): number {
  const m = 0.999999;
  const c = 0.000001;
  let x0 = 1.05;
  let x1 = 1.10;
  let x2 = 1.15;
  let x3 = 1.20;
  let x4 = 1.25;
  let x5 = 1.30;
  let x6 = 1.35;
  let x7 = 1.40;
  let x8 = 1.45;
  let x9 = 1.50;
  let x10 = 1.55;
  let x11 = 1.60;
  for (let i = 0; i < iterations; i++) {
    x0 = x0 * m + c;
    x1 = x1 * m + c;
    x2 = x2 * m + c;
    x3 = x3 * m + c;
    x4 = x4 * m + c;
    x5 = x5 * m + c;
    x6 = x6 * m + c;
    x7 = x7 * m + c;
    x8 = x8 * m + c;
    x9 = x9 * m + c;
    x10 = x10 * m + c;
    x11 = x11 * m + c;
  }
  return x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11;
}
export const SCALAR_FLOP = 2 * 12;

export interface LoopExports {
  /** Multiplications and additions, VECTOR_FLOP per iteration. */
  multiplyAdd(iterations: number): void;
  /** The same in relaxed instructions; absent if the engine has none. */
  relaxedMultiplyAdd?(iterations: number): void;
  /** Reads from `start` to `end`, whose distance is a multiple of READ_STEP bytes. */
  read(start: number, end: number): void;
  /** Writes to every page: all untouched pages share one physical page of zeros. */
  touch(start: number, end: number): void;
}

const CHAINS = 12;
/** Four lanes, with a multiplication and an addition in each chain. */
export const VECTOR_FLOP = 2 * 4 * CHAINS;

const VECTOR_BYTES = 16;
const READ_VECTORS = 16;
/** Bytes that one iteration of `read` reads. */
export const READ_STEP = READ_VECTORS * VECTOR_BYTES;
const SUMS = 8;
const PAGE_BYTES = 4096;

/** The loops as WebAssembly, for a shared memory of `pages` × 64 KiB. */
export function loopModule(pages: number): Uint8Array<ArrayBuffer> {
  const module = new WasmModule({ pages, shared: true });
  addChains(module, "multiplyAdd", (x, m, c) => f32x4.add(f32x4.mul(x, m), c));
  if (hasRelaxedSimd()) addChains(module, "relaxedMultiplyAdd", f32x4.relaxedMadd);

  module.function("read", ["i32", "i32"], [], ([start, end], local) => {
    const sums = Array.from({ length: SUMS }, () => local("v128"));
    return [
      doWhile([
        Array.from({ length: READ_VECTORS }, (_, i) => {
          const sum = sums[i % SUMS];
          return sum.set(i32x4.add(sum.get, v128.load(start.get, i * VECTOR_BYTES)));
        }),
        start.set(i32.add(start.get, i32.const(READ_STEP))),
      ], i32.ltU(start.get, end.get)),
      v128.store(i32.const(0), sums.map(({ get }) => get).reduce((a, b) => i32x4.add(a, b))),
    ];
  });

  module.function("touch", ["i32", "i32"], [], ([start, end]) =>
    doWhile([
      i32.store(start.get, start.get),
      start.set(i32.add(start.get, i32.const(PAGE_BYTES))),
    ], i32.ltU(start.get, end.get)));
  return module.toBytes();
}

/** x = x · m + c in independent chains. Their sum is stored, so that no compiler removes them. */
function addChains(
  module: WasmModule,
  name: string,
  multiplyAdd: (x: Code, m: Code, c: Code) => Code,
): void {
  module.function(name, ["i32"], [], ([iterations], local) => {
    const m = local("v128");
    const c = local("v128");
    const chains: Local[] = Array.from({ length: CHAINS }, () => local("v128"));
    return [
      m.set(f32x4.const(0.999999)),
      c.set(f32x4.const(0.000001)),
      chains.map((x, i) => x.set(f32x4.const(1 + i / 16))),
      doWhile([
        chains.map((x) => x.set(multiplyAdd(x.get, m.get, c.get))),
        iterations.set(i32.sub(iterations.get, i32.const(1))),
      ], i32.ltU(i32.const(0), iterations.get)),
      v128.store(i32.const(0), chains.map(({ get }) => get).reduce((a, b) => f32x4.add(a, b))),
    ];
  });
}

export function instantiateLoops(
  bytes: Uint8Array<ArrayBuffer>,
  memory: WebAssembly.Memory,
): LoopExports {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return instance.exports as unknown as LoopExports;
}
