import { halfWidth } from "./log_time.ts";
import { hasOneTrial, pValues, type Ratio } from "./ratio.ts";
import { studentQuantile } from "./statistics.ts";

/** What b is against a: the one verdict of comparisons, speedups, choices and resolved pairs. */
export const SPEED_VERDICTS = ["faster", "same", "slower", "unresolved"] as const;
export type SpeedVerdict = (typeof SPEED_VERDICTS)[number];

/** Why a verdict is "unresolved". `comparisons` is the number of ratios that were judged together. */
export type Doubt =
  | { kind: "one-trial" }
  /** A difference that two paces of one program can make; `needed` trials on each side rule that out. */
  | { kind: "few-trials"; trials: number; comparisons: number; needed: number }
  /** Significant alone, not after correcting for all comparisons. */
  | { kind: "many-comparisons"; comparisons: number }
  /** There is a difference in this direction, perhaps below the threshold. */
  | { kind: "across-threshold"; direction: "slower" | "faster" }
  /** The interval reaches across the threshold, and to where there is no difference. */
  | { kind: "noise" };

/** What is said of one ratio. */
export interface Reading {
  readonly ratio: number;
  /** The verdict follows from it; absent where a side has a single trial, which excludes nothing. */
  readonly interval?: [low: number, high: number];
  /** The confidence of `interval` on its own. */
  readonly confidence: number;
  readonly verdict: SpeedVerdict;
  /** Present where the verdict is "unresolved". */
  readonly doubt?: Doubt;
  /** Rounds that would give a verdict, if the ratio stayed as it is; absent where there is one, or none would do. */
  readonly roundsNeeded?: number;
  /** The same in nodes of as many rounds each, where a ratio rests on several nodes. */
  readonly nodesNeeded?: number;
}

interface VerdictRule {
  /** Ratios from 1 / (1 + threshold) to 1 + threshold count as the same: 0.03 = 3 %. At least 0. */
  readonly threshold: number;
  /** Probability of any false verdict, over all ratios together. */
  readonly alpha: number;
}

/** Probability that any verdict of a family is false, at most. */
export const ALPHA = 0.05;

/** What an interval says, and nothing else does: it lies wholly on one side of the threshold, or it does not. */
export function verdictOf(
  [low, high]: readonly [low: number, high: number],
  threshold: number,
): SpeedVerdict {
  const [least, most] = [1 / (1 + threshold), 1 + threshold];
  if (low > most) return "slower";
  if (high < least) return "faster";
  return low > least && high < most ? "same" : "unresolved";
}

/**
 * The verdicts of all ratios of a family, each with the interval that it rests on.
 *
 * A ratio is `slower` when "it is at most 1 + threshold" is rejected, `faster` when "it is at least 1 / (1 + threshold)"
 * is, and `same` when both "it is beyond" hypotheses are: two one-sided tests at α/2 (Schuirmann, J. Pharmacokinet.
 * Biopharm. 15, 1987, p. 657). So a verdict is given exactly where the interval of 1 − α lies on its side.
 *
 * Holm's step-down shares α out (Scand. J. Statist. 6, 1979, p. 65; with directions: Shaffer, Ann. Statist. 8, 1980,
 * p. 1342). The smallest of m p-values is held against α / m, the next against α / (m − 1), until one fails. Each
 * interval is that of 1 − the α at which its ratio was decided.
 *
 * Where luck alone may have set so few trials apart, the interval reaches over the threshold, whatever t says.
 */
export function judge(ratios: readonly Ratio[], { threshold, alpha }: VerdictRule): Reading[] {
  const family = ratios.filter((ratio) => !hasOneTrial(ratio)).length;
  const pValueOf = ratios.map((ratio) => pValue(ratio, threshold));
  const readings = new Array<Reading>(ratios.length);
  let decided = 0;
  let hasFailed = false;
  for (const i of [...ratios.keys()].sort((i, j) => pValueOf[i] - pValueOf[j])) {
    const level = alpha / Math.max(1, family - decided);
    const doubt = () => doubtOf(ratios[i], pValueOf[i], level, { family, threshold, alpha });
    readings[i] = readingOf(ratios[i], level, threshold, doubt);
    if (readings[i].verdict === "unresolved") hasFailed = true;
    if (!hasFailed) decided++;
  }
  return readings;
}

/** The verdict over several: slower if any is, else unresolved if any, else faster if any, else same. */
export const overall = (verdicts: readonly SpeedVerdict[]): SpeedVerdict =>
  (["slower", "unresolved", "faster"] as const).find((one) => verdicts.includes(one)) ?? "same";

function readingOf(ratio: Ratio, level: number, threshold: number, doubt: () => Doubt): Reading {
  const told = { ratio: Math.exp(ratio.shown ?? ratio.logRatio), confidence: 1 - level };
  if (hasOneTrial(ratio)) return { ...told, verdict: "unresolved", doubt: doubt() };
  const [low, high] = printed(ratio, level, threshold);
  const verdict = verdictOf([low, high], threshold);
  return {
    ...told,
    interval: [low, high],
    verdict,
    ...(verdict === "unresolved" && {
      doubt: acrossThreshold([low, high]) ?? doubt(),
      ...needed(ratio, level, threshold),
    }),
  };
}

/** What an interval without a verdict says all the same: the direction, where it excludes that there is no difference. */
export function acrossThreshold([low, high]: readonly [number, number]): Doubt | undefined {
  if (low > 1) return { kind: "across-threshold", direction: "slower" };
  if (high < 1) return { kind: "across-threshold", direction: "faster" };
  return undefined;
}

/** More rounds than that are no plan. */
const MOST_ROUNDS = 1000;

function needed(
  ratio: Ratio,
  level: number,
  threshold: number,
): Pick<Reading, "roundsNeeded" | "nodesNeeded"> {
  const [na, nb] = ratio.trials;
  const now = ratio.nodes ?? ratio.rounds ?? Math.min(na, nb);
  const center = ratio.shown ?? ratio.logRatio;
  const isDecided = (rounds: number): boolean => {
    const times = rounds / now;
    const then: Ratio = {
      ...ratio,
      logRatio: center,
      standardError: ratio.standardError / Math.sqrt(times),
      degrees: ratio.degrees * times,
      trials: [na * times, nb * times],
    };
    return verdictOf(printed(then, level, threshold), threshold) !== "unresolved";
  };
  if (now >= MOST_ROUNDS || !isDecided(MOST_ROUNDS)) return {};
  // The interval only shrinks, so the first number is found by bisection.
  let [open, decided] = [now, MOST_ROUNDS];
  while (decided - open > 1) {
    const middle = Math.floor((open + decided) / 2);
    if (isDecided(middle)) decided = middle;
    else open = middle;
  }
  return ratio.nodes === undefined ? { roundsNeeded: decided } : { nodesNeeded: decided };
}

function doubtOf(
  ratio: Ratio,
  pValue: number,
  level: number,
  { family, threshold, alpha }: VerdictRule & { family: number },
): Doubt {
  if (hasOneTrial(ratio)) return { kind: "one-trial" };
  const plain = reaching(ratio, halfWidth(ratio, 1 - level));
  if (verdictOf(plain, threshold) !== "unresolved") {
    const trials = Math.min(...ratio.trials);
    return { kind: "few-trials", trials, comparisons: family, needed: trialsNeeded(family, alpha) };
  }
  return pValue <= alpha ? { kind: "many-comparisons", comparisons: family } : { kind: "noise" };
}

/** The two-sided p-value of the verdict that the figures speak for most; 1 where a side has a single trial. */
function pValue(ratio: Ratio, threshold: number): number {
  if (hasOneTrial(ratio)) return 1;
  const above = luckyValues(ratio, 1 + threshold);
  const below = luckyValues(ratio, 1 / (1 + threshold));
  const least = Math.min(
    Math.max(above.atLeast, below.atMost), // the same
    above.atMost, // slower
    below.atLeast, // faster
  );
  return Math.min(1, 2 * least);
}

/** The p-values of noise, or of luck with the paces and noise on top, whichever is greater. */
function luckyValues(ratio: Ratio, factor: number): ReturnType<typeof pValues> {
  const chance = luck(ratio.trials);
  const [plain, more, less] = [0, ratio.paces, -ratio.paces]
    .map((log) => pValues(ratio, factor * Math.exp(log)));
  return {
    atMost: Math.max(plain.atMost, chance * more.atMost),
    atLeast: Math.max(plain.atLeast, chance * less.atLeast),
  };
}

/**
 * The chance that luck alone sets all trials apart. Some programs settle in one of two paces per process (METHODOLOGY
 * shows one: 78 or 100 µs per example). When all trials of a take the one pace and all of b the other, their spread is
 * small, t is great, and nothing in the figures shows it. With paces of chance q and 1 − q that happens with
 * probability qⁿᵃ (1 − q)ⁿᵇ, at most (na / n)ⁿᵃ (nb / n)ⁿᵇ for n = na + nb: 4⁻ⁿ for n rounds that both have. It moves
 * the ratio by the factor between the paces, so a greater difference needs no luck ruled out.
 */
function luck([na, nb]: readonly [number, number]): number {
  const n = na + nb;
  return (na / n) ** na * (nb / n) ** nb;
}

/** The interval of the noise; where luck with the paces may have made the verdict, it reaches over the threshold. */
function printed(ratio: Ratio, level: number, threshold: number): [low: number, high: number] {
  const [low, high] = reaching(ratio, halfWidth(ratio, 1 - level));
  const isSure = verdictOf(reaching(ratio, withLuck(ratio, level)), threshold) ===
    verdictOf([low, high], threshold);
  return isSure ? [low, high] : [Math.min(low, 1 / (1 + threshold)), Math.max(high, 1 + threshold)];
}

/** So far around the ratio, in logarithms, and at least as far as the one that tables show. */
function reaching({ logRatio, shown = logRatio }: Ratio, half: number): [number, number] {
  return [Math.exp(Math.min(shown, logRatio - half)), Math.exp(Math.max(shown, logRatio + half))];
}

/**
 * How far the ratios reach whose p-values are above `level` / 2: as far as noise, or, where luck has moved the ratio by
 * the paces, as noise at the level that is left for that case.
 */
function withLuck(ratio: Ratio, level: number): number {
  const half = halfWidth(ratio, 1 - level);
  const left = level / (2 * luck(ratio.trials));
  if (left >= 1) return half; // so rare that it does not matter
  const { paces, standardError, degrees } = ratio;
  const noise = standardError === 0 ? 0 : standardError * studentQuantile(1 - left, degrees);
  return Math.max(half, paces + noise);
}

function trialsNeeded(family: number, alpha: number): number {
  let n = 2;
  while (2 * luck([n, n]) * Math.max(1, family) > alpha) n++;
  return n;
}
