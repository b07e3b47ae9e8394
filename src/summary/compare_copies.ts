import { basename } from "node:path";
import type { Comparison, RefusedCell } from "../format/comparison.ts";
import { cellKey, FORMAT_VERSION } from "../format/trial_record.ts";
import { logTime } from "../stats/log_time.ts";
import { pairedLogRatios, ratiosWithin } from "../stats/ratio.ts";
import { median } from "../stats/statistics.ts";
import { ALPHA, judge, overall } from "../stats/verdict.ts";
import { steadyTrial } from "./estimate.ts";
import { FEWEST_TRIALS, matchCells } from "./match_cells.ts";
import { type NamedRun, noiseFloorOfRun, withoutCopy } from "./noise_floor.ts";
import { kernelKey } from "./problem_key.ts";
import { compareCells, seriesOf } from "./series.ts";

/**
 * Compares the present code (B) with that of an earlier run (A), which `bench --against` timed in the same rounds as
 * cells with `copy` "reference". Trials are paired round by round, so that the machine's pace cancels. Undefined where
 * no such cell has two rounds in common.
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
    // A new implementation has no earlier code; it did not go missing.
    present.filter(({ cell }) => known.has(cellKey(cell))),
    compareCells(plan),
  );
  const tooFew: RefusedCell[] = [];
  const pairs = matched.flatMap(({ cell, a, b }) => {
    const pair = { a: a.map(steadyTrial), b: b.map(steadyTrial), kernel: kernelKey(cell) };
    const rounds = pairedLogRatios(pair.a, pair.b).length;
    if (rounds >= FEWEST_TRIALS) return [{ cell, ...pair }];
    tooFew.push({ cell, reason: { kind: "few-rounds", rounds, needed: FEWEST_TRIALS } });
    return [];
  });
  if (pairs.length === 0) return undefined;
  const noiseFloor = noiseFloorOfRun(run);
  const thresholdInForce = Math.max(threshold, noiseFloor ?? 0);
  const judged = judge(ratiosWithin(pairs), { threshold: thresholdInForce, alpha: ALPHA });
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
    cells: pairs.map(({ cell, a, b }, i) => {
      const { ratio, interval, verdict, doubt } = judged[i];
      return {
        cell,
        label: series[indexOf(cell)].label,
        a: { nsPerEpoch: Math.exp(logTime(a).value), trials: a.length },
        b: { nsPerEpoch: Math.exp(logTime(b).value), trials: b.length },
        ratio,
        interval: interval!, // every pair has two rounds
        verdict,
        ...(doubt && { doubt }),
      };
    }),
    refused: [...refused, ...tooFew],
    wrongCells: refused.filter(({ reason }) => reason.kind === "wrong").length,
    notes: [],
  };
}
