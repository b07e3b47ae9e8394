import type { GradientImplementation } from "./contract.ts";
import { openWasmKernel } from "./wasm/wasm_kernel.ts";

/**
 * Dense WebAssembly vectors over the neurons. Two examples × sixteen neurons stay in registers (backward:
 * two inputs × sixteen neurons), so each loaded value is used twice.
 */
export const wasmSimd: GradientImplementation = {
  name: "wasm_simd",
  summary: "WebAssembly SIMD, dense: 2 examples × 16 neurons in registers",
  precision: "float32",
  backEnd: "wasm",
  open: (problem) => openWasmKernel(problem, "dense"),
};
