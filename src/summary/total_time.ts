import { known } from "../base/known.ts";
import type { CellSummary } from "../format/summary.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { type TrialSamples, weightOf } from "../stats/trial_samples.ts";

/** Set-up and so many epochs, in ns. */
export interface Total {
  /** Absent where it is unknown. */
  readonly setUpNs?: number;
  readonly totalNs: number;
}

/** What a cell takes for `epochs` epochs: the median set-up, and its time per epoch as often. */
export function totalOf(
  { openNs, nsPerEpoch }: Pick<CellSummary, "openNs" | "nsPerEpoch">,
  epochs: number,
): Total {
  return known({ setUpNs: openNs, totalNs: (openNs ?? 0) + epochs * nsPerEpoch.value });
}

/** The steady samples of a cell's trials, each as the total that its process would take: its own set-up is in all. */
export function totalSamples(
  trials: readonly Pick<TrialRecord, "durations">[],
  steady: readonly TrialSamples[],
  epochs: number,
): TrialSamples[] {
  return steady.map((one, i) => ({
    round: one.round,
    ...(one.node !== undefined && { node: one.node }),
    weight: weightOf(one),
    sorted: one.sorted.map((ns) => (trials[i].durations?.openNs ?? 0) + epochs * ns),
  }));
}

interface Line {
  readonly series: number;
  readonly setUpNs: number;
  readonly nsPerEpoch: number;
}

/**
 * Which of `lines` is best from how many epochs on: the lower envelope of set-up + E × epoch over whole E ≥ 1. At
 * `epochs` it is `chosen`: another that is a little better there is as good, so it comes in only beyond.
 */
export function bestByEpochs(
  lines: readonly Line[],
  chosen: Line,
  epochs: number,
): { from: number; series: number }[] {
  const total = ({ setUpNs, nsPerEpoch }: Line, e: number) => setUpNs + e * nsPerEpoch;
  const isAllowed = (line: Line, e: number): boolean =>
    line === chosen || total(line, epochs) > total(chosen, epochs) ||
    (line.nsPerEpoch < chosen.nsPerEpoch ? e > epochs : e < epochs);
  const crossings = lines.flatMap((a) =>
    lines.flatMap((b) => {
      const e = (b.setUpNs - a.setUpNs) / (a.nsPerEpoch - b.nsPerEpoch);
      return e > 0 && Number.isFinite(e) ? [Math.floor(e), Math.ceil(e), Math.floor(e) + 1] : [];
    })
  );
  const from = [1, epochs, epochs + 1, ...crossings].filter((e) => e >= 1);
  return [...new Set(from)].sort((a, b) => a - b).map((e) => ({
    from: e,
    series: lines.filter((line) => isAllowed(line, e))
      .reduce((a, b) => total(b, e) < total(a, e) ? b : a).series,
  })).filter(({ series }, i, all) => i === 0 || series !== all[i - 1].series);
}
