import { known } from "../base/known.ts";
import type { ComparedCell, Comparison } from "../format/comparison.ts";
import { measuredCommit } from "../format/plan.ts";
import { FORMAT_VERSION } from "../format/trial_record.ts";
import { logTime } from "../stats/log_time.ts";
import { median } from "../stats/statistics.ts";
import type { TrialSamples } from "../stats/trial_samples.ts";
import { ALPHA, overall, type Reading } from "../stats/verdict.ts";
import type { NamedRun } from "./noise_floor.ts";

/** Every compared cell has two trials on each side, and so an interval. */
export type BoundedReading = Reading & Required<Pick<Reading, "interval">>;

type Unknown = "noiseFloor" | "pace" | "waiting";
type Derived = "schema" | "verdict" | "alpha" | "commonRatio" | "wrongCells";

/** A comparison from what does not follow from its cells. */
export const comparisonOf = (
  { noiseFloor, ...parts }:
    & Omit<Comparison, Derived | Unknown>
    & { [K in Unknown]?: Comparison[K] | undefined },
): Comparison =>
  known({
    schema: FORMAT_VERSION,
    verdict: overall(parts.cells.map(({ verdict }) => verdict)),
    noiseFloor,
    alpha: ALPHA,
    commonRatio: Math.exp(median(parts.cells.map(({ ratio }) => Math.log(ratio)))),
    wrongCells: parts.refused.filter(({ reason }) => reason.kind === "wrong").length,
    ...parts,
  });

export function identityOf({ name, run }: NamedRun) {
  const { slope } = run.environment;
  const gitCommit = measuredCommit(run);
  return known({ run: name, startedAt: run.sessions[0].startedAt, gitCommit, slope });
}

/** A side of the ratio; tables show a median over trials, which is not quite the same figure. */
export const sideOf = (trials: readonly TrialSamples[]): ComparedCell["a"] => ({
  nsPerEpoch: Math.exp(logTime(trials).value),
  trials: trials.length,
});
