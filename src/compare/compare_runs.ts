import { known } from "../base/known.ts";
import { InputError } from "../base/errors.ts";
import type { Comparison, ComparisonNote, MachinePace } from "../format/comparison.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { refusalText } from "../report/refusal_words.ts";
import { ratiosAcross } from "../stats/node_ratios.ts";
import type { TrialSamples } from "../stats/trial_samples.ts";
import { acrossThreshold, ALPHA, judge, verdictOf } from "../stats/verdict.ts";
import { steadyTrial } from "../summary/estimate.ts";
import {
  machinePace,
  possiblePaces,
  waitingFactor,
  waitingShares,
} from "../summary/machine_pace.ts";
import {
  type BoundedReading,
  comparisonOf,
  identityOf,
  sideOf,
} from "../summary/comparison_parts.ts";
import { matchCells, type MatchedCell } from "../summary/match_cells.ts";
import { type NamedRun, noiseFloorOfRun } from "../summary/noise_floor.ts";
import { kernelKey } from "../summary/problem_key.ts";
import { compareCells, seriesOf } from "../summary/series.ts";
import type { UsableTrial } from "../summary/sort_trials.ts";
import { mostThreads } from "../summary/threads_that_ran.ts";
import { checkComparable, environmentNotes } from "./comparable.ts";

/**
 * Compares two runs cell by cell: ratio = B / A of ns per epoch. `threshold` is a factor less 1 (0.03 = 3 %).
 *
 * Throws InputError where nothing can be compared: other machines, other data, other training, or no cell with two
 * trials in both.
 */
export function compareRuns(a: NamedRun, b: NamedRun, threshold: number): Comparison {
  checkComparable(a.run, b.run);
  const compare = compareCells(b.run.plan);
  const { matched, refused } = matchCells(ordinary(a.trials), ordinary(b.trials), compare);
  if (matched.length === 0) {
    const why = refused.slice(0, 1).map(({ cell, reason }) =>
      ` (${cell.implementation}, m = ${cell.examples}: ${refusalText(reason)})`
    ).join("");
    throw new InputError(
      `Cannot compare the runs: no cell was measured in both by two trials or more${why}`,
      "run the same implementations and --sizes, with more --rounds or a larger --budget",
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

  const threads = new Map(matched.map(({ cell, a, b }) => [cell, mostThreads([...a, ...b])]));
  const { series, indexOf } = seriesOf(
    [...threads.keys()],
    b.run.plan,
    undefined,
    (cell) => threads.get(cell)!,
  );
  const isOne = isOneRun(a, b);
  const cells = matched.map((one, i): Comparison["cells"][0] => ({
    cell: one.cell,
    label: series[indexOf(one.cell)].label,
    a: sideOf(one.a.map((trial) => samples.get(trial)!)),
    b: sideOf(one.b.map((trial) => samples.get(trial)!)),
    ...(isOne ? UNCHANGED : {
      ratio: raw[i].ratio,
      ...inAll(raw[i], steady.map((one) => one[i]), thresholdInForce),
    }),
  }));
  return comparisonOf({
    noiseFloor,
    threshold,
    thresholdInForce,
    paired: false,
    a: identityOf(a),
    b: identityOf(b),
    pace,
    waiting,
    cells,
    refused,
    notes: isOne ? [{ kind: "same-run" }] : [...environmentNotes(a.run, b.run), ...paceNotes(pace)],
  });
}

const ordinary = (trials: readonly TrialRecord[]): TrialRecord[] =>
  trials.filter(({ cell }) => cell.copy === undefined);

function readingOf(
  matched: readonly MatchedCell[],
  threshold: number,
  samplesOf: (trial: UsableTrial) => TrialSamples,
): BoundedReading[] {
  const ratios = ratiosAcross(
    matched.map(({ cell, a, b }) => ({
      a: a.map(samplesOf),
      b: b.map(samplesOf),
      kernel: kernelKey(cell),
    })),
    1 - ALPHA / matched.length,
  );
  return judge(ratios, { threshold, alpha: ALPHA }) as BoundedReading[];
}

/** The trial on a machine that is not `slowness` times as slow. */
const scaled = ({ round, node, sorted }: TrialSamples, slowness: number): TrialSamples => ({
  round,
  ...(node !== undefined && { node }),
  sorted: sorted.map((ns) => ns / slowness),
});

/** The interval that covers the readings with the machine's slowness left in and taken out, and its verdict. */
function inAll(
  raw: BoundedReading,
  steady: readonly BoundedReading[],
  threshold: number,
) {
  const all = [raw, ...steady].map((one) => one.interval);
  const interval: [number, number] = [
    Math.min(...all.map(([low]) => low)),
    Math.max(...all.map(([, high]) => high)),
  ];
  const verdict = verdictOf(interval, threshold);
  const measured = raw.doubt?.kind === "across-threshold" ? raw.doubt.direction : raw.verdict;
  const doubt = acrossThreshold(interval) ??
    (measured === "unresolved"
      ? raw.doubt!
      : { kind: "machine-pace" as const, asMeasured: measured });
  return known({
    interval,
    rawInterval: steady.length > 0 ? raw.interval : undefined,
    verdict,
    doubt: verdict === "unresolved" ? doubt : undefined,
    // No number of rounds tells the machine's pace from the code.
    ...(verdict === "unresolved" && doubt.kind !== "machine-pace" && {
      roundsNeeded: raw.roundsNeeded,
      nodesNeeded: raw.nodesNeeded,
    }),
  });
}

/** Whether both are the same run, be it under two names. */
function isOneRun(a: NamedRun, b: NamedRun): boolean {
  const identity = ({ run, trials }: NamedRun) => {
    const { host } = run.environment;
    return JSON.stringify([host, run.sessions[0].startedAt, trials.map((one) => one.samplesNs)]);
  };
  return a.run.sessions[0].startedAt === b.run.sessions[0].startedAt && identity(a) === identity(b);
}

/** Nothing differs, so nothing is uncertain. */
const UNCHANGED = { ratio: 1, interval: [1, 1] as [number, number], verdict: "same" as const };

function paceNotes(pace: MachinePace | undefined): ComparisonNote[] {
  if (pace?.source === "yardstick") return [];
  return [{ kind: pace === undefined ? "pace-unknown" : "pace-before-trials" }];
}
