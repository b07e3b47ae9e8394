/** Every simulation draws from a generator of a fixed seed: its counts are the same in every run, and chance decides nothing. */
import { compareRuns } from "../../src/compare/compare_runs.ts";
import type { NamedRun } from "../../src/summary/noise_floor.ts";
import { readPairs, type Side } from "../../src/summary/read_pairs.ts";
import {
  intervalOf,
  type Pair,
  pairedLogRatios,
  ratiosWithin,
  unpairedRatio,
} from "../../src/stats/ratio.ts";
import { medianSequence } from "../../src/stats/confidence_sequence.ts";
import { ALPHA, judge, type SpeedVerdict, verdictOf } from "../../src/stats/verdict.ts";
import { randomFrom } from "../../src/base/random.ts";
import {
  LIKE_TRACES,
  type Noise,
  noisyMachine,
  noisyRounds,
  type NoisyTrial,
  TWO_PACES,
} from "./noise.ts";
import { makeRun, makeTrial } from "./trials.ts";

/** How many of `runs` 95 % intervals hold the true ratio, 1.3, of two cells in the same rounds. */
export function intervalsThatHold(noise: Noise, rounds: number, runs: number): number {
  const random = randomFrom(rounds, "coverage");
  let count = 0;
  for (let run = 0; run < runs; run++) {
    const [a, b] = noisyRounds([{ ns: 1e6, noise }, { ns: 1.3e6, noise }], rounds, random);
    const [low, high] = intervalOf(alone({ a, b }), 0.95);
    if (low <= 1.3 && 1.3 <= high) count++;
  }
  return count;
}

/** A pair estimated on its own. */
const alone = (pair: Omit<Pair, "kernel">) => ratiosWithin([{ ...pair, kernel: "" }])[0];

export interface NullComparison {
  readonly cells: number;
  readonly rounds: number;
  readonly thresholds: readonly number[];
  /** The same rounds, or two runs one after the other. */
  readonly paired: boolean;
  /** Whether each ratio of the same rounds is estimated alone. */
  readonly alone?: boolean;
  /** Cells are of so many programs in turn, the first of them of two paces; absent: 5. */
  readonly programs?: number;
  /** How every `every`-th program is apart from the others; absent: every fifth has the paces of `naive_loop`. */
  readonly paces?: { readonly every: number; readonly factor: number };
  /** Absent: as `LIKE_TRACES` has it. */
  readonly driftStep?: number;
}

/**
 * In how many of `runs` comparisons of an implementation with itself any cell is called faster or slower: a number for
 * each of `thresholds`.
 */
export function falseComparisons(how: NullComparison, runs: number): number[] {
  const { cells, rounds, thresholds, paired, driftStep, programs = 5 } = how;
  const { every, factor } = how.paces ?? { every: 5, factor: Math.exp(TWO_PACES.secondPace) };
  const random = randomFrom(rounds, `null comparisons of ${cells}`);
  const side = Array.from({ length: cells }, (_, i) => ({
    ns: 1e6,
    noise: {
      ...LIKE_TRACES,
      ...(i % programs % every === 0 && { secondPace: Math.log(factor) }),
      ...(driftStep !== undefined && { driftStep }),
    },
  }));
  const counts = thresholds.map(() => 0);
  for (let run = 0; run < runs; run++) {
    // Two runs are one machine's rounds, the first half of A and the second of B.
    const trials = paired
      ? noisyRounds([...side, ...side], rounds, random)
      : noisyRounds(side, 2 * rounds, random);
    const pairs = side.map((_, i): Pair => ({
      a: trials[i].slice(0, rounds),
      b: paired ? trials[cells + i] : trials[i].slice(rounds),
      kernel: how.alone ? `${i}` : `${i % programs}`,
    }));
    const ratios = !paired
      ? pairs.map(({ a, b }) => unpairedRatio(a, b))
      : how.alone
      ? pairs.map(alone)
      : ratiosWithin(pairs);
    thresholds.forEach((threshold, i) => {
      if (judge(ratios, { threshold, alpha: ALPHA }).some(isDifference)) counts[i]++;
    });
  }
  return counts;
}

const isDifference = ({ verdict }: { readonly verdict: SpeedVerdict }): boolean =>
  verdict === "slower" || verdict === "faster";

/** Deviation of a yardstick's times around the machine's pace, natural log. */
const YARDSTICK_NOISE = 0.01;

/**
 * In how many of `runs` comparisons of two runs of one code, one after the other on a drifting machine, `compare`
 * calls any of 20 cells (five kernels, the first of two paces, at four sizes) faster or slower: a number for each of
 * `thresholds`, which ascend. `seen`: the part of the machine's slowness that its yardsticks feel, as a power.
 */
export function falseCompares(
  { rounds, thresholds, seen }: { rounds: number; thresholds: readonly number[]; seen: number },
  runs: number,
): number[] {
  const random = randomFrom(rounds, "comparisons of two runs");
  const cells = ["a", "b", "c", "d", "e"].flatMap((implementation, i) =>
    [1000, 2000, 4000, 8000].map((examples) => ({
      cell: { implementation, examples },
      ns: 1e3 * examples,
      noise: i === 0 ? TWO_PACES : LIKE_TRACES,
    }))
  );
  const recorded = (cell: (typeof cells)[0]["cell"], trial: NoisyTrial, round: number) =>
    makeTrial({
      cell,
      round,
      engine: "tinybench", // which sorts its samples, as these are
      samplesNs: [...trial.sorted],
      epochsPerSample: 1,
      interference: {
        yardstickNs: Array.from(
          { length: 3 },
          () => 1e6 * trial.machine ** seen * Math.exp(YARDSTICK_NOISE * random.normal()),
        ),
      },
    });
  const counts = thresholds.map(() => 0);
  for (let run = 0; run < runs; run++) {
    const trials = noisyRounds(cells, 2 * rounds, random);
    const [a, b] = ["a", "b"].map((name, half): NamedRun => ({
      name,
      run: makeRun({ plan: { rounds, engine: "tinybench" } }),
      trials: cells.flatMap(({ cell }, i) =>
        trials[i].slice(half * rounds, (half + 1) * rounds)
          .map((trial, n) => recorded(cell, trial, n + 1))
      ),
    }));
    for (const [i, threshold] of thresholds.entries()) {
      // What is no difference at one threshold is none at a larger one.
      if (!compareRuns(a, b, threshold).cells.some(isDifference)) break;
      counts[i]++;
    }
  }
  return counts;
}

/** The verdict of a sequence of looks, and after how many rounds. */
export interface Outcome {
  readonly verdict: SpeedVerdict;
  readonly rounds: number;
}

/**
 * Looks after every round of two cells whose true ratio is `ratio`, up to `most` rounds, and stops at the first
 * verdict, as `bench --resolve` does; `runs` times.
 */
export function lookUntilResolved(
  ratio: number,
  noise: Noise,
  { threshold, most }: { threshold: number; most: number },
  runs: number,
): Outcome[] {
  const random = randomFrom(most, `looks at ${ratio}`);
  return Array.from({ length: runs }, () => {
    const nextRound = noisyMachine([{ ns: 1e6, noise }, { ns: ratio * 1e6, noise }], random);
    const logRatios: number[] = [];
    for (let rounds = 1; rounds <= most; rounds++) {
      const [a, b] = nextRound();
      logRatios.push(...pairedLogRatios([a], [b]));
      const [low, high] = medianSequence(logRatios, ALPHA);
      const verdict = verdictOf([Math.exp(low), Math.exp(high)], threshold);
      if (verdict !== "unresolved") return { verdict, rounds };
    }
    return { verdict: "unresolved", rounds: most };
  });
}

/** In how many of `runs` a cell that takes `ratio` times as long is called slower after just `rounds`. */
export function slowdownsFound(
  ratio: number,
  noise: Noise,
  { threshold, rounds }: { threshold: number; rounds: number },
  runs: number,
): number {
  const random = randomFrom(rounds, `slowdowns of ${ratio}`);
  let count = 0;
  for (let run = 0; run < runs; run++) {
    const [a, b] = noisyRounds([{ ns: 1e6, noise }, { ns: ratio * 1e6, noise }], rounds, random);
    const [{ verdict }] = judge([alone({ a, b })], { threshold, alpha: ALPHA });
    if (verdict === "slower") count++;
  }
  return count;
}

/** Programs of a run that all take `ratio` times as long as its baseline. */
export interface SlowPrograms {
  readonly programs: number;
  readonly sizes: number;
  readonly rounds: number;
  readonly ratio: number;
  /** Deviation of processes, natural log. */
  readonly scatter: number;
  /** Whether every fifth program has the two paces of `naive_loop`. */
  readonly withPaces: boolean;
}

/** The drift of the example run; `LIKE_TRACES` is three times as rough. */
const EXAMPLE_DRIFT = 0.0065;

/** The share of the cells that are called slower than the baseline, over `runs` runs. */
export function slowerShare(how: SlowPrograms, runs: number): number {
  const { programs, sizes, rounds, ratio, scatter } = how;
  const random = randomFrom(rounds, `${programs} programs that take ${ratio} times as long`);
  const noise = { ...LIKE_TRACES, process: scatter, driftStep: EXAMPLE_DRIFT, burst: 0 };
  const cells = Array.from({ length: (programs + 1) * sizes }, (_, i) => {
    const program = i % (programs + 1);
    const isTwoPaced = how.withPaces && program % 5 === 1;
    return {
      ns: 1e6 * (program === 0 ? 1 : ratio),
      noise: { ...noise, secondPace: isTwoPaced ? TWO_PACES.secondPace : 0 },
    };
  });
  let slower = 0;
  for (let run = 0; run < runs; run++) {
    const trials = noisyRounds(cells, rounds, random);
    const pairs = cells.flatMap((_, i): (readonly [Side, Side])[] => {
      const series = i % (programs + 1);
      return series === 0
        ? []
        : [[{ series: 0, steady: trials[i - series] }, { series, steady: trials[i] }]];
    });
    const read = readPairs(pairs, 0);
    slower += pairs.filter(([a, b]) => read(a, b).verdict === "slower").length;
  }
  return slower / (programs * sizes * runs);
}
