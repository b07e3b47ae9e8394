import type { Cell } from "../format/trial_record.ts";
import type { SpeedVerdict } from "../format/comparison.ts";
import { kernelOf, shareLuck, sideOfPairs } from "./kernel_ratio.ts";
import { pairedRatio, unpairedRatio } from "../stats/ratio.ts";
import { readings } from "./reading.ts";
import type { TrialSamples } from "../stats/trial_samples.ts";

/** A cell and its baseline, in the same run. */
export interface AgainstBaseline {
  readonly cell: Cell;
  readonly baseline: readonly TrialSamples[];
  readonly own: readonly TrialSamples[];
}

/**
 * Whether each cell is faster or slower than its baseline, as one of all these: below `noiseFloor` (a factor
 * less 1; 0 where it is unknown) no difference counts.
 */
export function speedupVerdicts(
  cells: readonly AgainstBaseline[],
  noiseFloor: number,
): SpeedVerdict[] {
  const ratios = cells.map(({ baseline, own }) =>
    pairedRatio(baseline, own) ?? unpairedRatio(baseline, own)
  );
  const shared = shareLuck(
    ratios,
    cells.map(({ cell }) => kernelOf(cell)),
    cells.map(({ baseline, own }) => sideOfPairs(baseline, own)),
  );
  return readings(shared, noiseFloor).map(({ verdict }) => verdict);
}
