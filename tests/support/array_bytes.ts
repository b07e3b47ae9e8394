import type { Parameters } from "../../src/gradients/contract.ts";

/**
 * Bytes of all Float32Arrays and Float64Arrays created by length during `run`. The constructors are replaced to count
 * them, because not every runtime reports the memory of array buffers.
 */
export async function arrayBytesMade(run: () => Promise<void>): Promise<number> {
  const originals = { Float32Array, Float64Array };
  let bytes = 0;
  const counting = <T extends typeof Float32Array | typeof Float64Array>(ArrayType: T): T =>
    new Proxy(ArrayType, {
      construct(target, args: [number], newTarget) {
        const array: Parameters = Reflect.construct(target, args, newTarget);
        if (typeof args[0] === "number") bytes += array.byteLength;
        return array;
      },
    });
  globalThis.Float32Array = counting(Float32Array);
  globalThis.Float64Array = counting(Float64Array);
  try {
    await run();
  } finally {
    Object.assign(globalThis, originals);
  }
  return bytes;
}
