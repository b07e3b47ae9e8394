import type { Finding } from "../../format/finding.ts";
import type { Network } from "../../model/network.ts";
import type { Case } from "./examined_kernel.ts";

/** Sizes that differ by less are equal: an ε under the root of Adam leaves so much. */
const NEARLY = 0.02;
const MOST = 0.98;
const FEWEST = 30;
/** Right elements below this share of the largest may be rounding. */
const NOTHING = 1e-6;

/**
 * Every element of every gradient is 0 or ± one number, where the right ones differ: what the first step of Adam, RMSProp
 * and Adagrad leaves of a gradient. Undefined where that is not so.
 */
export function signsAlone(cases: readonly Case[], network: Network): Finding | undefined {
  const sizes = cases.flatMap(({ gradient }) => [...gradient].map(Math.abs).filter((g) => g > 0));
  if (sizes.length < FEWEST) return undefined;
  const value = sizes.toSorted((a, b) => a - b)[Math.floor(sizes.length / 2)];
  const near = sizes.filter((g) => Math.abs(g / value - 1) < NEARLY);
  if (near.length < MOST * sizes.length) return undefined;
  let [same, all] = [0, 0];
  for (const { gradient, expected } of cases) {
    const largest = expected.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    expected.forEach((g, p) => {
      if (Math.abs(g) <= NOTHING * largest) return;
      all++;
      same += Number(Math.sign(g) === Math.sign(gradient[p]));
    });
  }
  const lengths = cases.map(({ batch }) => batch.length);
  const isRight = same >= MOST * all;
  return {
    id: "clipped",
    layers: Array.from({ length: network.layerSizes.length - 1 }, (_, l) => l + 1),
    form: "signs",
    value: Number(value.toPrecision(2)),
    found: "g = ± one number for every element",
    right: "g as it is",
    ...(isRight && {
      agreement: {
        minibatches: cases.length,
        fewestExamples: Math.min(...lengths),
        mostExamples: Math.max(...lengths),
        error: 1 - same / all,
      },
    }),
  };
}
