import type { HeldOut } from "../format/laws.ts";
import { predictLast } from "../stats/hold_out.ts";
import type { LogPoints, PowerModel } from "../stats/power_law.ts";
import { CONFIDENCE } from "../stats/trial_samples.ts";

/** What the other sizes predict for the largest, beside what was measured there; undefined with too few sizes. */
export function heldOutOf(
  points: LogPoints,
  modelOf: (sizes: number) => PowerModel,
  examples: number,
  measured: number,
): HeldOut | undefined {
  const prediction = predictLast(points, modelOf);
  if (prediction === undefined) return undefined;
  const [value, low, high] = [prediction.value, prediction.low, prediction.high].map(Math.exp);
  return {
    examples,
    predicted: { value, low, high, confidence: CONFIDENCE },
    measured,
    error: value / measured - 1,
    isCovered: low <= measured && measured <= high,
  };
}
