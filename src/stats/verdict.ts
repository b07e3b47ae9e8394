import { pValues, type Ratio } from "./ratio.ts";

/** What became of b, measured against a. */
export type ChangeVerdict = "faster" | "same" | "slower" | "unresolved";

/**
 * Why there is no verdict: a side has a single trial; so few trials that not even the clearest difference
 * would count among so many cells; clear enough alone, but not as one of so many; or the noise reaches across
 * the threshold.
 */
export type Doubt = "one trial" | "few trials" | "many cells" | "noise";

export interface Judgement {
  readonly verdict: ChangeVerdict;
  /** What the figures speak for: the verdict that more trials of this kind would give. */
  readonly leaning: Exclude<ChangeVerdict, "unresolved">;
  /** Of this cell on its own; two-sided. 1 where there is a single trial on a side. */
  readonly pValue: number;
  /** As one of all these cells (Holm): the least α at which the verdict would be given. */
  readonly adjustedPValue: number;
  /** Present where the verdict is "unresolved". */
  readonly doubt?: Doubt;
  /** Trials on each side with which a difference clear enough could be told among so many cells. */
  readonly trialsNeeded: number;
}

export interface VerdictRule {
  /** Ratios from 1 / (1 + threshold) to 1 + threshold count as the same: 0.03 = 3 %. At least 0. */
  readonly threshold: number;
  /** Chance of any false verdict at all, over all cells together. */
  readonly alpha: number;
}

/**
 * The verdicts over all cells of a comparison.
 *
 * A cell is `slower` when "the ratio is at most 1 + threshold" is rejected, `faster` when "it is at least
 * 1 / (1 + threshold)" is, and `same` when both "it is beyond" hypotheses are: two one-sided tests
 * (Schuirmann, J. Pharmacokinet. Biopharm. 15, 1987, p. 657). Each is made at α/2, so that for one cell a
 * verdict is given exactly where the whole interval of 1 − α lies on its side. Over the cells α is shared out
 * by Holm's step-down (Scand. J. Statist. 6, 1979, p. 65; with verdicts that have a direction: Shaffer, Ann.
 * Statist. 8, 1980, p. 1342): the smallest of m p-values is held against α / m, the next against α / (m − 1),
 * and so on until one fails.
 */
export function judge(ratios: readonly Ratio[], { threshold, alpha }: VerdictRule): Judgement[] {
  const tests = ratios.map((ratio) => testOf(ratio, threshold));
  const family = ratios.filter((ratio) => !hasOneTrial(ratio)).length;
  const adjusted = holm(tests.map(({ pValue }) => pValue), family);
  return ratios.map((ratio, i): Judgement => {
    const { leaning, pValue } = tests[i];
    const resolved = adjusted[i] <= alpha;
    const doubt: Doubt = hasOneTrial(ratio)
      ? "one trial"
      : 2 * luck(ratio.trials) * family > alpha
      ? "few trials"
      : pValue <= alpha
      ? "many cells"
      : "noise";
    return {
      verdict: resolved ? leaning : "unresolved",
      leaning,
      pValue,
      adjustedPValue: adjusted[i],
      ...(!resolved && { doubt }),
      trialsNeeded: trialsNeeded(family, alpha),
    };
  });
}

interface Test {
  readonly leaning: Judgement["leaning"];
  readonly pValue: number;
}

/** The verdict that a cell's figures speak for most, and its two-sided p-value. */
function testOf(ratio: Ratio, threshold: number): Test {
  const above = pValues(ratio, 1 + threshold);
  const below = pValues(ratio, 1 / (1 + threshold));
  const candidates = [
    { leaning: "same", p: Math.max(above.atLeast, below.atMost) },
    { leaning: "slower", p: above.atMost },
    { leaning: "faster", p: below.atLeast },
  ] as const;
  const { leaning, p } = candidates.reduce((best, one) => one.p < best.p ? one : best);
  return {
    leaning,
    pValue: hasOneTrial(ratio) ? 1 : Math.min(1, 2 * Math.max(p, luck(ratio.trials))),
  };
}

const hasOneTrial = ({ trials }: Ratio): boolean => Math.min(...trials) < 2;

/**
 * No p-value is below the chance that luck alone sets all trials apart, whatever Student's t says of them.
 * Some programs settle in one of two paces per process (METHODOLOGY shows one: 78 or 100 µs per example).
 * When all trials of a take the one pace and all of b the other, their spread is small, t is great, and
 * nothing in the figures tells. With paces of chance q and 1 − q that happens with probability
 * qⁿᵃ (1 − q)ⁿᵇ, at most (na / n)ⁿᵃ (nb / n)ⁿᵇ for n = na + nb: 4⁻ⁿ for n rounds that both have.
 */
function luck([na, nb]: readonly [number, number]): number {
  const n = na + nb;
  return (na / n) ** na * (nb / n) ** nb;
}

function trialsNeeded(family: number, alpha: number): number {
  let n = 2;
  while (2 * luck([n, n]) * Math.max(1, family) > alpha) n++;
  return n;
}

/** Holm's adjusted p-values, in the order given; outside the `family` p-values are 1 and come last. */
function holm(pValues: readonly number[], family: number): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = new Array<number>(pValues.length);
  let greatest = 0;
  order.forEach((i, place) => {
    greatest = Math.max(greatest, Math.min(1, pValues[i] * Math.max(1, family - place)));
    adjusted[i] = greatest;
  });
  return adjusted;
}
