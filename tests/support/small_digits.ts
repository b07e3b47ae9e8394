import type { Dataset } from "../../src/data/dataset.ts";
import { syntheticDigits } from "../../src/data/synthetic.ts";

/** Every second row and column of synthetic digits: 196 pixels, so that training them costs a quarter. */
export function smallDigits(...which: Parameters<typeof syntheticDigits>): Dataset {
  const { pixels, ...digits } = syntheticDigits(...which);
  const kept = Array.from({ length: 196 }, (_, i) => 56 * Math.floor(i / 14) + 2 * (i % 14));
  return {
    ...digits,
    features: 196,
    pixels: Uint8Array.from(
      { length: 196 * digits.count },
      (_, i) => pixels[784 * Math.floor(i / 196) + kept[i % 196]],
    ),
  };
}
