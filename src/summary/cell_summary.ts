import { known } from "../base/known.ts";
import { median, medianOfKnown, sumOf } from "../stats/statistics.ts";
import { flopPerExample } from "../model/flop.ts";
import { Verdict } from "../format/trial_record.ts";
import { disturbanceOf } from "./disturbance.ts";
import { byNode } from "../stats/by_node.ts";
import type { TrialSamples } from "../stats/trial_samples.ts";
import { type CellScatter, estimateCell, madOf, type SteadyTrial } from "./estimate.ts";
import type { UsableTrial } from "./sort_trials.ts";
import type { Estimate } from "../format/interval.ts";
import type { CellSummary, Mark } from "../format/summary.ts";
import { STEADINESS, type Steadiness } from "../stats/steadiness.ts";
import { mostThreads } from "./threads_that_ran.ts";
import { timeToAccuracy } from "./time_to_accuracy.ts";

/** The figures of a cell that need no other cell. */
export type LoneCellSummary = Omit<CellSummary, "series" | "speedup" | "slowdown">;

/**
 * Summarises the usable trials of one cell, at least one; `steady` holds their steady samples, in the same order.
 * `cores` is the number of cores of the machine, `scatter` that of the cell's series in this run. `replicates` are what
 * the time rests on: the trials, or those that stand for nodes.
 */
export function summariseCell(
  trials: readonly UsableTrial[],
  steady: readonly SteadyTrial[],
  cores: number,
  scatter?: CellScatter,
  replicates: readonly TrialSamples[] = steady,
): LoneCellSummary {
  const { cell } = trials[0];
  const estimate = estimateCell(replicates, cell.examples, scatter);
  const nodes = new Set(steady.flatMap(({ node }) => node ?? []));
  const flopPerEpoch = cell.examples * flopPerExample(cell).total;
  const epochs = summariseEpochs(trials);
  return known({
    cell,
    device: trials.find(({ device }) => device !== undefined)?.device,
    compiled: trials[0].compiled,
    fused: trials[0].fused,
    trials: trials.length,
    nodes: nodes.size > 1 ? nodes.size : undefined,
    samples: sumOf(steady, (one) => one.withDisturbed.length + one.warmupSamples),
    warmupSamples: sumOf(steady, ({ warmupSamples }) => warmupSamples),
    warmups: steady.filter(({ warmupSamples }) => warmupSamples > 0)
      .map(({ round, warmupSamples }) => ({ round, samples: warmupSamples })),
    steadiness: countSteadiness(steady),
    disturbance: sumDisturbance(trials, steady),
    nsPerEpochAll: steady.some(({ setAside }) => setAside > 0)
      ? estimateCell(withDisturbed(steady), cell.examples, scatter).nsPerEpoch
      : undefined,
    ...estimate,
    madNs: madOf(steady),
    marks: marksOf(estimate.nsPerEpoch, steady),
    flopPerEpoch,
    flopPerSecond: flopPerEpoch / (estimate.nsPerEpoch.value * 1e-9),
    ...resources(trials, cores),
    ...worstVerification(trials),
    epochs,
    testAccuracy: epochs[epochs.length - 1].testAccuracy,
    timeTo90Ns: timeToAccuracy(
      trials.map(({ training: { epochs }, durations }) => ({ setUpNs: durations?.openNs, epochs })),
    ),
  });
}

/** The replicates with the samples that were set aside. */
const withDisturbed = (steady: readonly SteadyTrial[]): readonly TrialSamples[] =>
  byNode([
    steady.map(({ round, node, withDisturbed }) => ({
      round,
      ...(node !== undefined && { node }),
      sorted: withDisturbed,
    })),
  ])[0];

/** A wider interval leaves open which of two cells is faster, even where one takes half the time. */
const IMPRECISE = 2;

function marksOf({ low, high }: Estimate, steady: readonly SteadyTrial[]): Mark[] {
  const factor = high / low;
  return [
    ...(factor > IMPRECISE ? [{ kind: "imprecise" as const, factor }] : []),
    ...(sumOf(steady, ({ sorted }) => sorted.length) === 1
      ? [{ kind: "one-sample" as const }]
      : []),
  ];
}

function countSteadiness(steady: readonly SteadyTrial[]): CellSummary["steadiness"] {
  const counts = STEADINESS.map((one): [Steadiness, number] => [
    one,
    steady.filter(({ steadiness }) => steadiness === one).length,
  ]).filter(([, trials]) => trials > 0);
  return counts.length === 0 ? undefined : Object.fromEntries(counts);
}

function sumDisturbance(
  trials: readonly UsableTrial[],
  steady: readonly SteadyTrial[],
): CellSummary["disturbance"] {
  const all = trials.flatMap((trial) => {
    const found = disturbanceOf(trial);
    return found ? [{ ...found, ns: trial.samplesNs.slice(0, found.waitedNs.length) }] : [];
  });
  if (all.length === 0) return undefined;
  return known({
    samples: sumOf(all, ({ ns }) => ns.length),
    disturbed: sumOf(all, ({ isDisturbed }) => isDisturbed.filter(Boolean).length),
    setAside: sumOf(steady, ({ setAside }) => setAside),
    waitedShare: sumOf(all.flatMap(({ waitedNs }) => waitedNs), (ns) => ns) /
      sumOf(all.flatMap(({ ns }) => ns), (ns) => ns),
    guessed: all.find(({ guessed }) => guessed !== undefined)?.guessed,
  });
}

/** Memory, collections and interference: medians over the trials that know them. */
function resources(trials: readonly UsableTrial[], cores: number) {
  type Figure = number | undefined;
  const over = (figure: (trial: UsableTrial) => Figure) => medianOfKnown(trials.map(figure));
  const ratio = (part: Figure, whole: Figure): Figure =>
    part !== undefined && whole !== undefined && whole > 0 ? part / whole : undefined;
  const growth = (bytes: Figure, before: Figure): Figure =>
    bytes !== undefined && before !== undefined ? Math.max(0, bytes - before) : undefined;
  return {
    peakRssBytes: over(({ memory }) => memory?.peakRssBytes),
    workingBytes: over(({ memory }) => growth(memory?.peakRssBytes, memory?.loadedRssBytes)),
    openNs: over(({ durations }) => durations?.openNs),
    setUpBytes: over(({ memory }) => growth(memory?.openedRssBytes, memory?.loadedRssBytes)),
    threadsUsed: trials.some(({ threadsUsed }) => threadsUsed !== undefined)
      ? mostThreads(trials)
      : undefined,
    communicationShare: over((trial) => trial.communicationShare),
    gcShare: over(({ gc, samplesNs }) => ratio(gc?.pauseNs, sumOf(samplesNs, (ns) => ns))),
    collectionsPerEpoch: over(({ gc, samplesNs, epochsPerSample }) =>
      ratio(gc?.collections, samplesNs.length * epochsPerSample)
    ),
    cpuShare: over(({ interference }) => ratio(interference?.cpuNs, interference?.wallNs)),
    involuntarySwitches: over(({ interference }) => interference?.involuntarySwitches),
    // Steal is counted over all CPUs and the whole trial.
    stealShare: over(({ interference, durations }) =>
      ratio(interference?.stealNs, durations && durations.wallNs * cores)
    ),
  };
}

/** Medians over the trials, by epoch. */
function summariseEpochs(trials: readonly UsableTrial[]): CellSummary["epochs"] {
  const numbers = new Set(trials.flatMap(({ training }) => training.epochs.map((e) => e.epoch)));
  return [...numbers].sort((a, b) => a - b).map((epoch) => {
    const reached = trials.flatMap(({ training: { epochs } }) => {
      const last = epochs.find((one) => one.epoch === epoch);
      const soFar = epochs.filter((one) => one.epoch <= epoch);
      return last ? [{ ...last, cumulativeNs: sumOf(soFar, ({ trainNs }) => trainNs) }] : [];
    });
    return known({
      epoch,
      loss: medianOfKnown(reached.map(({ loss }) => loss)),
      testAccuracy: median(reached.flatMap(({ testAccuracy }) => testAccuracy ?? [])),
      cumulativeTrainNs: median(reached.map(({ cumulativeNs }) => cumulativeNs)),
    });
  });
}

/** The worst verdict of any trial, and the greatest error; absent when one was not finite. */
function worstVerification(
  trials: readonly UsableTrial[],
): Pick<CellSummary, "verdict" | "maxRelativeError"> {
  const verdicts = trials.map(({ verification }) => verification.verdict);
  const errors = trials.flatMap(({ verification }) => verification.maxRelativeError ?? []);
  return known({
    // The schema lists the verdicts from the best to the worst.
    verdict: Verdict.options.findLast((one) => verdicts.includes(one))!,
    maxRelativeError: errors.length === trials.length ? Math.max(...errors) : undefined,
  });
}
