import type { Failure } from "../format/reason.ts";

/**
 * A sample is impossible only if it beats the ceiling by more than this factor, which is fixed beforehand. A machine
 * may run half as fast again as when its ceilings were measured (turbo, a neighbour that left), and the simple loops
 * may miss the true maximum by a few per cent. Honest implementations rarely reach two thirds of the ceiling. Skipping
 * less than half of the work is not detected here.
 */
export const CEILING_MARGIN = 2;

export interface SpeedLimit {
  /** The least FLOP that an honest implementation of its kind needs in an epoch. */
  readonly flopPerEpoch: number;
  /** The highest rate that was measured, without any margin. */
  readonly flopPerSecond: number;
}

/**
 * Explains why samples cannot be true: the fastest one did its FLOP far faster than the machine can, so it skipped
 * work. Undefined if all are possible. A sample of 0 ns was too short for the clock and proves nothing.
 */
export function fasterThanCeiling(
  samplesNs: readonly number[],
  epochsPerSample: number,
  { flopPerEpoch, flopPerSecond }: SpeedLimit,
): Extract<Failure, { kind: "faster-than-ceiling" }> | undefined {
  const seen = samplesNs.filter((ns) => ns > 0);
  if (seen.length === 0) return undefined;
  const fastestNs = seen.reduce((a, b) => Math.min(a, b)) / epochsPerSample;
  const rate = flopPerEpoch / (fastestNs * 1e-9);
  if (rate <= CEILING_MARGIN * flopPerSecond) return undefined;
  return {
    kind: "faster-than-ceiling",
    flopPerEpoch,
    fastestNs,
    ceilingFlopPerSecond: flopPerSecond,
    margin: CEILING_MARGIN,
  };
}
