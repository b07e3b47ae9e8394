import { blasFfi } from "./blas_ffi/blas_ffi.ts";
import type { GradientImplementation } from "./contract.ts";
import { fusedTyped } from "./fused_typed/fused_typed.ts";
import { mpiAllreduce } from "./mpi_allreduce/mpi_allreduce.ts";
import { naiveLoop } from "./naive_loop.ts";
import { nativeDense } from "./native/native_dense.ts";
import { nativeSparse } from "./native/native_sparse.ts";
import { outerProduct } from "./outer_product/outer_product.ts";
import { sparseTyped } from "./sparse_typed/sparse_typed.ts";
import { wasmSimd } from "./wasm_simd.ts";
import { wasmSparse } from "./wasm_sparse.ts";
import { wasmThreads } from "./wasm_threads/wasm_threads.ts";
import { webgpu } from "./webgpu/webgpu.ts";

/** Every implementation that comes with Slope. To add one, write a file beside this one and a line here. */
export const IMPLEMENTATIONS: readonly GradientImplementation[] = [
  naiveLoop,
  outerProduct,
  fusedTyped,
  sparseTyped,
  wasmSimd,
  wasmSparse,
  wasmThreads,
  nativeSparse,
  nativeDense,
  mpiAllreduce,
  blasFfi,
  webgpu,
];

/**
 * The native libraries that a process may open: those of one implementation, or without a name those of
 * all. Undefined if the implementation does not say.
 */
export function librariesOf(name?: string): readonly string[] | undefined {
  return name === undefined
    ? IMPLEMENTATIONS.flatMap(({ libraries = [] }) => libraries)
    : IMPLEMENTATIONS.find((one) => one.name === name)?.libraries;
}
