import { median } from "../stats/statistics.ts";
import { FORMAT_VERSION, type TrialRecord } from "../format/trial_record.ts";
import { InputError } from "../base/errors.ts";
import type { TrialSamples } from "../stats/trial_samples.ts";
import { checkComparable, environmentNotes } from "./comparable.ts";
import type { Comparison, MachinePace } from "../format/comparison.ts";
import { steadyTrial } from "../summary/estimate.ts";
import { kernelOf, kernelRatios } from "../summary/kernel_ratio.ts";
import { logTime } from "../stats/log_time.ts";
import {
  machinePace,
  possiblePaces,
  waitingFactor,
  waitingShares,
} from "../summary/machine_pace.ts";
import { matchCells, type MatchedCell } from "../summary/match_cells.ts";
import { type NamedRun, noiseFloorOfRun } from "../summary/noise_floor.ts";
import { compareCells, seriesOf } from "../summary/series.ts";
import type { UsableTrial } from "../summary/sort_trials.ts";
import { ALPHA, overall, type Reading, readings } from "../summary/reading.ts";
import { refusalText } from "../report/comparison_words.ts";

/**
 * Compares two runs cell by cell: ratio = B / A of ns per epoch. `threshold` is a factor less 1 (0.03 = 3 %).
 *
 * Throws InputError where nothing can be compared: other machines, other data, other training, no cell that
 * both have with two trials.
 */
export function compareRuns(a: NamedRun, b: NamedRun, threshold: number): Comparison {
  checkComparable(a.run, b.run);
  const compare = compareCells(b.run.plan);
  const { matched, refused } = matchCells(ordinary(a.trials), ordinary(b.trials), compare);
  if (matched.length === 0) {
    const [first] = refused;
    throw new InputError(
      `Cannot compare the runs: no cell was measured in both by two trials or more` +
        (first
          ? ` (${first.cell.implementation}, m = ${first.cell.examples}: ${refusalText(first)})`
          : ""),
      "run the same implementations and --sizes, with more --rounds",
    );
  }
  const pace = machinePace(a.run, b.run, matched);
  const floors = [a, b].flatMap((one) => noiseFloorOfRun(one) ?? []);
  const noiseFloor = floors.length > 0 ? Math.max(...floors) : undefined;
  const thresholdInForce = Math.max(threshold, noiseFloor ?? 0);

  const waiting = waitingShares(matched);
  const samples = new Map(
    matched.flatMap(({ a, b }) => [...a, ...b]).map((trial) => [trial, steadyTrial(trial)]),
  );
  const inB = new Set(matched.flatMap(({ b }) => b));
  const reading = (slowness: (trial: UsableTrial) => number) =>
    readingOf(matched, thresholdInForce, (trial) => scaled(samples.get(trial)!, slowness(trial)));
  const raw = reading(() => 1);
  const steady = pace || waiting
    ? possiblePaces(pace).map((factor) =>
      reading((trial) => waitingFactor(trial) * (inB.has(trial) ? factor : 1))
    )
    : [];

  const { series, indexOf } = seriesOf(matched.map(({ cell }) => cell), b.run.plan);
  const cells = matched.map((one, i): Comparison["cells"][0] => ({
    cell: one.cell,
    label: series[indexOf(one.cell)].label,
    a: sideOf(one.a.map((trial) => samples.get(trial)!)),
    b: sideOf(one.b.map((trial) => samples.get(trial)!)),
    ratio: raw[i].ratio,
    ...inAll(raw[i], steady.map((one) => one[i])),
  }));
  return {
    schema: FORMAT_VERSION,
    verdict: overall(cells.map(({ verdict }) => verdict)),
    ...(noiseFloor !== undefined && { noiseFloor }),
    threshold,
    thresholdInForce,
    alpha: ALPHA,
    paired: false,
    a: identityOf(a),
    b: identityOf(b),
    ...(pace && { pace }),
    ...(waiting && { waiting }),
    commonRatio: Math.exp(median(cells.map(({ ratio }) => Math.log(ratio)))),
    cells,
    refused: [...refused],
    wrongCells: refused.filter(({ kind }) => kind === "wrong").length,
    notes: [...environmentNotes(a.run, b.run), ...paceNotes(pace)],
  };
}

const ordinary = (trials: readonly TrialRecord[]): TrialRecord[] =>
  trials.filter(({ cell }) => cell.copy === undefined);

function readingOf(
  matched: readonly MatchedCell[],
  threshold: number,
  samplesOf: (trial: UsableTrial) => TrialSamples,
): Reading[] {
  const ratios = kernelRatios(
    matched.map(({ cell, a, b }) => ({
      a: a.map(samplesOf),
      b: b.map(samplesOf),
      kernel: kernelOf(cell),
    })),
    1 - ALPHA / matched.length,
  );
  return readings(ratios, threshold);
}

/** What the trial would have taken on a machine that is not `slowness` times as slow. */
const scaled = ({ round, sorted }: TrialSamples, slowness: number): TrialSamples => ({
  round,
  sorted: sorted.map((ns) => ns / slowness),
});

/**
 * The verdict that holds whether the machine's slowness is left in or taken out, and the interval that
 * covers all these readings.
 */
function inAll(raw: Reading, steady: readonly Reading[]) {
  const { interval, verdict, reason } = raw;
  if (steady.length === 0) return { interval, verdict, ...(reason !== undefined && { reason }) };
  const all = [raw, ...steady].map((one) => one.interval);
  const union: [number, number] = [
    Math.min(...all.map(([low]) => low)),
    Math.max(...all.map(([, high]) => high)),
  ];
  const both = { interval: union, rawInterval: interval };
  if (steady.every((one) => one.verdict === verdict)) {
    return { ...both, verdict, ...(reason !== undefined && { reason }) };
  }
  const because = verdict === "unresolved"
    ? reason
    : `${verdict} as measured, but the machine's pace may be the cause`;
  return {
    ...both,
    verdict: "unresolved" as const,
    ...(because !== undefined && { reason: because }),
  };
}

/** What the ratio is of: as tables show a median over trials, this is not quite the same figure. */
const sideOf = (trials: readonly TrialSamples[]) => ({
  nsPerEpoch: Math.exp(logTime(trials).value),
  trials: trials.length,
});

function identityOf({ name, run }: NamedRun): Comparison["a"] {
  const { gitCommit, slope } = run.environment;
  return {
    run: name,
    startedAt: run.sessions[0].startedAt,
    ...(gitCommit !== undefined && { gitCommit }),
    slope,
  };
}

function paceNotes(pace: MachinePace | undefined): string[] {
  if (pace?.source === "yardstick") return [];
  return [
    pace === undefined
      ? "Nothing tells how fast the machine was in both runs: a drift between them looks like a change."
      : "Not all trials have a yardstick: the machine's pace is known from before the first trial alone.",
  ];
}
