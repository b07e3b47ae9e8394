/** Every simulation draws from a generator of a fixed seed: its counts are the same in every run, and chance decides nothing. */
import { findBreak } from "../../src/stats/breakpoint.ts";
import { growthOf } from "../../src/summary/growth.ts";
import { predictLast } from "../../src/stats/hold_out.ts";
import { fitPowerLaw, type LogPoints } from "../../src/stats/power_law.ts";
import { modelOfTime } from "../../src/summary/scaling_law.ts";
import { scatterOf } from "../../src/stats/scatter.ts";
import { fitLearningCurve } from "../../src/summary/learning_curve.ts";
import type { Bounded } from "../../src/format/interval.ts";
import { medianOfMedians } from "../../src/stats/trial_samples.ts";
import { type Random, randomFrom } from "../../src/base/random.ts";
import { type Noise, noisyRounds } from "./noise.ts";

/** The default sizes on MNIST. */
export const SIZES = [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000];

/** What a series would take without noise, and how it is measured. */
export interface Planted {
  readonly noise: Noise;
  readonly rounds: number;
  /** Time as a function of m, up to a factor: its name, or the k of m^k. */
  readonly growth: number | "m log m";
  /** Share of the smallest size's time that does not depend on m. */
  readonly constantShare: number;
  /** Absent: `SIZES`. */
  readonly sizes?: readonly number[];
}

const grown = (growth: Planted["growth"], m: number): number =>
  growth === "m log m" ? m * Math.log(m) : m ** growth;

interface Measured extends LogPoints {
  /** Mean variance of y, from the scatter of trials. */
  readonly variance: number;
}

/** The logarithms of sizes and of times measured once. */
function measureOnce(planted: Planted, random: Random): Measured {
  const { noise, rounds, growth, constantShare, sizes = SIZES } = planted;
  const cells = sizes.map((m) => ({
    ns: 1e6 * (constantShare + (1 - constantShare) * grown(growth, m) / grown(growth, sizes[0])),
    noise,
  }));
  const trials = noisyRounds(cells, rounds, random);
  return {
    x: sizes.map(Math.log),
    y: trials.map((ofSize) => Math.log(medianOfMedians(ofSize))),
    variance: scatterOf(trials),
  };
}

/** How many of `runs` 95 % intervals hold the exponent that was planted. */
export function exponentsCovered(
  planted: Omit<Planted, "growth">,
  exponent: number,
  runs: number,
): number {
  const random = randomFrom(planted.rounds, `exponent ${exponent} ${planted.constantShare}`);
  let count = 0;
  for (let run = 0; run < runs; run++) {
    const points = measureOnce({ ...planted, growth: exponent }, random);
    const { low, high } = fitPowerLaw(points, modelOfTime(points.x.length));
    if (low <= exponent && exponent <= high) count++;
  }
  return count;
}

/** How many of `runs` held-out largest sizes lie in the interval that was predicted for them. */
export function largestCovered(planted: Planted, runs: number): number {
  const random = randomFrom(planted.rounds, "largest size");
  let count = 0;
  for (let run = 0; run < runs; run++) {
    const points = measureOnce(planted, random);
    const { low, high } = predictLast(points, modelOfTime)!;
    const last = points.y[points.y.length - 1];
    if (low <= last && last <= high) count++;
  }
  return count;
}

/** How often a planted law was named. */
export interface Named {
  /** Alone. */
  readonly right: number;
  /** Together with other laws that fit as well. */
  readonly among: number;
  /** Not at all. */
  readonly wrong: number;
}

export function lawsNamed(planted: Planted, name: string, runs: number): Named {
  const random = randomFrom(planted.rounds, `law ${name}`);
  const tally = { right: 0, among: 0, wrong: 0 };
  for (let run = 0; run < runs; run++) {
    const points = measureOnce(planted, random);
    const law = fitPowerLaw(points, modelOfTime(points.x.length));
    const { exponent } = law.pure.squares > law.limit ? law.best : law.pure;
    const { names } = growthOf(points, law, exponent)!;
    if (!names.includes(name)) tally.wrong++;
    else tally[names.length === 1 ? "right" : "among"]++;
  }
  return tally;
}

/** Where breaks are found in `runs` series whose times are multiplied by `factor` from `place` on (1 = no break). */
export function breaksFound(
  planted: Planted,
  { place, factor }: { place: number; factor: number },
  runs: number,
): (number | undefined)[] {
  const random = randomFrom(planted.rounds, `break ${place} ${factor}`);
  return Array.from({ length: runs }, () => {
    const { x, y, variance } = measureOnce(planted, random);
    const points = { x, y: y.map((yi, i) => i >= place ? yi + Math.log(factor) : yi) };
    return findBreak(points, fitPowerLaw(points, modelOfTime(x.length)).best, variance)?.place;
  });
}

/** In how many of `runs` learning curves floor + scale · m^−decay each interval holds the planted value. */
export function curvesCovered(
  { floor, scale, decay }: { floor: number; scale: number; decay: number },
  /** Deviation of the error's logarithm at the first size and at the last, and on their log-log line between. */
  [atFirst, atLast]: readonly [number, number],
  runs: number,
): { decays: number; floors: number; heldOut: number } {
  const random = randomFrom(1, `curve ${floor} ${decay}`);
  const slope = Math.log(atLast / atFirst) / Math.log(SIZES[SIZES.length - 1] / SIZES[0]);
  const scatter = (m: number) => atFirst * (m / SIZES[0]) ** slope;
  const count = { decays: 0, floors: 0, heldOut: 0 };
  const holds = ({ low = -Infinity, high = Infinity }: Partial<Bounded>, truth: number) =>
    low <= truth && truth <= high ? 1 : 0;
  for (let run = 0; run < runs; run++) {
    const { fit, heldOut } = fitLearningCurve(SIZES.map((examples) => ({
      examples,
      testAccuracy: 1 -
        (floor + scale * examples ** -decay) * Math.exp(scatter(examples) * random.normal()),
    })));
    count.decays += holds(fit?.decayInterval ?? {}, decay);
    count.floors += holds(fit?.floorInterval ?? {}, floor);
    count.heldOut += heldOut?.isCovered ? 1 : 0;
  }
  return count;
}
