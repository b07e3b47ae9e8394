import { basename } from "node:path";
import { known } from "../base/known.ts";
import type { Comparison, RefusedCell } from "../format/comparison.ts";
import { cellKey } from "../format/trial_record.ts";
import { byNode } from "../stats/by_node.ts";
import { pairedLogRatios, ratiosWithin } from "../stats/ratio.ts";
import { ALPHA, judge } from "../stats/verdict.ts";
import { steadyTrial } from "./estimate.ts";
import { type BoundedReading, comparisonOf, identityOf, sideOf } from "./comparison_parts.ts";
import { FEWEST_TRIALS, matchCells } from "./match_cells.ts";
import { type NamedRun, noiseFloorOfRun, withoutCopy } from "./noise_floor.ts";
import { kernelKey } from "./problem_key.ts";
import { compareCells, seriesOf } from "./series.ts";
import { mostThreads } from "./threads_that_ran.ts";

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
  const kept = new Set(earlier.map(({ cell }) => cellKey(cell)));
  const { matched, refused } = matchCells(
    earlier,
    // A new implementation has no earlier code; it did not go missing.
    present.filter(({ cell }) => kept.has(cellKey(cell))),
    compareCells(plan),
  );
  const tooFew: RefusedCell[] = [];
  const pairs = matched.flatMap(({ cell, a, b }) => {
    const pair = { a: a.map(steadyTrial), b: b.map(steadyTrial), kernel: kernelKey(cell) };
    const rounds = pairedLogRatios(pair.a, pair.b).length;
    if (rounds >= FEWEST_TRIALS) return [{ cell, ...pair, threads: mostThreads([...a, ...b]) }];
    tooFew.push({ cell, reason: { kind: "few-rounds", rounds, needed: FEWEST_TRIALS } });
    return [];
  });
  if (pairs.length === 0) return undefined;
  const replicates = byNode(
    pairs.flatMap(({ a, b }) => [a, b]),
    pairs.flatMap(({ kernel }) => [`${kernel} a`, `${kernel} b`]),
  );
  const noiseFloor = noiseFloorOfRun(run);
  const thresholdInForce = Math.max(threshold, noiseFloor ?? 0);
  const rule = { threshold: thresholdInForce, alpha: ALPHA };
  const ratios = ratiosWithin(
    pairs.map(({ kernel }, i) => ({ a: replicates[2 * i], b: replicates[2 * i + 1], kernel })),
  );
  const judged = judge(ratios, rule) as BoundedReading[];
  const threads = new Map(pairs.map((one) => [one.cell, one.threads]));
  const { series, indexOf } = seriesOf(
    [...threads.keys()],
    plan,
    undefined,
    (cell) => threads.get(cell)!,
  );
  return comparisonOf({
    noiseFloor,
    threshold,
    thresholdInForce,
    paired: true,
    a: known(earlierIdentity(plan)),
    b: identityOf(run),
    cells: pairs.map(({ cell, a, b }, i) => {
      const { confidence: _, ...said } = judged[i];
      return { cell, label: series[indexOf(cell)].label, a: sideOf(a), b: sideOf(b), ...said };
    }),
    refused: [...refused, ...tooFew],
    notes: [],
  });
}

/** A run is named by its folder, a commit by what the user called it. */
function earlierIdentity({ against }: NamedRun["run"]["plan"]) {
  if (against === undefined) return { run: "the earlier code" };
  if ("ref" in against) {
    const gitCommit = against.gitCommit.slice(0, 12);
    return against.ref === against.gitCommit ? { run: gitCommit } : { run: against.ref, gitCommit };
  }
  return { run: basename(against.folder), gitCommit: against.pluginCommit ?? against.gitCommit };
}
