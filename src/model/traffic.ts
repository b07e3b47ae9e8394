import { parameterCount } from "./layout.ts";
import type { Network } from "./network.ts";

/** The least number of bytes that an epoch moves, by what they hold. */
interface Traffic {
  /** Pixels and labels. Each is read once, so this is also the size of the subset. */
  readonly examples: number;
  /** Parameters and gradient, moved in every step. */
  readonly parameters: number;
  /** Parameters and gradient once: what a step finds where the one before left it. */
  readonly heldBytes: number;
}

interface Work {
  readonly network: Network;
  readonly examples: number;
  readonly batchSize: number;
  readonly precision: "float32" | "float64";
  /** Non-zero pixels of the subset, if the kernel reads no others; absent: it reads all. */
  readonly nonZeroPixels?: number | undefined;
}

/** A pixel as stored, and its index in a row, which fits 16 bits. */
const PIXEL_BYTES = 1;
const PLACE_BYTES = 2;
const LABEL_BYTES = 1;

/**
 * The compulsory traffic of an epoch: what any implementation must move between its arithmetic and the memory level
 * of the data, even if it keeps everything else in registers.
 *
 * - Each example's pixels are read once per epoch: a byte each (a kernel with float32 pixels moves four times as
 *   many), or 3 bytes for each non-zero pixel, its value and its index.
 * - In each step the gradient reads the parameters (1) and is written (2). The update reads the gradient (3) and the
 *   parameters (4) and writes the parameters (5).
 *
 * Activations, deltas and private copies do not count, because they need not leave the core.
 */
export function trafficPerEpoch(work: Work): Traffic {
  const { network, examples, batchSize, precision, nonZeroPixels } = work;
  const [pixels] = network.layerSizes;
  const steps = Math.ceil(examples / batchSize);
  const arrayBytes = (precision === "float32" ? 4 : 8) * parameterCount(network);
  const pixelBytes = nonZeroPixels === undefined
    ? PIXEL_BYTES * examples * pixels
    : (PIXEL_BYTES + PLACE_BYTES) * nonZeroPixels;
  return {
    examples: pixelBytes + LABEL_BYTES * examples,
    parameters: 5 * arrayBytes * steps,
    heldBytes: 2 * arrayBytes,
  };
}
