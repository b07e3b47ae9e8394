import type { Plan, RunFile } from "../format/plan.ts";
import { cellKey, FORMAT_VERSION, type TrialRecord } from "../format/trial_record.ts";
import { known } from "../base/known.ts";
import { byNode } from "../stats/by_node.ts";
import { median, variance } from "../stats/statistics.ts";
import { analyse, type Analysed } from "./analyse.ts";
import { type Candidate, choiceOf, choose, rivalPairs } from "./choose.ts";
import { crossoversOf } from "./crossovers.ts";
import { compareCopies } from "./compare_copies.ts";
import { noiseFloorOf, withoutCopy } from "./noise_floor.ts";
import { CONFIDENCE, sampleMedian } from "../stats/trial_samples.ts";
import { ALPHA } from "../stats/verdict.ts";
import { choiceKey } from "./axes.ts";
import { baselinesOf } from "./baselines.ts";
import { efficiencyOf, singleRanksOf } from "./parallel_efficiency.ts";
import { problemKey } from "./problem_key.ts";
import { accuracyFrontOf, cacheLimitsOf, contentionOf } from "./run_figures.ts";
import { type ReadPair, readPairs, type Side } from "./read_pairs.ts";
import { resolvePairs } from "./resolve.ts";
import { roofsOf } from "../machine/roofline_of.ts";
import { runtimeInteractionOf } from "./runtime_interaction.ts";
import { mostThreads, sameCodeAs, threadsThatRan, withoutRepetitions } from "./threads_that_ran.ts";
import { timeOfRun } from "./run_time.ts";
import { shardWarnings } from "./shard_warnings.ts";
import { compareModels } from "./same_model.ts";
import { compareCells, seriesOf } from "./series.ts";
import { learningCurveOf, scalingLawOf, timesOf } from "./series_fits.ts";
import { sortTrials } from "./sort_trials.ts";
import type { CellSummary, SameModel, Summary } from "../format/summary.ts";
import { isComplete } from "../sweep/run_state.ts";
import { predictedOf, withPredictedSpeedups } from "./predicted.ts";
import { totalOf, totalSamples } from "./total_time.ts";
import { warningsOf } from "./warnings.ts";

/**
 * Derives everything from `run.json` and the records of the journal; `name` is that of the run's folder. The same
 * input gives the same summary, byte for byte, in whatever order the trials come. A run in which nothing worked gives
 * a summary without cells.
 */
export function summarise(run: RunFile, trials: readonly TrialRecord[], name: string): Summary {
  const { plan, environment, data, sessions, leftOut, shard, shards } = run;
  const sorted = sortTrials(trials, compareCells(plan));
  const devices = new Map(
    trials.filter(({ device }) => device !== undefined)
      .map(({ cell, device }) => [`${cell.implementation}|${cell.runtime}`, device]),
  );
  const failed = new Set(
    sorted.problems.filter(({ status }) => status === "failed").map(({ cell }) => cellKey(cell)),
  );
  const { kept, repeated } = withoutRepetitions(sorted.cells, run, failed);
  const usedBy = new Map(kept.map((trials) => [trials[0].cell, mostThreads(trials)]));
  const { series, indexOf } = seriesOf(
    kept.map(([trial]) => trial.cell).filter(({ copy }) => copy === undefined),
    plan,
    ({ implementation, runtime }) => devices.get(`${implementation}|${runtime}`),
    (cell) => usedBy.get(cell)!,
  );
  const found = new Set(kept.map(([{ cell }]) => cellKey(cell)));
  // A copy means something only beside the cell that it copies.
  const shown = kept.filter(([{ cell }]) => found.has(cellKey(withoutCopy(cell))));
  const { cells: all, nodes } = analyse(run, shown, indexOf);
  const cells = all.filter(isOrdinary);
  const noiseFloor = noiseFloorOf(
    all.map(({ trials: [{ cell }], perTrial }) => ({ cell, steady: perTrial })),
  );
  const floor = noiseFloor?.floor ?? 0;
  const baselines = baselinesOf(cells, plan);
  const sameModel = modelsOf(cells, plan, baselines);
  // They do other work, so their speed is not compared.
  const others = new Set(
    sameModel.filter(({ verdict }) => verdict === "different model").map(({ series }) => series),
  );
  const sides = new Map(cells.map((one) => [one, sideOf(one)]));
  const totals = byNode(
    cells.map(({ trials, perTrial }) => totalSamples(trials, perTrial, plan.epochs)),
    cells.map((one) => one.series),
  );
  const totalsOf = new Map(cells.map((one, i) => [one, totals[i]]));
  const candidates = cells
    .filter(({ summary: { cell, verdict }, series }) =>
      verdict !== "wrong" && !others.has(series) && !failed.has(cellKey(cell))
    )
    .map((one): Candidate => ({
      series: one.series,
      summary: one.summary,
      perEpoch: sides.get(one)!,
      inAll: {
        series: one.series,
        steady: totalsOf.get(one)!,
        epochs: plan.epochs,
        ns: totalOf(one.summary, plan.epochs).totalNs,
      },
      total: totalOf(one.summary, plan.epochs),
      setting: choiceKey(series[one.series]),
      baseline: baselines.get(one)?.summary,
    }));
  const chosen = choose(candidates, floor);
  const compared = new Set(
    cells.filter((one) =>
      baselines.has(one) && baselines.get(one) !== one && !others.has(one.series)
    ),
  );
  const pairs = [...compared].map((one) =>
    [sides.get(baselines.get(one)!)!, sides.get(one)!] as const
  );
  const singles = singleRanksOf(cells);
  const ranked = [...singles].map(([one, single]) =>
    [sides.get(single)!, sides.get(one)!] as const
  );
  const read = readPairs([...pairs, ...rivalPairs(chosen), ...ranked], floor);
  const efficiency = (one: Analysed): Pick<CellSummary, "parallelEfficiency"> => {
    const single = singles.get(one);
    const { ranks = 1 } = one.summary.cell;
    return single === undefined
      ? {}
      : { parallelEfficiency: efficiencyOf(sides.get(one)!, sides.get(single)!, ranks, read) };
  };
  const figures = figuresOf(all, others, (one) => {
    if (baselines.get(one) === one) {
      return { speedup: { value: 1, low: 1, high: 1, confidence: CONFIDENCE } };
    }
    const speedup = compared.has(one)
      ? speedupOf(sides.get(one)!, sides.get(baselines.get(one)!)!, read)
      : {};
    return { ...speedup, ...efficiency(one) };
  });
  // Marked in every legend and table, because a wrong implementation may well be the fastest.
  const wrong = new Set(
    cells.flatMap(({ summary, series }) => summary.verdict === "wrong" ? [series] : []),
  );
  const originals = figures.filter(({ cell }) => cell.copy === undefined);
  const predicted = series.flatMap((one, place) =>
    predictedOf({
      plan,
      series: one,
      place,
      measured: originals.filter((cell) => cell.series === place).map(({ cell }) => cell),
      sizes: timesOf(cells, place),
      others: series.flatMap((_, other) => other === place ? [] : [timesOf(cells, other)]),
      problems: sorted.problems,
      isComplete: isComplete(run),
    })
  );
  const rule = plan.resolve !== undefined && { threshold: plan.resolve, alpha: ALPHA };
  return known({
    schema: FORMAT_VERSION,
    run: name,
    plan,
    environment,
    data,
    sessions,
    ...known({ leftOut, shard, shards }),
    counts: known({ ...sorted.counts, planned: run.trials }),
    time: timeOfRun(sessions, trials, shards),
    series: series.map((one, i) =>
      known({
        ...one,
        summary: run.implementations?.find(({ name }) => name === one.implementation)?.summary,
        sameCode: sameCodeAs(repeated, (cell) => indexOf(cell) === i),
        label: wrong.has(i) ? `${one.label} (wrong)` : one.label,
      })
    ),
    sameModel,
    cells: withPredictedSpeedups(originals, predicted, plan, others),
    predicted,
    crossovers: crossoversOf(candidates, floor),
    choices: chosen.map((one) => choiceOf(one, read, plan.epochs)),
    runtimeInteraction: runtimeInteractionOf(
      cells.filter(({ summary, series }) => summary.verdict !== "wrong" && !others.has(series)),
      series,
    ),
    copies: figures.filter(({ cell }) => cell.copy !== undefined),
    trialSpread: trialSpreadOf(cells),
    contention: contentionOf(originals),
    cacheLimits: cacheLimitsOf(originals, environment),
    accuracyFront: accuracyFrontOf(originals),
    noiseFloor,
    nodes: nodes && known({ each: nodes.each, interaction: nodes.interaction }),
    resolved: rule
      ? { ...rule, pairs: resolvePairs(kept.flat(), rule, compareCells(plan)) }
      : undefined,
    // With failed trials, so that a cell which failed only now is reported.
    against: plan.against &&
      compareCopies({ name, run, trials: sorted.ordered }, plan.against.threshold),
    ceilings: run.ceilings ?? [],
    roofs: roofsOf(run, cells.map(({ summary }) => summary)),
    scalingLaws: series.flatMap((_, place) => scalingLawOf(run, cells, place)),
    learningCurves: series.map((_, place) => learningCurveOf(cells, place)),
    problems: sorted.problems,
    warnings: [
      ...shardWarnings(run, trials),
      ...warningsOf(run, cells.map(({ summary }) => summary), {
        trials: trials.length,
        problems: sorted.problems.length,
        repeated,
        threads: new Map(kept.map((trials) => [trials[0].cell, threadsThatRan(trials)])),
        // Without a record of it there was no audit: the gradient is known to be wrong.
        unaudited: sorted.cells.flat().filter(({ rechecks }) => rechecks?.steps === 0),
      }),
    ],
  });
}

/** Whether each series trains the same model as the baseline. */
function modelsOf(
  cells: readonly Analysed[],
  plan: Plan,
  baselines: ReadonlyMap<Analysed, Analysed>,
): SameModel[] {
  const pairs = cells.filter(({ summary }) => summary.cell.implementation !== plan.baseline)
    .flatMap((one) => {
      const baseline = baselines.get(one)?.trials;
      return baseline ? [{ series: one.series, own: one.trials, baseline }] : [];
    });
  return [...Map.groupBy(pairs, ({ series }) => series)]
    .map(([series, ofSeries]) => ({ series, ...compareModels(ofSeries) }));
}

/** How far trials of one cell differ: the median and the maximum over the cells. */
function trialSpreadOf(cells: readonly Analysed[]): Summary["trialSpread"] {
  const spreads = cells.filter(({ perTrial }) => perTrial.length > 1)
    .map(({ perTrial, series, summary: { cell } }) => ({
      greatest: Math.sqrt(variance(perTrial.map((trial) => Math.log(sampleMedian(trial))))),
      series,
      examples: cell.examples,
    }));
  if (spreads.length === 0) return undefined;
  return {
    median: median(spreads.map(({ greatest }) => greatest)),
    ...spreads.reduce((a, b) => b.greatest > a.greatest ? b : a),
  };
}

/** Copies take no part in comparisons of implementations or in scaling laws. */
const isOrdinary = ({ summary }: Analysed): boolean => summary.cell.copy === undefined;

/** Adds to each cell its speedup and how it compares with the fastest of the same problem. */
function figuresOf(
  cells: readonly Analysed[],
  otherModels: ReadonlySet<number>,
  speedup: (
    one: Analysed,
  ) => Pick<CellSummary, "speedup" | "speedupVerdict" | "parallelEfficiency">,
): CellSummary[] {
  const fastest = new Map<string, number>();
  for (const { series, summary: { cell, nsPerEpoch, verdict } } of cells.filter(isOrdinary)) {
    if (otherModels.has(series) || verdict === "wrong") continue;
    const key = problemKey(cell);
    fastest.set(key, Math.min(nsPerEpoch.value, fastest.get(key) ?? Infinity));
  }
  return cells.map((one) => {
    const { cell, ...figures } = one.summary;
    return {
      cell,
      series: one.series,
      ...figures,
      ...speedup(one),
      slowdown: figures.nsPerEpoch.value /
        (fastest.get(problemKey(cell)) ?? figures.nsPerEpoch.value),
    };
  });
}

const sideOf = ({ steady, series, summary }: Analysed): Side => ({
  steady,
  series,
  ns: summary.nsPerEpoch.value,
});

function speedupOf(own: Side, baseline: Side, read: ReadPair) {
  const { ratio, interval, confidence } = read(own, baseline);
  return {
    speedup: known({ value: ratio, low: interval?.[0], high: interval?.[1], confidence }),
    speedupVerdict: read(baseline, own).verdict,
  };
}
