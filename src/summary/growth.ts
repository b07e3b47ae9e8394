import { known } from "../base/known.ts";
import type { Growth } from "../format/laws.ts";
import {
  fitConstant,
  fitLevel,
  type LogPoints,
  type PowerFit,
  type PowerLaw,
} from "../stats/power_law.ts";

interface NamedLaw {
  readonly law: string;
  /** Where the law is a special case of m^k. */
  readonly exponent?: number;
  readonly logOf: (logM: number) => number;
}

/** Laws of complexity theory that a kernel may follow, in logarithms. */
const NAMED: readonly NamedLaw[] = [
  { law: "m", exponent: 1, logOf: (logM) => logM },
  { law: "m log m", logOf: (logM) => logM + Math.log(logM) },
  { law: "m²", exponent: 2, logOf: (logM) => 2 * logM },
];
/** The power law with a free exponent. */
const FREE = "m^k";

/**
 * A law that is worse by less than this in AICc cannot be ruled out (Burnham and Anderson, Model Selection and
 * Multimodel Inference, 2nd edition, 2002, p. 70: from 4 on there is considerably less support).
 */
const AS_GOOD = 4;
/** The least residual that counts: an exact fit must not have an AICc of −∞. */
const LEAST_RESIDUAL = 1e-6;

/**
 * Which law the sizes follow: m, m log m, m² or m^k, each with a constant per epoch or without, whichever is better. The
 * criterion is AICc (Hurvich and Tsai, Biometrika 76, 1989, p. 297): n ln(squares / n) + 2p + 2p(p + 1) / (n − p − 1)
 * with p parameters, including the variance.
 *
 * We name the laws whose AICc is within `AS_GOOD` of the best. m^k contains two of the others and comes near the third,
 * so it is named, by its exponent, only in three cases: no other law is that good; or AICc cannot decide and the
 * exponent's interval excludes a law that is; or the interval is so wide that it holds another half.
 *
 * `exponent` names m^k. Undefined with too few sizes for AICc to judge all four.
 */
export function growthOf(
  points: LogPoints,
  power: PowerLaw,
  exponent: number,
): Growth | undefined {
  const { x, y } = points;
  // m log m needs m > 1.
  const named = NAMED.filter(({ logOf }) => Number.isFinite(logOf(x[0])));
  const candidates: Candidate[] = named.flatMap(({ law, logOf }) => {
    const shape = x.map((xi) => logOf(xi) - logOf(x[0]));
    const fits = [fitLevel(shape, y), fitConstant(shape, y)].map(({ ratio, level, squares }) => ({
      squares,
      scale: Math.exp(level - logOf(x[0])),
      constant: ratio * Math.exp(level),
    }));
    return better(x.length, law, 2, fits);
  });
  candidates.push(...better(x.length, FREE, 3, [power.pure, power.best]));
  if (candidates.length <= named.length) return undefined;
  candidates.sort((a, b) => a.aicc - b.aicc);
  const least = candidates[0].aicc;
  const weights = candidates.map(({ aicc }) => Math.exp((least - aicc) / 2));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const laws = candidates.map(({ law, aicc, scale, constant }, i) =>
    known({
      law,
      coefficientNs: scale,
      constantNs: constant > 0 ? constant : undefined,
      deltaAicc: aicc - least,
      weight: weights[i] / sum,
    })
  );
  return { names: namesOf(laws, exponent, power), laws };
}

function namesOf(laws: Growth["laws"], exponent: number, power: PowerLaw): string[] {
  const { low, high } = power;
  const close = laws.filter(({ law, deltaAicc }) => law !== FREE && deltaAicc < AS_GOOD)
    .map(({ law }) => law);
  const own = nameOfPower(exponent, power);
  if (close.length === 0) return [own];
  // Where the interval holds 1.5 beside 1 or 2, the whole number would be a guess.
  const isWide = [0.5, 1.5, 2.5].some((k) => low <= k && k <= high);
  const isFreeClose = laws.some(({ law, deltaAicc }) => law === FREE && deltaAicc < AS_GOOD);
  const isContradicted = isFreeClose &&
    NAMED.some(({ law, exponent: k }) =>
      k !== undefined && close.includes(law) && (k < low || k > high)
    );
  if (!isWide && !isContradicted) return close;
  return laws.flatMap(({ law }) => law === FREE ? [own] : close.includes(law) ? [law] : []);
}

type Fitted = Pick<PowerFit, "squares" | "scale" | "constant">;

interface Candidate extends Fitted {
  readonly law: string;
  readonly aicc: number;
}

/**
 * The fit of the least AICc; none with too few sizes for any. `parameters` are those of a fit without a constant,
 * including the variance.
 */
function better(
  n: number,
  law: string,
  parameters: number,
  fits: readonly Fitted[],
): Candidate[] {
  return fits.map(({ squares, scale, constant }) => {
    const p = parameters + (constant > 0 ? 1 : 0);
    const mean = Math.max(squares / n, LEAST_RESIDUAL ** 2);
    const aicc = n * Math.log(mean) + 2 * p + 2 * p * (p + 1) / (n - p - 1);
    return { law, squares, scale, constant, aicc: n - p - 1 > 0 ? aicc : Infinity };
  }).filter(({ aicc }) => aicc < Infinity).sort((a, b) => a.aicc - b.aicc).slice(0, 1);
}

/**
 * "m^1.5", by the simplest exponent of the interval: a whole number, a half, or one with the fewest decimals; not 1 or
 * 2, which AICc has ruled out.
 */
function nameOfPower(exponent: number, { low, high }: PowerLaw): string {
  for (const unit of [1, 2, 10, 100, 1000]) {
    const rounded = Math.round(exponent * unit) / unit;
    const isNamed = rounded === 1 || rounded === 2;
    if (!isNamed && low <= rounded && rounded <= high) return `m^${rounded}`;
  }
  return `m^${exponent.toFixed(3)}`;
}
