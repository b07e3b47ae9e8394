import type { CrossoverAxis } from "../format/crossover_axes.ts";
import type { RunFile } from "../format/plan.ts";
import type { Summary } from "../format/summary.ts";
import type { Cell, TrialRecord } from "../format/trial_record.ts";
import { choiceKey } from "./axes.ts";
import {
  fastestAlong,
  linesAlong,
  movedTo,
  type Placed,
  placeOn,
  programKey,
} from "./crossover_lines.ts";
import { summarise } from "./summarise.ts";

/** Places nearer than this factor are near enough. */
const NEAR = 1.1;

/**
 * The cells that halve, on a logarithmic axis, the stretch between the last place of one fastest program and the first
 * of the next: both programs in the middle. Along B and width only those at the largest m, of the first seed. Empty when
 * every such stretch is short, or the plan bisects nothing.
 */
export function cellsToBisect(run: RunFile, trials: readonly TrialRecord[]): Cell[] {
  const { plan: { crossover: axis, seeds, sizes } } = run;
  if (axis === undefined) return [];
  const largest = Math.max(...sizes);
  const contenders = contendersOf(summarise(run, trials, "")).filter(({ cell }) =>
    cell.seed === seeds[0] && (axis === "examples" || cell.examples === largest)
  );
  return linesAlong(contenders, axis).flatMap((line) => {
    const fastest = fastestAlong(line);
    return fastest.slice(1).flatMap((to, i) =>
      programKey(fastest[i]) === programKey(to) ? [] : middleOf(axis, fastest[i].cell, to.cell)
    );
  });
}

function middleOf(axis: CrossoverAxis, from: Cell, to: Cell): Cell[] {
  const [low, high] = [placeOn(axis, from)!, placeOn(axis, to)!];
  const middle = Math.round(Math.sqrt(low * high));
  if (high < NEAR * low || middle <= low || middle >= high) return [];
  return [from, to].map((cell) => movedTo(axis, cell, middle));
}

/** What may be chosen in each problem, with its total. */
const contendersOf = ({ choices, cells, series }: Summary): Placed[] =>
  choices.flatMap(({ examples, batchSize, seed, rivals, ...choice }) =>
    [choice, ...rivals].flatMap(({ series: place, totalNs }) => {
      const found = cells.find(({ cell, series: own }) =>
        own === place && cell.examples === examples && cell.batchSize === batchSize &&
        cell.seed === seed
      );
      return found ? [{ cell: found.cell, totalNs, setting: choiceKey(series[place]) }] : [];
    })
  );
