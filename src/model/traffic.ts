import { parameterCount } from "./layout.ts";
import type { Network } from "./network.ts";

/** Bytes that an epoch moves at least, by what they are of. */
interface Traffic {
  /** Pixels and labels: every one is read once, so these are also the bytes of the subset. */
  readonly examples: number;
  /** Parameters and gradient: moved in every step. */
  readonly parameters: number;
  /** Parameters and gradient once: what a step finds again where the one before left it. */
  readonly heldBytes: number;
}

/** What an epoch works on, and how. */
interface Work {
  readonly network: Network;
  readonly examples: number;
  readonly batchSize: number;
  readonly precision: "float32" | "float64";
  /** Pixels of the subset that are not 0, for a kernel that reads no others; absent: it reads all. */
  readonly nonZeroPixels?: number | undefined;
}

/** A pixel as the data has it, and the place of one in a row, which 16 bits hold. */
const PIXEL_BYTES = 1;
const PLACE_BYTES = 2;
const LABEL_BYTES = 1;

/**
 * The compulsory traffic of an epoch: what any implementation must move between its arithmetic and the
 * level of memory where the data lie, if it keeps all else in registers.
 *
 * - Each example's pixels are read once in an epoch, a byte each as they come (a kernel that keeps float32
 *   pixels moves four times as many), or 3 bytes for each pixel that is not 0: its value and its place.
 * - In each step the parameters are read by the gradient (1); the gradient is written (2) and read by the
 *   update (3), which reads the parameters (4) and writes them (5).
 *
 * Activations, deltas and what a kernel copies for itself do not count: they need not leave the core.
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
