import type { Kernel, Precision } from "../gradients/contract.ts";
import type { Layout } from "../model/layout.ts";
import type { Network } from "../model/network.ts";

/** How an opened kernel's arrays or layout break the contract, in words; undefined if they do not. */
export function contractFault(
  kernel: Kernel,
  precision: Precision,
  network: Network,
): string | undefined {
  // A plug-in's kernel is not type-checked.
  const given: Partial<Kernel> | null | undefined = kernel;
  if (given?.mode !== "sync" && given?.mode !== "async") {
    return `the kernel's mode is ${given?.mode}, expected "sync" or "async"`;
  }
  if (typeof given.lossAndGradient !== "function") {
    return `lossAndGradient is ${typeof given.lossAndGradient}, expected a function`;
  }
  if (!Array.isArray(given.layout?.layers)) return "the kernel has no layout with layers";
  const { layout } = kernel;
  const wanted = precision === "float32" ? Float32Array : Float64Array;
  for (const name of ["parameters", "gradient"] as const) {
    const array: unknown = kernel[name];
    if (!(array instanceof wanted) || array.length !== layout.length) {
      const found = ArrayBuffer.isView(array)
        ? `a ${array.constructor.name} of ${kernel[name].length}`
        : typeof array;
      return `${name} is ${found}, expected a ${wanted.name} of layout.length = ${layout.length}`;
    }
    // A subclass or a proxy could notice who reads it and answer accordingly.
    const kind: unknown = Reflect.get(wanted.prototype, Symbol.toStringTag, array);
    if (kind !== wanted.name || Object.getPrototypeOf(array) !== wanted.prototype) {
      return `${name} is a subclass or proxy of ${wanted.name}, expected a plain one`;
    }
  }
  return layoutFault(layout, network);
}

/** Every weight and bias needs its own place inside the array. */
function layoutFault({ length, layers }: Layout, network: Network): string | undefined {
  const sizes = network.layerSizes;
  if (layers.length !== sizes.length - 1) {
    return `layout has ${layers.length} layers, expected ${sizes.length - 1}`;
  }
  const taken = new Uint8Array(length);
  for (const [l, layer] of layers.entries()) {
    if (layer.inputs !== sizes[l] || layer.outputs !== sizes[l + 1]) {
      return `layout's layer ${l + 1} is ${layer.inputs} → ${layer.outputs}, ` +
        `expected ${sizes[l]} → ${sizes[l + 1]}`;
    }
    for (let o = 0; o < layer.outputs; o++) {
      // i = inputs stands for the bias.
      for (let i = 0; i <= layer.inputs; i++) {
        const isBias = i === layer.inputs;
        const at = isBias
          ? layer.biasOffset + o * layer.biasStride
          : layer.weightOffset + o * layer.outStride + i * layer.inStride;
        if (taken[at] === 0) {
          taken[at] = 1;
          continue;
        }
        const name = isBias ? `bias ${o}` : `weight [${o}][${i}]`;
        return `layout puts ${name} of layer ${l + 1} at ${at}, ` +
          (taken[at] === 1 ? "where another parameter is" : `expected 0 to ${length - 1}`);
      }
    }
  }
  return undefined;
}
