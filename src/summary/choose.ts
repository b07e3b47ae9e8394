import { known } from "../base/known.ts";
import type { Choice } from "../format/choice.ts";
import type { CellSummary } from "../format/summary.ts";
import { mean } from "../stats/statistics.ts";
import { problemKey } from "./problem_key.ts";
import { type ReadPair, readPairs, type Side } from "./read_pairs.ts";
import { bestByEpochs, type Total } from "./total_time.ts";

/** A cell that may be chosen: its gradient is right, no trial of it failed, and it trains the model of the others. */
export interface Candidate {
  readonly series: number;
  /** Its time per epoch. */
  readonly perEpoch: Side;
  /** Its set-up and the epochs that the choice is made for. */
  readonly inAll: Side;
  readonly total: Total;
  readonly summary: Pick<CellSummary, "cell" | "nsPerEpoch" | "roofline" | "threadsUsed">;
  /** Equal for candidates of the same network, rate and minibatch size. */
  readonly setting: string;
  /** What its speedup refers to; undefined where there is none. */
  readonly baseline?: Pick<CellSummary, "roofline"> | undefined;
}

/** The choice for one problem; `missing` are series that were not measured here, and might have been chosen. */
interface Chosen extends Record<"choice" | "fastest", Candidate> {
  readonly rivals: readonly Candidate[];
  readonly missing: number[];
}

/** A candidate that takes at most this share longer than the fastest is near enough: 0.1 = 10 %. */
const NEAR = 0.1;
/** So is one that uses fewer threads, up to this share, while it is not known to take more than NEAR longer. */
const NEAR_UNLESS_KNOWN = 0.2;

/**
 * Chooses a candidate for each problem that has several, by its total: set-up and the epochs of the plan. Near the
 * fastest are those that take at most 10 % longer and either are not known to be slower or use fewer threads (a thread
 * more is a core that nobody else has; it must be known to save more than that, or save much). We pick the one that is near in most problems of its setting, so that
 * noise alone makes no choice depend on the size; then the one with the fewest threads; then the fastest.
 */
export function choose(candidates: readonly Candidate[], noiseFloor: number): Chosen[] {
  const all = [...Map.groupBy(candidates, ({ summary }) => problemKey(summary.cell)).values()];
  // The only one that was measured is no choice, where at other sizes there is one.
  const open = all.filter(({ length }) => length > 1);
  const problems = (open.length > 0 ? open : all)
    .map((ofProblem) => ofProblem.toSorted((a, b) => timeOf(a) - timeOf(b)));
  const bySetting = Map.groupBy(
    nearFastest(problems, noiseFloor),
    ({ inOrder }) => inOrder[0].setting,
  );
  const taken = new Map([...bySetting.values()].flatMap(takeFewest));
  return problems.map((inOrder) => {
    const choice = taken.get(inOrder)!;
    return {
      choice,
      fastest: inOrder[0],
      rivals: inOrder.filter((one) => one !== choice),
      missing: missingBeside(choice, problems),
    };
  });
}

/** The pairs that the choices rest on: all rivals in all, and those per epoch that would be better in the long run. */
export const rivalPairs = (chosen: readonly Chosen[]): (readonly [Side, Side])[] =>
  chosen.flatMap(({ choice, rivals }) => [
    ...rivals.map((rival) => [choice.inAll, rival.inAll] as const),
    ...rivals.filter((rival) => epochOf(rival) < epochOf(choice))
      .map((rival) => [choice.perEpoch, rival.perEpoch] as const),
  ]);

/** A choice as the summary has it; `read` knows its `rivalPairs`. */
export function choiceOf(
  { choice, fastest, rivals, missing }: Chosen,
  read: ReadPair,
  epochs: number,
): Choice {
  const { cell, roofline } = choice.summary;
  const base = choice.baseline?.roofline;
  return known({
    examples: cell.examples,
    batchSize: cell.batchSize,
    seed: cell.seed,
    epochs,
    series: choice.series,
    ...choice.total,
    fastest: fastest.series,
    rivals: rivals.map((rival) => {
      const { confidence: _, ...said } = read(choice.inAll, rival.inAll);
      return { series: rival.series, ...rival.total, ...said };
    }),
    byEpochs: byEpochsOf(choice, rivals, read, epochs),
    missing,
    overBaseline: roofline && base && {
      flopRatio: roofline.flopDonePerEpoch / base.flopDonePerEpoch,
      rateRatio: roofline.flopDonePerSecond / base.flopDonePerSecond,
    },
  });
}

/**
 * What is best from how many epochs on. A rival counts where it is known to be faster per epoch than the choice, or
 * where its set-up makes a single epoch shorter by more than what is near.
 */
function byEpochsOf(
  choice: Candidate,
  rivals: readonly Candidate[],
  read: ReadPair,
  epochs: number,
): Choice["byEpochs"] {
  const lineOf = ({ series, total, summary }: Candidate) => ({
    series,
    setUpNs: total.setUpNs ?? 0,
    nsPerEpoch: summary.nsPerEpoch.value,
  });
  const own = lineOf(choice);
  const once = own.setUpNs + own.nsPerEpoch;
  const others = rivals.filter((rival) => {
    const { setUpNs, nsPerEpoch } = lineOf(rival);
    return nsPerEpoch < own.nsPerEpoch
      ? read(choice.perEpoch, rival.perEpoch).verdict === "faster"
      : (setUpNs + nsPerEpoch) * (1 + NEAR) < once;
  });
  return bestByEpochs([own, ...others.map(lineOf)], own, epochs);
}

/** Series that are no candidates in the problem of `choice` and might be chosen there, judging by other problems. */
function missingBeside(choice: Candidate, problems: readonly (readonly Candidate[])[]): number[] {
  const alike = problems.filter(([{ setting }]) => setting === choice.setting);
  const here = alike.find((ofProblem) => ofProblem.includes(choice))!;
  const [own, all] = [here, alike.flat()].map((some) => new Set(some.map((one) => one.series)));
  return [...all.difference(own)].filter((series) => {
    const logs = alike.flatMap((ofProblem) => {
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

/** The candidates of each problem that would do; the fastest always does. */
function nearFastest(problems: readonly (readonly Candidate[])[], noiseFloor: number): Near[] {
  const read = readPairs(
    problems.flatMap(([fastest, ...rivals]) =>
      rivals.map((rival) => [fastest.inAll, rival.inAll] as const)
    ),
    noiseFloor,
  );
  return problems.map((inOrder) => {
    const [fastest, ...rivals] = inOrder;
    const near = rivals.filter((rival) => {
      const longer = timeOf(rival) / timeOf(fastest) - 1;
      const { verdict, interval } = read(fastest.inAll, rival.inAll);
      if (threadsOf(rival) >= threadsOf(fastest)) return longer <= NEAR && verdict !== "slower";
      const mayBeNear = interval !== undefined && interval[0] <= 1 + NEAR;
      return longer <= (mayBeNear ? NEAR_UNLESS_KNOWN : NEAR);
    });
    return { inOrder, near: [fastest, ...near] };
  });
}

/** One of the near for each problem, as few different series as that takes. All are of one setting. */
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

/** The threads that it used, in all ranks. */
const threadsOf = ({ summary: { threadsUsed, cell } }: Candidate): number =>
  (threadsUsed ?? cell.threads) * (cell.ranks ?? 1);
const hasThreads = ({ summary }: Candidate): number => summary.cell.threads;
const logTimeOf = (candidates: readonly Candidate[]): number =>
  mean(candidates.map((one) => Math.log(timeOf(one))));
const timeOf = ({ total }: Candidate): number => total.totalNs;
const epochOf = ({ summary }: Candidate): number => summary.nsPerEpoch.value;
