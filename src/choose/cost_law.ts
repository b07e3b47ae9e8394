import { parameterCount } from "../model/layout.ts";
import type { Network } from "../model/network.ts";
import { layerShapes } from "../model/network.ts";

/** What decides how long a program takes, apart from the machine. */
export interface Workload extends Network {
  readonly examples: number;
  readonly batchSize: number;
}

/**
 * Counts of work, each of which takes a program some time: a coefficient per count, never below 0, makes a law of its
 * time.
 */
export type CostLaw = (work: Workload) => number[];

const unitsOf = ({ layerSizes }: Network): number => layerSizes.slice(1).reduce((a, b) => a + b);

/** Multiplications behind the first layer: forward, per example. */
const laterWork = (network: Network): number =>
  layerShapes(network).slice(1).reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);

/**
 * An epoch: every step has a cost of its own and moves all parameters; every example is read, is multiplied with the
 * first layer (where zero pixels may be skipped) and with the later ones, and passes through all activations.
 */
export const EPOCH_LAW: CostLaw = (work) => {
  const { examples, batchSize, layerSizes } = work;
  const steps = Math.ceil(examples / batchSize);
  return [
    steps,
    steps * parameterCount(work),
    examples,
    examples * layerSizes[1],
    examples * laterWork(work),
    examples * unitsOf(work),
  ];
};

/** Opening a kernel: it may convert every example, and allocate parameters and room for a minibatch. */
export const START_LAW: CostLaw = (work) => [
  1,
  work.examples,
  parameterCount(work),
  work.batchSize * unitsOf(work),
];

/** Where a workload lies among others: logarithms of m, B, the first layer's width and the work behind it. */
export const placeOf = (work: Workload): number[] => [
  Math.log(work.examples),
  Math.log(Math.min(work.batchSize, work.examples)),
  Math.log(work.layerSizes[1]),
  Math.log(1 + laterWork(work)),
];
