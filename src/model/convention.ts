import { canonicalLayout } from "./layout.ts";
import type { Network } from "./network.ts";
import { pixelExpression } from "./pixel_expression.ts";

type Declared = Pick<Network, "convention">;

export const USUAL_TARGETS = [0, 1] as const;

export const targetsIn = ({ convention }: Declared): readonly [low: number, high: number] =>
  convention?.targets ?? USUAL_TARGETS;

/** (256) what enters the first layer for each byte. */
export function pixelTable({ convention }: Declared): Float64Array {
  const of = pixelExpression(convention?.pixels ?? "x");
  return Float64Array.from({ length: 256 }, (_, byte) => of(byte / 255));
}

/** Adds λw to the gradient of each weight (canonical order) and returns ½λ‖W‖². */
export function addDecay(
  network: Network,
  parameters: ArrayLike<number>,
  gradient: Float64Array,
): number {
  const rate = network.convention?.weightDecay ?? 0;
  if (rate === 0) return 0;
  let squares = 0;
  for (const { weightOffset, biasOffset } of canonicalLayout(network).layers) {
    for (let p = weightOffset; p < biasOffset; p++) {
      gradient[p] += rate * parameters[p];
      squares += parameters[p] ** 2;
    }
  }
  return 0.5 * rate * squares;
}
