import type { ComparedCell, Comparison } from "../format/comparison.ts";
import { FORMAT_VERSION } from "../format/trial_record.ts";
import { logTime } from "../stats/log_time.ts";
import { median } from "../stats/statistics.ts";
import type { TrialSamples } from "../stats/trial_samples.ts";
import { ALPHA, overall } from "../stats/verdict.ts";
import type { NamedRun } from "./noise_floor.ts";

/** What a comparison needs beside what follows from its cells. */
type Parts =
  & Omit<Comparison, "schema" | "verdict" | "noiseFloor" | "alpha" | "commonRatio" | "wrongCells">
  & { noiseFloor: number | undefined };

export const comparisonOf = ({ noiseFloor, ...parts }: Parts): Comparison => ({
  schema: FORMAT_VERSION,
  verdict: overall(parts.cells.map(({ verdict }) => verdict)),
  ...(noiseFloor !== undefined && { noiseFloor }),
  alpha: ALPHA,
  commonRatio: Math.exp(median(parts.cells.map(({ ratio }) => Math.log(ratio)))),
  wrongCells: parts.refused.filter(({ reason }) => reason.kind === "wrong").length,
  ...parts,
});

export function identityOf({ name, run }: NamedRun): Comparison["b"] {
  const { gitCommit, slope } = run.environment;
  return {
    run: name,
    startedAt: run.sessions[0].startedAt,
    ...(gitCommit !== undefined && { gitCommit }),
    slope,
  };
}

/** A side of the ratio; tables show a median over trials, which is not quite the same figure. */
export const sideOf = (trials: readonly TrialSamples[]): ComparedCell["a"] => ({
  nsPerEpoch: Math.exp(logTime(trials).value),
  trials: trials.length,
});
