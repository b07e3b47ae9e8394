import type { Dataset } from "../../data/dataset.ts";
import type { Network } from "../../model/network.ts";
import type { Rows } from "../wasm/block.ts";
import { type Arena, padded, paddedLayout } from "../wasm/arena.ts";
import type { SharedPlan } from "../wasm/memory_plan.ts";

/** Addresses in bytes of everything in the kernel's memory. [l] counts layers from 0. */
export interface MemoryPlan extends Omit<SharedPlan, "pixels"> {
  /** (layout.length) float32 */
  readonly gradient: number;
  /** (count, features) bytes. */
  readonly pixels: number;
  /** [l] (chunk, padded inputs of layer l) its input: pixels, or activations. */
  readonly activations: readonly Rows[];
  /** [l] (chunk, width of layer l) dLoss/dz; in the output layer z until the loss overwrites it. */
  readonly deltas: readonly Rows[];
}

/** Reserves memory for a subset and for matrices of `chunk` examples. */
export function planMemory(
  network: Network,
  { count, features }: Dataset,
  maxBatchSize: number,
  chunk: number,
  arena: Arena,
): MemoryPlan {
  const layout = paddedLayout(network);
  const { layers } = layout;
  const output = layers[layers.length - 1];
  const matrix = (width: number): Rows => ({
    address: arena.takeFloats(chunk * width),
    strideBytes: 4 * width,
  });
  return {
    network,
    layout,
    parameters: arena.takeFloats(layout.length),
    gradient: arena.takeFloats(layout.length),
    batch: arena.take(4 * maxBatchSize),
    // The last vector of the last row reads up to 16 bytes beyond it.
    pixels: arena.take(count * features + 16),
    labels: arena.take(count),
    targets: arena.takeFloats(output.outputs * output.width),
    activations: layers.map(({ inputs }) => matrix(padded(inputs))),
    deltas: layers.map(({ width }) => matrix(width)),
  };
}
