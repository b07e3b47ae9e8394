import { type NativeImplementation, nativeImplementation } from "./native_implementation.ts";

/**
 * Products of whole matrices in C, blocked for the caches of this processor. For wide layers, where most of the work is
 * behind the pixels. Where most pixels are 0, the first layer leaves them out. The formulas stand in dense.c.
 */
export const nativeDense: NativeImplementation = nativeImplementation({
  name: "native_dense",
  summary: "C, compiled for this processor: the minibatch as matrices, blocked for caches",
  source: "dense.c",
  skipsZeroPixels: true,
  timedFromWidth: 64,
});
