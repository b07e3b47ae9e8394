import { mean, median, studentQuantile } from "../base/statistics.ts";
import type { RunFile } from "../sweep/plan.ts";
import type { TrialRecord } from "../trial/record.ts";
import { CONFIDENCE } from "./bootstrap.ts";
import type { MachinePace } from "./comparison.ts";
import type { MatchedCell } from "./match_cells.ts";

/** What the fixed piece of work took in this trial: the median, because a moment's disturbance is not its pace. */
export function yardstickOf({ interference }: TrialRecord): number | undefined {
  const ns = interference?.yardstickNs;
  return ns !== undefined && ns.length > 0 ? median(ns) : undefined;
}

/**
 * How much slower the machine was in B than in A, by work that is the same in both: the yardstick of the
 * trials of the matched cells or, for runs of before there was one, the rate of scalar JavaScript before the
 * first trial. Undefined where one of the runs has neither.
 */
export function machinePace(
  a: RunFile,
  b: RunFile,
  matched: readonly MatchedCell[],
): MachinePace | undefined {
  return fromYardsticks(matched) ?? fromCeilings(a, b);
}

/** Cell by cell, so that neither another mix of runtimes nor another number of trials passes for a pace. */
function fromYardsticks(matched: readonly MatchedCell[]): MachinePace | undefined {
  const logs = matched.flatMap(({ a, b }) => {
    const [ofA, ofB] = [a, b].map((trials) =>
      trials.map(yardstickOf).filter((ns) => ns !== undefined)
    );
    return ofA.length > 0 && ofB.length > 0 ? [Math.log(median(ofB) / median(ofA))] : [];
  });
  if (logs.length === 0) return undefined;
  return { source: "yardstick", ...geometric(logs), from: logs.length };
}

function fromCeilings(a: RunFile, b: RunFile): MachinePace | undefined {
  const logs = (a.ceilings ?? []).flatMap((of) => {
    const [before, after] = [of, b.ceilings?.find(({ runtime }) => runtime === of.runtime)]
      .map((ceilings) => ceilings?.arithmetic.find(isScalar)?.flopPerSecond);
    // Of rates, not times: the other way round.
    return before && after ? [Math.log(before / after)] : [];
  });
  if (logs.length === 0) return undefined;
  return { source: "ceilings", ratio: Math.exp(mean(logs)), from: logs.length };
}

const isScalar = ({ backEnd, threads }: { backEnd: string; threads: number }): boolean =>
  backEnd === "javascript" && threads === 1;

/** Geometric mean of the factors whose logarithms these are, with Student's t interval where there are several. */
function geometric(logs: readonly number[]): Pick<MachinePace, "ratio" | "interval"> {
  const centre = mean(logs);
  const n = logs.length;
  if (n === 1) return { ratio: Math.exp(centre) };
  const variance = logs.reduce((sum, log) => sum + (log - centre) ** 2, 0) / (n - 1);
  const half = studentQuantile((1 + CONFIDENCE) / 2, n - 1) * Math.sqrt(variance / n);
  return { ratio: Math.exp(centre), interval: [Math.exp(centre - half), Math.exp(centre + half)] };
}
