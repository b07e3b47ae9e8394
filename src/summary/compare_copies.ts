import { basename } from "node:path";
import { median } from "../stats/statistics.ts";
import { cellKey, FORMAT_VERSION } from "../format/trial_record.ts";
import type { Comparison } from "../format/comparison.ts";

import { steadyTrial } from "./estimate.ts";
import { kernelOf, shareLuck, sideOfPairs } from "./kernel_ratio.ts";
import { logTime } from "../stats/log_time.ts";
import { matchCells } from "./match_cells.ts";
import { type NamedRun, noiseFloorOfRun, withoutCopy } from "./noise_floor.ts";
import { pairedRatio } from "../stats/ratio.ts";
import { ALPHA, overall, readings } from "./reading.ts";
import { compareCells, seriesOf } from "./series.ts";

/**
 * Compares, within one run, the present code (B) with that of an earlier run (A), which `bench --against` timed in the
 * same rounds as cells with `copy` "reference". Trials are paired round by round, so that the machine's pace
 * cancels and no yardstick is needed. Undefined where the run has no such cells, or none with a round in common.
 */
export function compareCopies(run: NamedRun, threshold: number): Comparison | undefined {
  const { plan } = run.run;
  const earlier = run.trials.filter(({ cell }) => cell.copy === "reference")
    .map((trial) => ({ ...trial, cell: withoutCopy(trial.cell) }));
  if (earlier.length === 0) return undefined;
  const present = run.trials.filter(({ cell }) => cell.copy === undefined);
  const known = new Set(earlier.map(({ cell }) => cellKey(cell)));
  const { matched, refused } = matchCells(
    earlier,
    // What has no earlier code, new implementations for one, is no cell that went missing.
    present.filter(({ cell }) => known.has(cellKey(cell))),
    compareCells(plan),
  );
  const pairs = matched.flatMap(({ cell, a, b }) => {
    const sides = { a: a.map(steadyTrial), b: b.map(steadyTrial) };
    const ratio = pairedRatio(sides.a, sides.b);
    return ratio ? [{ cell, ...sides, ratio }] : [];
  });
  if (pairs.length === 0) return undefined;
  const noiseFloor = noiseFloorOfRun(run);
  const thresholdInForce = Math.max(threshold, noiseFloor ?? 0);
  const judged = readings(
    shareLuck(
      pairs.map(({ ratio }) => ratio),
      pairs.map(({ cell }) => kernelOf(cell)),
      pairs.map(({ a, b }) => sideOfPairs(a, b)),
    ),
    thresholdInForce,
  );
  const { series, indexOf } = seriesOf(pairs.map(({ cell }) => cell), plan);
  const { gitCommit, slope } = run.run.environment;
  return {
    schema: FORMAT_VERSION,
    verdict: overall(judged.map(({ verdict }) => verdict)),
    ...(noiseFloor !== undefined && { noiseFloor }),
    threshold,
    thresholdInForce,
    alpha: ALPHA,
    paired: true,
    a: {
      run: plan.against ? basename(plan.against.folder) : "the earlier code",
      ...(plan.against?.gitCommit !== undefined && { gitCommit: plan.against.gitCommit }),
    },
    b: {
      run: run.name,
      startedAt: run.run.sessions[0].startedAt,
      ...(gitCommit !== undefined && { gitCommit }),
      slope,
    },
    commonRatio: Math.exp(median(judged.map(({ ratio }) => Math.log(ratio)))),
    cells: pairs.map(({ cell, a, b }, i) => ({
      cell,
      label: series[indexOf(cell)].label,
      a: { nsPerEpoch: Math.exp(logTime(a).value), trials: a.length },
      b: { nsPerEpoch: Math.exp(logTime(b).value), trials: b.length },
      ...judged[i],
    })),
    refused: [...refused],
    wrongCells: refused.filter(({ kind }) => kind === "wrong").length,
    notes: [],
  };
}
