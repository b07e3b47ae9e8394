import type { GradientImplementation } from "./contract.ts";
import { openWasmKernel } from "./wasm/wasm_kernel.ts";

/**
 * Dense WebAssembly vectors over the neurons. Two examples × 16 to 24 neurons stay in registers (backward:
 * two inputs × as many neurons), so each loaded value is used twice.
 */
export const wasmSimd: GradientImplementation = {
  name: "wasm_simd",
  summary: "WebAssembly SIMD, dense: 2 examples × 16 to 24 neurons in registers",
  precision: "float32",
  backEnd: "wasm",
  open: (problem) => openWasmKernel(problem, "dense"),
};
