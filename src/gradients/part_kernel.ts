import type { SyncKernel } from "./contract.ts";

/** A kernel that can compute a share of a minibatch, whose other rows another process has. */
export interface PartKernel extends SyncKernel {
  readonly parameters: Float32Array;
  readonly gradient: Float32Array;
  /**
   * Overwrites `gradient` with the sum over these rows (1 to `maxBatchSize` of them) of their gradients, divided by
   * `examples`, the size of the whole minibatch. Returns the sum of their losses, divided likewise.
   */
  shareOfMean(rows: Uint32Array, examples: number): number;
  descend(rate: number): void;
}
