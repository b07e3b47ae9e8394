import type { SpeedVerdict } from "../format/comparison.ts";
import { intervalOf } from "./kernel_ratio.ts";
import type { Ratio } from "../stats/ratio.ts";
import { judge, type Judgement } from "../stats/verdict.ts";

/** Probability that any verdict of a comparison is false, at most. */
export const ALPHA = 0.05;

/** What is said of one cell. */
export interface Reading {
  readonly ratio: number;
  readonly interval: [low: number, high: number];
  readonly verdict: SpeedVerdict;
  /** Why it is unresolved. */
  readonly reason?: string;
}

/**
 * Verdicts with the intervals that they rest on. Holm holds the smallest of m p-values against α / m, the next
 * against α / (m − 1), and so on until one fails: the interval of each cell is that of 1 − this α, so that a
 * resolved one lies wholly on its side and an unresolved one does not (unless its trials are too few).
 */
export function readings(ratios: readonly Ratio[], threshold: number): Reading[] {
  const judged = judge(ratios, { threshold, alpha: ALPHA });
  const order = judged.map((_, i) => i).sort((i, j) => judged[i].pValue - judged[j].pValue);
  const resolved = judged.filter(({ verdict }) => verdict !== "unresolved").length;
  return ratios.map((ratio, i) => {
    const place = Math.min(order.indexOf(i), resolved, ratios.length - 1);
    const reason = reasonOf(judged[i], ratio, ratios.length);
    return {
      ratio: Math.exp(ratio.logRatio),
      interval: intervalOf(ratio, 1 - ALPHA / (ratios.length - place)),
      verdict: judged[i].verdict,
      ...(reason !== undefined && { reason }),
    };
  });
}

function reasonOf({ doubt, trialsNeeded }: Judgement, { trials }: Ratio, cells: number) {
  switch (doubt) {
    case "one trial":
      return "a single trial on a side: nothing tells how much processes differ";
    case "few trials":
      return `${
        Math.min(...trials)
      } trials on a side are few among ${cells} cells: it takes ${trialsNeeded}`;
    case "many cells":
      return `clear on its own, but not as one of ${cells} cells`;
    case "noise":
      return "the noise reaches across the threshold";
  }
}

/** slower if any is, else unresolved if any, else faster if any, else same. */
export function overall(verdicts: readonly SpeedVerdict[]): SpeedVerdict {
  return (["slower", "unresolved", "faster"] as const).find((one) => verdicts.includes(one)) ??
    "same";
}
