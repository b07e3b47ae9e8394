import type { Dataset } from "../../src/data/dataset.ts";
import { syntheticDigits } from "../../src/data/synthetic.ts";

/** Every `step`th row and column of synthetic digits: (28 / step)² pixels, so that training them costs less. */
export function smallDigits(
  step: 2 | 4,
  ...which: Parameters<typeof syntheticDigits>
): Dataset {
  const { pixels, ...digits } = syntheticDigits(...which);
  const side = 28 / step;
  const features = side ** 2;
  const kept = Array.from(
    { length: features },
    (_, i) => step * (28 * Math.floor(i / side) + i % side),
  );
  return {
    ...digits,
    features,
    pixels: Uint8Array.from(
      { length: features * digits.count },
      (_, i) => pixels[784 * Math.floor(i / features) + kept[i % features]],
    ),
  };
}
