/**
 * A sample must be faster than the ceiling by more than this factor before it is held to be impossible.
 * Fixed beforehand: a machine may be half as fast again as when its ceilings were measured (turbo, a
 * neighbour that went away), and the simple loops may miss the true maximum by some per cent; an honest
 * implementation seldom reaches two thirds of it. What skips less than half of its work is not found so.
 */
export const CEILING_MARGIN = 2;

/** What bounds the speed of a cell. */
export interface SpeedLimit {
  /** The least FLOP that an honest implementation of its kind needs in an epoch. */
  readonly flopPerEpoch: number;
  /** The highest rate that was measured, without any margin. */
  readonly flopPerSecond: number;
}

/**
 * Why samples cannot be what they say they are: the fastest did its FLOP at a rate far above what the machine
 * can do, so it skipped work. Undefined when all are possible. A sample of 0 ns is one that the clock did
 * not see, and says nothing.
 */
export function fasterThanCeiling(
  samplesNs: readonly number[],
  epochsPerSample: number,
  { flopPerEpoch, flopPerSecond }: SpeedLimit,
): string | undefined {
  const seen = samplesNs.filter((ns) => ns > 0);
  if (seen.length === 0) return undefined;
  const fastestNs = seen.reduce((a, b) => Math.min(a, b)) / epochsPerSample;
  const rate = flopPerEpoch / (fastestNs * 1e-9);
  if (rate <= CEILING_MARGIN * flopPerSecond) return undefined;
  return `faster than this machine's ceiling: an epoch needs at least ${
    mega(flopPerEpoch)
  } MFLOP and ` +
    `was done in ${plain(fastestNs / 1e3)} µs, at ${giga(rate)} GFLOP/s; the ceiling is ` +
    `${
      giga(flopPerSecond)
    } GFLOP/s, with a margin of ${CEILING_MARGIN}. It skipped work, or computes ` +
    `with more than it declares (backEnd, needs)`;
}

const giga = (rate: number): string => plain(rate / 1e9);
const mega = (flop: number): string => plain(flop / 1e6);

/** Three digits, without an exponent. */
const plain = (value: number): string => String(Number(value.toPrecision(3)));
