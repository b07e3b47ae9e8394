import type { Dataset } from "../../data/dataset.ts";
import { chunksOf } from "../../data/rows.ts";
import type { Network } from "../../model/network.ts";
import { type Arena, padded, type PaddedLayout, paddedLayout, spreadStride } from "./arena.ts";
import type { Matrix, Rows } from "./block.ts";
import type { SparseRows } from "./sparse_rows.ts";

/** Where the kernel finds the pixels of the subset. */
export type PixelPlan =
  | { readonly kind: "sparse" } & SparseRows
  | {
    readonly kind: "dense";
    /** (count, features) bytes */
    readonly pixels: number;
    /** (block, padded features) float32, of the examples at hand. */
    readonly gathered: Rows;
  };

/** Pages of 64 KiB at first and at most. */
export interface MemoryLimits {
  readonly pages: number;
  readonly mostPages: number;
  readonly shared: boolean;
}

/** What all threads share: data and parameters, as addresses in bytes. */
export interface SharedPlan {
  readonly network: Network;
  readonly layout: PaddedLayout;
  /** (layout.length) float32 */
  readonly parameters: number;
  /** (layout.length) float32 */
  readonly gradient: number;
  /** (maxBatchSize) u32 row indices. */
  readonly batch: number;
  /** (count) bytes */
  readonly labels: number;
  /** (classes, width of the output layer) float32: row k has 1 at k. */
  readonly targets: number;
}

/** What each thread has for itself. [l] counts layers from 0, the first above the pixels. */
export interface PrivatePlan {
  /** Examples that go forward and backward together; an even number. */
  readonly block: number;
  /** (layout.length) float32, 0 between steps: a step adds its gradient to it. */
  readonly sums: number;
  /** (block, padded inputs) what enters layer l; absent in layer 0, which the pixels enter. */
  readonly activations: readonly (Rows | undefined)[];
  /** (block, width) dLoss/dz of layer l; in the output layer z until the loss overwrites it. */
  readonly deltas: readonly Rows[];
  /** (outputs, padded inputs) transposed weights of layer l, for the backward pass; absent in layer 0. */
  readonly transposed: readonly (Matrix | undefined)[];
}

export function planShared(
  network: Network,
  maxBatchSize: number,
  count: number,
  arena: Arena,
): SharedPlan {
  const layout = paddedLayout(network, spreadStride);
  const output = layout.layers[layout.layers.length - 1];
  return {
    network,
    layout,
    parameters: arena.takeFloats(layout.length),
    gradient: arena.takeFloats(layout.length),
    batch: arena.take(4 * maxBatchSize),
    labels: arena.take(count),
    targets: arena.takeFloats(output.outputs * output.width),
  };
}

export function planPrivate(
  { layout: { layers, length } }: SharedPlan,
  block: number,
  arena: Arena,
): PrivatePlan {
  const rows = (width: number, count = block) => takeRows(arena, count, width);
  return {
    block,
    sums: arena.takeFloats(length),
    activations: layers.map(({ inputs }, l) => l === 0 ? undefined : rows(padded(inputs))),
    deltas: layers.map(({ width }) => rows(width)),
    transposed: layers.map(({ inputs, outputs, width }, l) =>
      l === 0 ? undefined : {
        ...rows(padded(inputs), width),
        inputs: outputs,
        width: padded(inputs),
      }
    ),
  };
}

export const takeRows = (arena: Arena, count: number, width: number): Rows => ({
  address: arena.takeFloats(count * spreadStride(width)),
  strideBytes: 4 * spreadStride(width),
});

/** Writes the labels and the one-hot targets to their places in a plan. */
export function writeLabels(
  { labels, count }: Dataset,
  plan: Pick<SharedPlan, "layout" | "labels" | "targets">,
  buffer: ArrayBufferLike,
): void {
  new Uint8Array(buffer, plan.labels, count).set(labels.subarray(0, count));
  const { outputs, width } = plan.layout.layers[plan.layout.layers.length - 1];
  const oneHot = new Float32Array(buffer, plan.targets, outputs * width);
  for (let k = 0; k < outputs; k++) oneHot[k * width + k] = 1;
}

/** Copies (count, features) pixels to `address`, piece by piece. */
export function writePixels(dataset: Dataset, address: number, buffer: ArrayBufferLike): void {
  const { features } = dataset;
  for (const { first, count, pixels } of chunksOf(dataset)) {
    new Uint8Array(buffer, address + first * features, count * features).set(pixels);
  }
}
