import { join } from "node:path";
import { writeTemporary } from "../base/files.ts";
import { initialParameters } from "../model/initialise.ts";
import { epochOrder } from "../model/order.ts";
import type { RunRequest } from "../format/protocol.ts";
import type { Cell } from "../format/trial_record.ts";
import type { Plan } from "../format/plan.ts";

export type PeerFiles = NonNullable<RunRequest["peer"]>;

/** Orders of samples after those of the training; later samples start again with the first. */
const SAMPLED_ORDERS = 4;

/**
 * Initial parameters and orders of examples of a cell, as raw files in `folder`: a peer lacks Slope's generator and
 * shuffle. Each file is written when first needed. Throws InputError when it cannot be written.
 */
export function peerFilesIn(folder: string, plan: Plan): (cell: Cell) => PeerFiles {
  const made = new Map<string, string>();
  const write = (name: string, bytes: () => Uint8Array): string => {
    const path = made.get(name) ?? writeTemporary(join(folder, name), bytes());
    made.set(name, path);
    return path;
  };
  const orderCount = plan.epochs + SAMPLED_ORDERS;
  return ({ seed, examples, ...network }) => ({
    initial: write(
      `initial-${seed}-${network.layerSizes.join("-")}.f64`,
      () => new Uint8Array(initialParameters(network, plan.initialisation, seed).buffer),
    ),
    orders: write(`orders-${seed}-${examples}.u32`, () => {
      const orders = new Uint32Array(orderCount * examples);
      for (let e = 0; e < orderCount; e++) {
        orders.set(epochOrder(examples, seed, e + 1), e * examples);
      }
      return new Uint8Array(orders.buffer);
    }),
    orderCount,
  });
}
