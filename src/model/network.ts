export const HIDDEN_ACTIVATIONS = ["sigmoid", "tanh", "relu"] as const;
export const OUTPUT_LOSSES = ["sigmoid-quadratic", "softmax-cross-entropy"] as const;
export const INITIALISATIONS = ["scaled-normal", "uniform"] as const;

export type HiddenActivation = typeof HIDDEN_ACTIVATIONS[number];
/** The output activation and the loss on it belong together: their derivatives combine. */
export type OutputLoss = typeof OUTPUT_LOSSES[number];
export type Initialisation = typeof INITIALISATIONS[number];

/** A multilayer perceptron: every layer is fully connected, z = w · a + b, a = activation(z). */
export interface Network {
  /** Widths from the input to the output, at least two: [784, 16, 16, 10]. */
  readonly layerSizes: readonly number[];
  readonly hiddenActivation: HiddenActivation;
  readonly outputLoss: OutputLoss;
}
