import type { Gain } from "../../format/findings_of_training.ts";
import type { Reached } from "../../format/reached.ts";
import {
  counted,
  formatCount,
  formatExact,
  formatNumber,
  formatPercent,
} from "../../report/numbers.ts";

/** A smaller gain of test accuracy is not worth a change. */
const LEAST_GAIN = 0.01;

/** "9.8 % → 81.0 % in 200 updates"; "none worth having (…)" */
export function gainText({ updates, before, after, rate }: Gain): string {
  const figures = `${formatPercent(before)} → ${formatPercent(after)} in ${
    counted(updates, "update")
  }${rate === undefined ? "" : `, at rate ${formatExact(rate)}`}`;
  return after - before < LEAST_GAIN ? `none worth having (${figures})` : figures;
}

/** What the correction of a wrong gradient brings, and the rate that it needs. */
export function correctionText(
  { updates, rate, batchSize, own, corrected, best }: NonNullable<Reached["gain"]>,
): string {
  const isOtherRate = best.accuracy - corrected >= LEAST_GAIN;
  const figures =
    `${formatPercent(own)} → ${formatPercent(corrected)} in ${counted(updates, "update")} (B = ${
      formatCount(batchSize)
    }, rate ${formatExact(rate)})` +
    (isOtherRate ? `, ${formatPercent(best.accuracy)} at rate ${formatExact(best.rate)}` : "");
  return best.accuracy - own < LEAST_GAIN ? `none worth having: ${figures}` : figures;
}

/** What this network reaches with this data, and how long that takes. */
export const reachableText = (
  { accuracy, rate, batchSize, epochs }: Reached["reachable"],
): string =>
  `about ${formatPercent(accuracy)} in ${
    Number.isInteger(epochs) ? counted(epochs, "epoch") : `${formatNumber(epochs)} epochs`
  } (B = ${formatCount(batchSize)}, rate ${formatExact(rate)})`;

/** Both, as far as they are known. */
export const reachedTexts = ({ gain, reachable }: Reached): string[] => [
  ...(gain ? [`gain of the right gradient: ${correctionText(gain)}`] : []),
  `reachable here: ${reachableText(reachable)}`,
];
