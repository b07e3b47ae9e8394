import { median } from "../../base/statistics.ts";
import type { TrialRecord } from "../../trial/record.ts";

/** What a page that follows a sweep is told of a trial: little, because the sweep is measuring beside it. */
export function trialEvent(trial: TrialRecord) {
  const { cell, status, round, reason, samplesNs, epochsPerSample } = trial;
  const label = [
    cell.implementation,
    cell.runtime,
    ...(cell.threads > 1 ? [`${cell.threads} threads`] : []),
    `B = ${cell.batchSize}`,
    ...(cell.copy === undefined ? [] : [cell.copy]),
  ].join(" · ");
  return {
    label,
    examples: cell.examples,
    round,
    status,
    ...(reason !== undefined && { reason }),
    ...(status === "ok" && epochsPerSample !== undefined && samplesNs.length > 0 && {
      nsPerExample: median(samplesNs) / epochsPerSample / cell.examples,
    }),
  };
}
