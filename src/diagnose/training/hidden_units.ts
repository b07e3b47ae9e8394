import { pixelTable } from "../../model/convention.ts";
import type { Dataset } from "../../data/dataset.ts";
import { activate, activationSlope } from "../../model/activation.ts";
import { canonicalLayout } from "../../model/layout.ts";
import type { Network } from "../../model/network.ts";

/** The neurons of one hidden layer. */
interface HiddenUnits {
  /** Counted from 1. */
  readonly layer: number;
  /** Share of (neuron, example) pairs with f′ < 0.01, which pass on almost no gradient. */
  readonly saturated: number;
  /** Share of neurons whose f′ is 0 for every example. */
  readonly dead: number;
}

/** A 25th of the largest slope of a sigmoid, ¼. */
const SATURATED_SLOPE = 0.01;

/** Counts saturated and dead neurons of every hidden layer over the first `count` examples. */
export function hiddenUnits(
  network: Network,
  parameters: Float64Array,
  { features, pixels, count: all }: Dataset,
  count: number,
): HiddenUnits[] {
  const hidden = canonicalLayout(network).layers.slice(0, -1);
  const rows = Math.min(count, all);
  const values = pixelTable(network);
  const saturated = hidden.map(() => 0);
  const alive = hidden.map(({ outputs }) => new Uint8Array(outputs));
  for (let n = 0; n < rows; n++) {
    let a = Float64Array.from(
      pixels.subarray(n * features, (n + 1) * features),
      (byte) => values[byte],
    );
    for (const [l, { inputs, outputs, weightOffset, biasOffset }] of hidden.entries()) {
      const next = new Float64Array(outputs);
      for (let o = 0; o < outputs; o++) {
        let z = parameters[biasOffset + o];
        for (let i = 0; i < inputs; i++) z += parameters[weightOffset + o * inputs + i] * a[i];
        next[o] = activate(network.hiddenActivation, z);
        const slope = activationSlope(network.hiddenActivation, next[o]);
        if (slope < SATURATED_SLOPE) saturated[l]++;
        if (slope > 0) alive[l][o] = 1;
      }
      a = next;
    }
  }
  return hidden.map(({ outputs }, l) => ({
    layer: l + 1,
    saturated: saturated[l] / (rows * outputs),
    dead: 1 - alive[l].reduce((sum, one) => sum + one, 0) / outputs,
  }));
}
