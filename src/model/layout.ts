/**
 * Where the weights and biases of one layer live in a flat array of parameters (or of their gradient):
 * w[out][in] at `weightOffset + out · outStride + in · inStride`, b[out] at `biasOffset + out · biasStride`.
 */
export interface LayerLayout {
  readonly inputs: number;
  readonly outputs: number;
  readonly weightOffset: number;
  readonly outStride: number;
  readonly inStride: number;
  readonly biasOffset: number;
  readonly biasStride: number;
}

/**
 * Where every parameter of a network lives. Elements that no layer names are padding: elementwise
 * updates may touch them, nothing reads them.
 */
export interface Layout {
  /** Elements of the flat array, padding included. */
  readonly length: number;
  readonly layers: readonly LayerLayout[];
}
