import type { GradientImplementation } from "./contract.ts";
import { openWasmKernel } from "./wasm/wasm_kernel.ts";

/**
 * WebAssembly vectors over the neurons, for non-zero pixels only.
 *
 * Four fifths of a digit's pixels are 0 and add nothing to a sum or a gradient. `open` lists the others per
 * example; a step multiplies each with its weights to all neurons, which lie side by side. The whole step
 * runs in WebAssembly, including the update.
 */
export const wasmSparse: GradientImplementation = {
  name: "wasm_sparse",
  summary:
    "WebAssembly SIMD over the neurons for each non-zero pixel, vectorised sigmoid and update",
  precision: "float32",
  backEnd: "wasm",
  skipsZeroPixels: true,
  open: (problem) => openWasmKernel(problem, "sparse"),
};
