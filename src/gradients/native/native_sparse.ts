import { type NativeImplementation, nativeImplementation } from "./native_implementation.ts";

/** Indices of pixels have two bytes. */
const MOST_PIXELS = 2 ** 16;

/**
 * The sums of wasm_sparse in C, which the system's compiler turns into the widest vectors of this processor. The
 * formulas stand in sparse.c.
 */
export const nativeSparse: NativeImplementation = nativeImplementation({
  name: "native_sparse",
  summary: "C, compiled for this processor: its widest vectors for each non-zero pixel",
  source: "sparse.c",
  skipsZeroPixels: true,
  readsPieces: true,
  check({ dataset: { features } }) {
    if (features <= MOST_PIXELS) return;
    throw new RangeError(
      `Cannot open the kernel: ${features} pixels, expected at most ${MOST_PIXELS}; ` +
        "use native_dense for so wide a layer",
    );
  },
});
