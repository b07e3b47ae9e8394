import { InputError } from "../base/errors.ts";

export const HIDDEN_ACTIVATIONS = ["sigmoid", "tanh", "relu"] as const;
export const OUTPUT_LOSSES = ["sigmoid-quadratic", "softmax-cross-entropy"] as const;
export const INITIALISATIONS = ["scaled-normal", "uniform"] as const;

export type HiddenActivation = typeof HIDDEN_ACTIVATIONS[number];
/** Output activation and loss are one choice, because their derivatives combine. */
export type OutputLoss = typeof OUTPUT_LOSSES[number];
export type Initialisation = typeof INITIALISATIONS[number];

/** What a program does on purpose otherwise than usual. The oracle follows it; absent fields are the usual. */
export interface Convention {
  /** Numbers that the outputs are compared with: of the wrong classes, and of the right one. Usually 0 and 1. */
  readonly targets?: readonly [low: number, high: number] | undefined;
  /** A pixel as an expression of x = byte / 255. Usually x. */
  readonly pixels?: string | undefined;
  /** λ: the loss has ½λ‖W‖² more, and the gradient of each weight λw. Biases do not decay. */
  readonly weightDecay?: number | undefined;
  /** μ: v = μ v + g takes the place of the gradient g, in what the program returns or in its own update. */
  readonly momentum?: number | undefined;
}

/** A multilayer perceptron: every layer is fully connected, z = w · a + b, a = activation(z). */
export interface Network {
  /** Widths from input to output, at least two: [784, 16, 16, 10]. */
  readonly layerSizes: readonly number[];
  readonly hiddenActivation: HiddenActivation;
  readonly outputLoss: OutputLoss;
  /** Absent: pixels are byte / 255, targets 0 and 1, weights do not decay, and steps have no momentum. */
  readonly convention?: Convention | undefined;
}

export const layerShapes = ({ layerSizes }: Pick<Network, "layerSizes">) =>
  layerSizes.slice(1).map((outputs, l) => ({ inputs: layerSizes[l], outputs }));

/**
 * Throws InputError if a network does not fit examples of `features` pixels and `classes` labels. Checked once at
 * the edge; all code below trusts the sizes.
 */
export function checkNetwork(
  { layerSizes }: Pick<Network, "layerSizes">,
  features: number,
  classes: number,
): void {
  const shown = layerSizes.join(",");
  const hint = `name the widths from pixels to labels: --layers ${features},…,${classes}`;
  const fail = (state: string): never => {
    throw new InputError(`Cannot build the network ${shown || "without layers"}: ${state}`, hint);
  };
  if (layerSizes.length < 2) {
    fail(`it has ${layerSizes.length} of the 2 layer sizes that it needs at least`);
  }
  for (const [layer, size] of layerSizes.entries()) {
    if (!Number.isSafeInteger(size) || size < 1) {
      fail(`layer size ${layer + 1} is ${size}, expected a whole number of at least 1`);
    }
  }
  if (layerSizes[0] !== features) {
    fail(`layer size 1 is ${layerSizes[0]}, expected ${features}, the pixels of an example`);
  }
  const last = layerSizes.length;
  if (layerSizes[last - 1] !== classes) {
    fail(
      `layer size ${last} (the last) is ${
        layerSizes[last - 1]
      }, expected ${classes}, the labels of the data`,
    );
  }
}
