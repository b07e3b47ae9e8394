import type { GradientExports } from "./gradient_module.ts";

/** The functions of a module on a memory. Worker programs import this file: it imports no other. */
export function instantiate(
  bytes: Uint8Array<ArrayBuffer>,
  memory: WebAssembly.Memory,
): GradientExports {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    env: { memory, logarithm: Math.log },
  });
  return instance.exports as unknown as GradientExports;
}
