import type { Choice } from "../format/choice.ts";
import type { SpeedVerdict } from "../format/comparison.ts";
import {
  intervalOf,
  pooled,
  shareLuck,
  sideOfPairs,
  type Spread,
  spreadOf,
} from "./kernel_ratio.ts";
import { problemKey } from "./problem_key.ts";
import { pairedLogRatios, type Ratio, unpairedRatio } from "../stats/ratio.ts";
import { readings } from "./reading.ts";
import { CONFIDENCE, type TrialSamples } from "../stats/trial_samples.ts";
import type { CellSummary } from "../format/summary.ts";
import { mean, median } from "../stats/statistics.ts";

/** A cell that may be chosen: its gradient is right, no trial of it failed, and it trains the model of the others. */
export interface Candidate {
  readonly summary: Pick<CellSummary, "cell" | "nsPerEpoch" | "roofline" | "threadsUsed">;
  readonly steady: readonly TrialSamples[];
  readonly series: number;
  /** Of its series: the minibatch size, or "full". */
  readonly batch: string;
  /** What its speedup refers to; undefined where there is none. */
  readonly baseline?: Pick<CellSummary, "roofline"> | undefined;
}

/** What takes at most this share longer than the fastest is near enough to be preferred for another reason: 0.1 = 10 %. */
const NEAR = 0.1;

/**
 * What to take for each problem in which there is something to choose. Near the fastest are those that take at most 10 %
 * longer and either are not told to be slower or use fewer threads (a thread more is a core that nobody else has). Of
 * these the one that is near in most problems of its minibatch size is taken, so that noise alone makes no choice depend
 * on the size; then the one with the fewest threads; then the fastest.
 *
 * The others are held against it, each with the ratio of the rounds that both have. How much such ratios scatter is
 * told by all problems of the two together, because three rounds of one hardly know (`kernel_ratio.ts` says more).
 */
export function choose(candidates: readonly Candidate[], noiseFloor: number): Choice[] {
  const all = [...Map.groupBy(candidates, ({ summary }) => problemKey(summary.cell)).values()];
  // The only one that was measured is no choice, where at other sizes there is one.
  const open = all.filter(({ length }) => length > 1);
  const problems = (open.length > 0 ? open : all)
    .map((ofProblem) => ofProblem.toSorted((a, b) => timeOf(a) - timeOf(b)));
  const ofBatch = Map.groupBy(nearFastest(problems, noiseFloor), ({ inOrder }) => inOrder[0].batch);
  const taken = new Map([...ofBatch.values()].flatMap(takeFewest));
  const chosen = problems.map((inOrder) => {
    const choice = taken.get(inOrder)!;
    return { choice, fastest: inOrder[0], rivals: inOrder.filter((one) => one !== choice) };
  });
  const pairs = chosen.flatMap(({ choice, rivals }) => rivals.map((rival) => ({ choice, rival })));
  const told = new Map(compare(pairs, noiseFloor).map((one, i) => [pairs[i].rival, one]));
  return chosen.map(({ choice, fastest, rivals }) => {
    const { cell, roofline } = choice.summary;
    const base = choice.baseline?.roofline;
    return {
      examples: cell.examples,
      batchSize: cell.batchSize,
      seed: cell.seed,
      series: choice.series,
      fastest: fastest.series,
      rivals: rivals.map((rival) => ({ series: rival.series, ...told.get(rival)! })),
      missing: missingBeside(choice, problems),
      ...(roofline && base && {
        overBaseline: {
          flopRatio: roofline.flopDonePerEpoch / base.flopDonePerEpoch,
          rateRatio: roofline.flopDonePerSecond / base.flopDonePerSecond,
        },
      }),
    };
  });
}

/** Series that are no candidates in the problem of `choice` and might be chosen there, by what other problems tell. */
function missingBeside(choice: Candidate, problems: readonly (readonly Candidate[])[]): number[] {
  const ofBatch = problems.filter(([{ batch }]) => batch === choice.batch);
  const here = new Set(ofBatch.find((ofProblem) => ofProblem.includes(choice))!.map(seriesOf));
  const absent = new Set(ofBatch.flat().map(seriesOf).filter((series) => !here.has(series)));
  return [...absent].filter((series) => {
    const logs = ofBatch.flatMap((ofProblem) => {
      const [own, other] = [choice.series, series].map((wanted) =>
        ofProblem.find((one) => one.series === wanted)
      );
      return own && other ? [Math.log(timeOf(other) / timeOf(own))] : [];
    });
    return logs.length === 0 || mean(logs) <= Math.log(1 + NEAR);
  }).sort((a, b) => a - b);
}

interface Near {
  /** All candidates of the problem, the fastest first. */
  readonly inOrder: readonly Candidate[];
  readonly near: readonly Candidate[];
}

/** Of each problem those that would do; the fastest always does. */
function nearFastest(problems: readonly (readonly Candidate[])[], noiseFloor: number): Near[] {
  const pairs = problems.flatMap(([choice, ...rivals]) =>
    rivals.map((rival) => ({ choice, rival }))
  );
  const told = new Map(compare(pairs, noiseFloor).map((one, i) => [pairs[i].rival, one]));
  return problems.map((inOrder) => {
    const [fastest, ...rivals] = inOrder;
    const near = rivals.filter((rival) =>
      timeOf(rival) <= timeOf(fastest) * (1 + NEAR) &&
      (told.get(rival)!.verdict !== "slower" || threadsOf(rival) < threadsOf(fastest))
    );
    return { inOrder, near: [fastest, ...near] };
  });
}

/** One of the near for each problem, as few different series as that takes. All are of one minibatch size. */
function takeFewest(problems: readonly Near[]): [Near["inOrder"], Candidate][] {
  const taken: [Near["inOrder"], Candidate][] = [];
  let left = problems;
  while (left.length > 0) {
    const bySeries = Map.groupBy(left.flatMap(({ near }) => near), ({ series }) => series);
    const [best] = [...bySeries.values()].toSorted((a, b) =>
      b.length - a.length || threadsOf(a[0]) - threadsOf(b[0]) ||
      hasThreads(a[0]) - hasThreads(b[0]) || logTimeOf(a) - logTimeOf(b)
    );
    taken.push(
      ...left.flatMap(({ inOrder, near }): typeof taken =>
        near.filter((one) => best.includes(one)).map((one) => [inOrder, one])
      ),
    );
    left = left.filter(({ near }) => !near.some((one) => best.includes(one)));
  }
  return taken;
}

const seriesOf = ({ series }: Candidate): number => series;
/** That it used; where several used as many, those that it had. */
const threadsOf = ({ summary: { threadsUsed, cell } }: Candidate): number =>
  threadsUsed ?? cell.threads;
const hasThreads = ({ summary }: Candidate): number => summary.cell.threads;
const logTimeOf = (candidates: readonly Candidate[]): number =>
  mean(candidates.map((one) => Math.log(timeOf(one))));
const timeOf = ({ summary }: Candidate): number => summary.nsPerEpoch.value;

interface Pair {
  readonly choice: Candidate;
  readonly rival: Candidate;
}

interface Told {
  readonly ratio: number;
  readonly interval?: [low: number, high: number];
  readonly verdict: SpeedVerdict;
}

function compare(pairs: readonly Pair[], noiseFloor: number): Told[] {
  if (pairs.length === 0) return [];
  const logs = pairs.map(({ choice, rival }) => pairedLogRatios(choice.steady, rival.steady));
  const kernels = pairs.map(({ choice, rival }) => `${choice.series}|${rival.series}`);
  const ofKernel = new Map(
    [...Map.groupBy(pairs.keys(), (i) => kernels[i])].map(([kernel, places]) => [
      kernel,
      pooled(places.map((i) => spreadOf(logs[i]))),
    ]),
  );
  // None is believed to be calmer than its run: where all trials chose the same of two paces, its spread knows but one.
  const known = [...ofKernel.values()].filter(({ degrees }) => degrees > 0);
  const typical: Spread | undefined = known.length === 0 ? undefined : {
    variance: median(known.map(({ variance }) => variance)),
    degrees: known.reduce((sum, { degrees }) => sum + degrees, 0),
  };
  const ratios = pairs.map(({ choice, rival }, i): Ratio => {
    const apart = unpairedRatio(choice.steady, rival.steady);
    const rounds = logs[i].length;
    const { variance, degrees } = ofKernel.get(kernels[i])!;
    if (rounds === 0 || typical === undefined) return apart;
    // A trial that a neighbour hit shows in the spread of its own size, which all sizes together dilute.
    const greatest = Math.max(variance, typical.variance, spreadOf(logs[i]).variance);
    return {
      ...apart,
      logRatio: mean(logs[i]),
      standardError: Math.sqrt(greatest / rounds),
      degrees: degrees === 0 ? typical.degrees : degrees,
      trials: [rounds, rounds],
    };
  });
  const sides = pairs.map(({ choice, rival }) => sideOfPairs(choice.steady, rival.steady));
  const read = readings(shareLuck(ratios, kernels, sides), noiseFloor);
  return ratios.map((ratio, i) => ({
    ratio: Math.exp(ratio.logRatio),
    ...(typical && { interval: intervalOf(ratio, CONFIDENCE) }),
    verdict: read[i].verdict,
  }));
}
