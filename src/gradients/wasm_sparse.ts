import type { GradientImplementation } from "./contract.ts";
import { openWasmKernel } from "./wasm/wasm_kernel.ts";

/**
 * WebAssembly vectors over the neurons, for the pixels that are not 0.
 *
 * Four fifths of the pixels of a digit are 0 and add nothing, neither to a weighted sum nor to a gradient.
 * `open` writes the others into a list per example; each of them is multiplied with the weights to all
 * neurons, which lie side by side. Everything of a step happens in WebAssembly, update and clearing included.
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
