import { known } from "../base/known.ts";
import { byNode } from "../stats/by_node.ts";
import { medianOfKnown } from "../stats/statistics.ts";
import { type Cell, cellKey, FORMAT_VERSION } from "../format/trial_record.ts";
import { comparableKey } from "../compare/comparable.ts";
import type { NamedRun } from "../summary/noise_floor.ts";
import { identityOf } from "../summary/comparison_parts.ts";
import { recordsAtMeanNode } from "../summary/at_mean_node.ts";
import { hostsName, hostsOf } from "../summary/hosts_of.ts";
import { estimateCell, steadyTrial } from "../summary/estimate.ts";
import { yardstickOf } from "../summary/machine_pace.ts";
import { compareCells, seriesOf } from "../summary/series.ts";
import { sortTrials } from "../summary/sort_trials.ts";
import { mostThreads } from "../summary/threads_that_ran.ts";
import type { History, Trend } from "../format/history.ts";
import { FEWEST_RUNS, findSteps } from "./steps.ts";

/** The cells of `runs` over time, with their changes of level. */
export function traceHistory(runs: readonly NamedRun[]): History {
  const ordered = runs.toSorted((a, b) =>
    startOf(a) < startOf(b) ? -1 : startOf(a) > startOf(b) ? 1 : a.name < b.name ? -1 : 1
  );
  const keys = [...new Set(ordered.map(({ run }) => groupKey(run)))];
  const groups = keys.map((key) =>
    ordered.flatMap(({ run }, index) => groupKey(run) === key ? [index] : [])
  );
  return {
    schema: FORMAT_VERSION,
    runs: ordered.map(identityOf),
    groups: groups.map((indices) => {
      const { run } = ordered[indices[0]];
      const { environment: { cpu, cores }, data: { name: data }, plan } = run;
      return { host: hostsName(run), cpu, cores, data, epochs: plan.epochs, runs: indices };
    }),
    fewestRuns: FEWEST_RUNS,
    trends: groups.flatMap((indices, group) => trendsOf(ordered, indices, group)),
  };
}

/** Two machines of one kind are not one machine over time, so the hosts count, too. */
const groupKey = (run: NamedRun["run"]): string =>
  `${hostsOf(run).join(" ")}|${comparableKey(run)}`;

const startOf = ({ run }: NamedRun): string => run.sessions[0].startedAt;

function trendsOf(runs: readonly NamedRun[], indices: readonly number[], group: number): Trend[] {
  const points = new Map<string, { cell: Cell; points: Trend["points"] }>();
  const threadsOf = new Map<string, number>();
  for (const run of indices) {
    for (const { cell, threads, ...point } of pointsOf(runs[run])) {
      const key = cellKey(cell);
      const found = points.get(key) ?? { cell, points: [] };
      found.points.push({ run, ...point });
      points.set(key, found);
      threadsOf.set(key, threads);
    }
  }
  // The newest plan knows best which cells there are.
  const { plan } = runs[indices[indices.length - 1]].run;
  const compare = compareCells(plan);
  const trends = [...points.values()].sort((a, b) => compare(a.cell, b.cell));
  const { series, indexOf } = seriesOf(
    trends.map(({ cell }) => cell),
    plan,
    undefined,
    (cell) => threadsOf.get(cellKey(cell))!,
  );
  return trends.map(({ cell, points }) => {
    const { label } = series[indexOf(cell)];
    return known({ cell, label, group, points, steps: findSteps(points) });
  });
}

/** The measured cells of a run. */
function pointsOf({ run, trials }: NamedRun) {
  const own = trials.filter(({ cell }) => cell.copy === undefined);
  const cells = recordsAtMeanNode(sortTrials(own, compareCells(run.plan)).cells);
  const steady = byNode(cells.map((ofCell) => ofCell.map(steadyTrial)));
  return cells.map((ofCell, i) => {
    const { cell } = ofCell[0];
    const { value, low, high } = estimateCell(steady[i], cell.examples).nsPerEpoch;
    return known({
      cell,
      nsPerEpoch: value,
      low,
      high,
      trials: ofCell.length,
      threads: mostThreads(ofCell),
      yardstickNs: medianOfKnown(ofCell.map(yardstickOf)),
    });
  });
}
