/** Instantiates a module on a memory. Workers import this file, so it imports no other at run time. */
export function instantiate<T extends object>(
  bytes: Uint8Array<ArrayBuffer>,
  memory: WebAssembly.Memory,
): T {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    env: { memory, logarithm: Math.log },
  });
  return instance.exports as unknown as T;
}
