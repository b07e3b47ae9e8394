import type { OtherNetwork } from "../../format/program_protocol.ts";
import type { FixedNetwork } from "../../gradients/contract.ts";
import { HIDDEN_ACTIVATIONS, type Network, OUTPUT_LOSSES } from "../../model/network.ts";

/** Hidden widths that differ from each other: a program that takes one for another fails. */
const HIDDEN = [[7, 5], [6, 5, 4]];

/** Two and three hidden layers between the pixels and classes of a network, as far as a program allows it. */
export const otherShapes = ({ layerSizes }: Network, fixed: FixedNetwork): OtherNetwork[] =>
  fixed.layerSizes ? [] : HIDDEN.map((hidden) => ({
    layerSizes: [layerSizes[0], ...hidden, layerSizes[layerSizes.length - 1]],
  })).filter((one) => one.layerSizes.join() !== layerSizes.join());

/** The same depth with equal hidden widths: it shows whether depth or widths are at fault. */
export function equalWidths({ layerSizes = [] }: OtherNetwork): OtherNetwork {
  const top = layerSizes.length - 1;
  return { layerSizes: layerSizes.map((size, l) => l === 0 || l === top ? size : layerSizes[1]) };
}

/** Every other activation and loss, as far as a program allows it. */
export const otherFunctions = (
  { hiddenActivation, outputLoss }: Network,
  fixed: FixedNetwork,
): OtherNetwork[] => [
  ...HIDDEN_ACTIVATIONS.filter((one) => one !== hiddenActivation && !fixed.hiddenActivation)
    .map((one) => ({ hiddenActivation: one })),
  ...OUTPUT_LOSSES.filter((one) => one !== outputLoss && !fixed.outputLoss)
    .map((one) => ({ outputLoss: one })),
];
