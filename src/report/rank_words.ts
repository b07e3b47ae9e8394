import type { CellSummary, Summary } from "../format/summary.ts";
import { axesOfPlan, axisParts } from "../summary/axes.ts";
import { counted, formatCount, formatInterval, formatPercent, listed } from "./numbers.ts";

/**
 * How well several ranks share the work, at the largest m of each program: "Parallel efficiency of mpi_allreduce on 2 ranks
 * at m = 60,000: 58 % [55, 61] at B = 100 and 91 % [90, 92] at B = 1,000. Ranks exchange gradients, or wait for each other,
 * for 40 % and 6 % of a step."
 */
export function rankSentences({ cells, plan }: Summary): string[] {
  const ranked = cells.filter(({ parallelEfficiency }) => parallelEfficiency !== undefined);
  const programs = Map.groupBy(
    ranked,
    ({ cell }) =>
      [
        `${cell.implementation} on ${counted(cell.ranks!, "rank")}`,
        ...(plan.runtimes.length > 1 ? [cell.runtime] : []),
        ...axisParts(cell, axesOfPlan(plan)),
        ...(plan.seeds.length > 1 ? [`seed ${cell.seed}`] : []),
      ].join(" · "),
  );
  return [...programs].map(([program, all]) => {
    const examples = Math.max(...all.map(({ cell }) => cell.examples));
    const there = all.filter(({ cell }) => cell.examples === examples);
    const efficiencies = there.map(({ cell, parallelEfficiency }) =>
      `${formatInterval(parallelEfficiency!, whole)} at B = ${formatCount(cell.batchSize)}`
    );
    return `Parallel efficiency of ${program} at m = ${formatCount(examples)}: ` +
      `${listed(efficiencies)}.${communicationText(there)}`;
  });
}

function communicationText(cells: readonly CellSummary[]): string {
  const shares = cells.flatMap(({ communicationShare }) => communicationShare ?? []);
  if (shares.length < cells.length) return "";
  return ` Ranks exchange gradients, or wait for each other, for ${listed(shares.map(whole))} ` +
    "of a step.";
}

const whole = (share: number): string => formatPercent(share, 0);
