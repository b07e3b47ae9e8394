import { median } from "../stats/statistics.ts";
import { flopPerExample } from "../model/flop.ts";
import type { Verdict } from "../format/trial_record.ts";
import { disturbanceOf } from "./disturbance.ts";
import { estimateCell, type SteadyTrial } from "./estimate.ts";
import type { UsableTrial } from "./sort_trials.ts";
import type { CellSummary } from "../format/summary.ts";
import { STEADINESS, type Steadiness } from "../stats/steadiness.ts";
import { timeToAccuracy } from "./time_to_accuracy.ts";

/** The figures of a cell that need no other cell. */
export type LoneCellSummary = Omit<CellSummary, "series" | "speedup" | "slowdown">;

/**
 * Summarises the usable trials of one cell, at least one; `steady` holds their steady samples, in the same order.
 * `cores` is the number of cores of the machine.
 */
export function summariseCell(
  trials: readonly UsableTrial[],
  steady: readonly SteadyTrial[],
  cores: number,
): LoneCellSummary {
  const { cell } = trials[0];
  const estimate = estimateCell(steady, cell.examples);
  const flopPerEpoch = cell.examples * flopPerExample(cell).total;
  const epochs = summariseEpochs(trials);
  const sum = (count: (trial: SteadyTrial) => number) =>
    steady.reduce((total, trial) => total + count(trial), 0);
  return {
    cell,
    ...defined({ device: trials.find(({ device }) => device !== undefined)?.device }),
    trials: trials.length,
    samples: sum(({ withDisturbed, warmupSamples }) => withDisturbed.length + warmupSamples),
    warmupSamples: sum(({ warmupSamples }) => warmupSamples),
    warmups: steady.filter(({ warmupSamples }) => warmupSamples > 0)
      .map(({ round, warmupSamples }) => ({ round, samples: warmupSamples })),
    ...defined({
      steadiness: countSteadiness(steady),
      disturbance: sumDisturbance(trials, steady),
      nsPerEpochAll: steady.some(({ setAside }) => setAside > 0)
        ? estimateCell(
          steady.map(({ round, withDisturbed }) => ({ round, sorted: withDisturbed })),
          cell.examples,
        ).nsPerEpoch
        : undefined,
    }),
    ...estimate,
    flopPerEpoch,
    flopPerSecond: flopPerEpoch / (estimate.nsPerEpoch.value * 1e-9),
    ...defined(resources(trials, cores)),
    ...worstVerification(trials),
    epochs,
    testAccuracy: epochs[epochs.length - 1].testAccuracy,
    ...defined({ timeTo90Ns: timeToAccuracy(trials.map(({ training }) => training.epochs)) }),
  };
}

function countSteadiness(steady: readonly SteadyTrial[]): CellSummary["steadiness"] {
  const known = steady.filter(({ steadiness }) => steadiness !== undefined);
  const counts = STEADINESS.map((one): [Steadiness, number] => [
    one,
    known.filter(({ steadiness }) => steadiness === one).length,
  ]).filter(([, trials]) => trials > 0);
  return counts.length === 0 ? undefined : Object.fromEntries(counts);
}

function sumDisturbance(
  trials: readonly UsableTrial[],
  steady: readonly SteadyTrial[],
): CellSummary["disturbance"] {
  const known = trials.flatMap((trial) => {
    const found = disturbanceOf(trial);
    return found ? [{ ...found, ns: trial.samplesNs.slice(0, found.waitedNs.length) }] : [];
  });
  if (known.length === 0) return undefined;
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  return {
    samples: total(known.map(({ ns }) => ns.length)),
    disturbed: total(known.map(({ isDisturbed }) => isDisturbed.filter(Boolean).length)),
    setAside: total(steady.map(({ setAside }) => setAside)),
    waitedShare: total(known.flatMap(({ waitedNs }) => waitedNs)) /
      total(known.flatMap(({ ns }) => ns)),
    ...defined({ guessed: known.find(({ guessed }) => guessed !== undefined)?.guessed }),
  };
}

/** Memory, collections and interference: medians over the trials that know them. */
function resources(trials: readonly UsableTrial[], cores: number) {
  const over = (figure: (trial: UsableTrial) => number | undefined): number | undefined => {
    const known = trials.map(figure).filter((value) => value !== undefined);
    return known.length > 0 ? median(known) : undefined;
  };
  const ratio = (part: number | undefined, whole: number | undefined): number | undefined =>
    part !== undefined && whole !== undefined && whole > 0 ? part / whole : undefined;
  const sampledNs = ({ samplesNs }: UsableTrial) => samplesNs.reduce((sum, ns) => sum + ns, 0);
  return {
    peakRssBytes: over(({ memory }) => memory?.peakRssBytes),
    workingBytes: over(({ memory }) =>
      memory?.peakRssBytes !== undefined && memory.loadedRssBytes !== undefined
        ? Math.max(0, memory.peakRssBytes - memory.loadedRssBytes)
        : undefined
    ),
    openNs: over(({ durations }) => durations?.openNs),
    setUpBytes: over(({ memory }) =>
      memory?.openedRssBytes !== undefined && memory.loadedRssBytes !== undefined
        ? Math.max(0, memory.openedRssBytes - memory.loadedRssBytes)
        : undefined
    ),
    threadsUsed: trials[0].threadsUsed,
    gcShare: over((trial) => ratio(trial.gc?.pauseNs, sampledNs(trial))),
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
      if (last === undefined) return [];
      const cumulativeNs = epochs.filter((one) => one.epoch <= epoch)
        .reduce((sum, { trainNs }) => sum + trainNs, 0);
      return [{ ...last, cumulativeNs }];
    });
    const losses = reached.map(({ loss }) => loss).filter((loss) => loss !== undefined);
    return {
      epoch,
      ...(losses.length > 0 && { loss: median(losses) }),
      testAccuracy: median(reached.map(({ testAccuracy }) => testAccuracy)),
      cumulativeTrainNs: median(reached.map(({ cumulativeNs }) => cumulativeNs)),
    };
  });
}

const SEVERITY: Record<Verdict, number> = {
  "exact": 0,
  "reordered": 1,
  "lower-precision": 2,
  "wrong": 3,
};

/** The worst verdict of any trial, and the greatest error; absent when one was not finite. */
function worstVerification(
  trials: readonly UsableTrial[],
): Pick<CellSummary, "verdict" | "maxRelativeError"> {
  const verifications = trials.map(({ verification }) => verification);
  const verdict = verifications.map((one) => one.verdict)
    .reduce((worst, one) => SEVERITY[one] > SEVERITY[worst] ? one : worst);
  const errors = verifications.map(({ maxRelativeError }) => maxRelativeError)
    .filter((error) => error !== undefined);
  return {
    verdict,
    ...(errors.length === trials.length && { maxRelativeError: Math.max(...errors) }),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The object without its undefined fields: unknown is absent. */
function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}
