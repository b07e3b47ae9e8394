import { known } from "../base/known.ts";
import { InputError } from "../base/errors.ts";
import { checkNetwork, HIDDEN_ACTIVATIONS, type Network, OUTPUT_LOSSES } from "../model/network.ts";

const NETWORK: Network = {
  layerSizes: [784, 16, 16, 10],
  hiddenActivation: "sigmoid",
  outputLoss: "sigmoid-quadratic",
};

/** A network with the defaults of the command line for what is not given. Throws InputError for what is none. */
export function completeNetwork(given: Partial<Network>): Network {
  const network: Network = { ...NETWORK, ...present(given) };
  const { layerSizes, hiddenActivation, outputLoss } = network;
  if (!Array.isArray(layerSizes)) {
    throw new InputError(
      `Cannot build the network: layerSizes is ${typeof layerSizes}, expected a list of widths`,
      "pass them from pixels to labels, as [784, 16, 16, 10]",
    );
  }
  checkNetwork(network, layerSizes[0], layerSizes[layerSizes.length - 1]);
  checkName("hiddenActivation", hiddenActivation, HIDDEN_ACTIVATIONS);
  checkName("outputLoss", outputLoss, OUTPUT_LOSSES);
  return network;
}

function checkName(field: string, value: string, names: readonly string[]): void {
  if (names.includes(value)) return;
  throw new InputError(
    `Cannot build the network: ${field} is "${value}", expected ${names.join(" or ")}`,
    `pass one of them, or no ${field}`,
  );
}

/** Without fields that are there and undefined. */
const present = <T extends object>(given: T) =>
  known(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
