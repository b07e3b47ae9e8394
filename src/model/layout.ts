import { layerShapes, type Network } from "./network.ts";

/** Sets the biases of an array in canonical order to 0, and returns it. */
export function eraseBiases(network: Network, canonical: Float64Array): Float64Array {
  for (const { biasOffset, outputs } of canonicalLayout(network).layers) {
    canonical.fill(0, biasOffset, biasOffset + outputs);
  }
  return canonical;
}

/**
 * Where one layer's weights and biases lie in a flat array of parameters or of their gradient: w[out][in] at
 * `weightOffset + out · outStride + in · inStride`, b[out] at `biasOffset + out · biasStride`.
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
 * Where every parameter of a network lies. Elements that no layer uses are padding: updates may change them,
 * nothing reads them.
 */
export interface Layout {
  /** Elements of the flat array, padding included. */
  readonly length: number;
  readonly layers: readonly LayerLayout[];
}

export function parameterCount(network: Network): number {
  return layerShapes(network).reduce((sum, { inputs, outputs }) => sum + outputs * (inputs + 1), 0);
}

/**
 * The layout of files, of short-form plug-ins and of the oracle: layer by layer the weights row-major
 * [out][in], then the biases [out], without padding.
 */
export const canonicalLayout = (network: Network): Layout =>
  layoutOf(network, ({ inputs }) => ({ outStride: inputs, inStride: 1 }));

/** Layer by layer the weights [in][out], then the biases [out]: all weights of one input lie side by side. */
export const inputMajorLayout = (network: Network): Layout =>
  layoutOf(network, ({ outputs }) => ({ outStride: 1, inStride: outputs }));

type Shape = Pick<LayerLayout, "inputs" | "outputs">;

function layoutOf(
  network: Network,
  strides: (shape: Shape) => Pick<LayerLayout, "outStride" | "inStride">,
): Layout {
  let length = 0;
  const layers = layerShapes(network).map((shape): LayerLayout => {
    const weightOffset = length;
    const biasOffset = weightOffset + shape.inputs * shape.outputs;
    length = biasOffset + shape.outputs;
    return { ...shape, weightOffset, ...strides(shape), biasOffset, biasStride: 1 };
  });
  return { length, layers };
}

/**
 * Copies `canonical` (parameterCount) to `into` (layout.length), as `layout` says. Padding keeps its values. Throws
 * RangeError if a length does not fit.
 */
export function writeParameters(
  canonical: Float64Array,
  network: Network,
  layout: Layout,
  into: Float32Array | Float64Array,
): void {
  checkLengths(canonical, network, layout, into);
  forEachParameter(layout, (at, index) => into[at] = canonical[index]);
}

/** Copies `from` (layout.length) to a new array in canonical order (parameterCount). Throws RangeError likewise. */
export function readParameters(
  from: Float32Array | Float64Array,
  layout: Layout,
  network: Network,
): Float64Array {
  const canonical = new Float64Array(parameterCount(network));
  checkLengths(canonical, network, layout, from);
  forEachParameter(layout, (at, index) => canonical[index] = from[at]);
  return canonical;
}

function forEachParameter(layout: Layout, visit: (at: number, index: number) => void): void {
  let index = 0;
  for (const layer of layout.layers) {
    for (let o = 0; o < layer.outputs; o++) {
      for (let i = 0; i < layer.inputs; i++) {
        visit(layer.weightOffset + o * layer.outStride + i * layer.inStride, index++);
      }
    }
    for (let o = 0; o < layer.outputs; o++) visit(layer.biasOffset + o * layer.biasStride, index++);
  }
}

function checkLengths(
  canonical: Float64Array,
  network: Network,
  layout: Layout,
  array: Float32Array | Float64Array,
): void {
  const count = parameterCount(network);
  if (canonical.length !== count) {
    throw new RangeError(
      `Cannot copy parameters: ${canonical.length} in canonical order, expected ${count}`,
    );
  }
  if (array.length !== layout.length) {
    throw new RangeError(
      `Cannot copy parameters: the array has ${array.length} elements, expected ${layout.length}`,
    );
  }
  const fits = layout.layers.length === network.layerSizes.length - 1 &&
    layout.layers.every((layer, l) =>
      layer.inputs === network.layerSizes[l] && layer.outputs === network.layerSizes[l + 1]
    );
  if (!fits) {
    throw new RangeError(
      `Cannot copy parameters: the layout's layers are not ${network.layerSizes.join("-")}`,
    );
  }
}
