import type { Kernel, Precision } from "../gradients/contract.ts";
import type { Layout } from "../model/layout.ts";
import type { Network } from "../model/network.ts";
import type { Fault } from "../format/fault.ts";
import { asText } from "./call_kernel.ts";

/** How an opened kernel's arrays or layout break the contract; undefined if they do not. */
export function contractFault(
  kernel: Kernel,
  precision: Precision,
  network: Network,
): Fault | undefined {
  // A plug-in's kernel is not type-checked.
  const given: Partial<Kernel> | null | undefined = kernel;
  if (given?.mode !== "sync" && given?.mode !== "async") {
    return { kind: "member", name: "mode", found: asText(given?.mode) };
  }
  if (typeof given.lossAndGradient !== "function") {
    return { kind: "member", name: "lossAndGradient", found: typeof given.lossAndGradient };
  }
  if (!Array.isArray(given.layout?.layers)) {
    return { kind: "member", name: "layout.layers", found: typeof given.layout?.layers };
  }
  const { layout } = kernel;
  const wanted = precision === "float32" ? Float32Array : Float64Array;
  const expected = precision === "float32" ? "Float32Array" : "Float64Array";
  for (const name of ["parameters", "gradient"] as const) {
    const array: unknown = kernel[name];
    if (!(array instanceof wanted) || array.length !== layout.length) {
      const found = ArrayBuffer.isView(array)
        ? { found: array.constructor.name, length: kernel[name].length }
        : { found: typeof array };
      return { kind: "array", name, ...found, expected, layoutLength: asText(layout.length) };
    }
    // A subclass or a proxy could notice who reads it and answer accordingly.
    const kind: unknown = Reflect.get(wanted.prototype, Symbol.toStringTag, array);
    if (kind !== expected || Object.getPrototypeOf(array) !== wanted.prototype) {
      return { kind: "disguised-array", name, expected };
    }
  }
  return layoutFault(layout, network);
}

/** Every weight and bias needs its own place inside the array. */
function layoutFault({ length, layers }: Layout, network: Network): Fault | undefined {
  const sizes = network.layerSizes;
  if (layers.length !== sizes.length - 1) {
    return { kind: "layer-count", found: layers.length, expected: sizes.length - 1 };
  }
  const taken = new Uint8Array(length);
  for (const [l, layer] of layers.entries()) {
    if (layer.inputs !== sizes[l] || layer.outputs !== sizes[l + 1]) {
      const found = [asText(layer.inputs), asText(layer.outputs)];
      return { kind: "layer-size", layer: l + 1, found, expected: sizes.slice(l, l + 2) };
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
        return {
          kind: "parameter-place",
          layer: l + 1,
          output: o,
          ...(!isBias && { input: i }),
          at: asText(at),
          isTaken: taken[at] === 1,
          length,
        };
      }
    }
  }
  return undefined;
}
