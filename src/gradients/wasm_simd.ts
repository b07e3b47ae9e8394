import type { GradientImplementation } from "./contract.ts";
import { openWasmKernel } from "./wasm/wasm_kernel.ts";

/**
 * WebAssembly vectors over the neurons, dense: every pixel counts. Two examples by sixteen neurons (and, on
 * the way back, two inputs by sixteen neurons) stay in registers, so that what is loaded serves twice.
 */
export const wasmSimd: GradientImplementation = {
  name: "wasm_simd",
  summary: "WebAssembly SIMD, dense: 2 examples × 16 neurons in registers",
  precision: "float32",
  backEnd: "wasm",
  open: (problem) => openWasmKernel(problem, "dense"),
};
