import { randomFrom } from "../../src/base/random.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import type { Problem } from "../../src/gradients/contract.ts";
import type { HiddenActivation, Network, OutputLoss } from "../../src/model/network.ts";

export const networkOf = (
  layerSizes: readonly number[],
  hiddenActivation: HiddenActivation = "sigmoid",
  outputLoss: OutputLoss = "sigmoid-quadratic",
): Network => ({ layerSizes, hiddenActivation, outputLoss });

/** Random examples, a fifth of whose pixels are not 0. */
export function randomDataset(count: number, features: number, classes: number): Dataset {
  const random = randomFrom(1, "test examples");
  return {
    count,
    features,
    classes,
    pixels: new Uint8Array(count * features).map(() =>
      random.uniform() < 0.2 ? random.integer(256) : 0
    ),
    labels: new Uint8Array(count).map(() => random.integer(classes)),
  };
}

/** A problem with `count` random examples, for one thread. */
export function problemOf(network: Network, count: number, maxBatchSize: number): Problem {
  const features = network.layerSizes[0];
  const classes = network.layerSizes[network.layerSizes.length - 1];
  return { network, dataset: randomDataset(count, features, classes), maxBatchSize, threads: 1 };
}
