import { counted } from "../src/report/numbers.ts";
import type { CellSummary, Summary } from "../src/format/summary.ts";
import { mean as meanOf } from "../src/stats/statistics.ts";

/** A figure that is no ratio of times, beside what it is to reach. */
export interface Aim {
  readonly what: string;
  readonly unit: "ns" | "share" | "points";
  readonly value: number;
  readonly aim: number;
  readonly is: "at most" | "at least";
  readonly reached: boolean;
}

const PROGRAM = "native_sparse";
const MOST_NS_TO_90 = 0.15e9;
const LEAST_SHARE_OF_CEILING = 0.5;
/** Test accuracy, in points of a hundredth. */
const MOST_POINTS_APART = 0.5;

/** What the sweep of the narrow network shows beside its ratios. */
export function aimsOf({ cells }: Pick<Summary, "cells">): Aim[] {
  const own = cells.filter(({ cell }) => cell.implementation === PROGRAM && cell.threads === 1);
  return own.flatMap((figure) => {
    const { cell: { batchSize: b }, timeTo90Ns, roofline } = figure;
    const share = roofline?.ceiling?.share;
    return [
      ...(timeTo90Ns === undefined ? [] : [
        aim(
          `time to 90 % test accuracy with set-up, B = ${b}`,
          "ns",
          timeTo90Ns,
          "at most",
          MOST_NS_TO_90,
        ),
      ]),
      ...(share === undefined ? [] : [
        aim(`share of its ceiling, B = ${b}`, "share", share, "at least", LEAST_SHARE_OF_CEILING),
      ]),
    ];
  });
}

/** Test accuracy of each program, the mean over the seeds. */
export interface SeedAccuracy {
  readonly implementation: string;
  readonly seeds: number;
  readonly mean: number;
}

/** The accuracy of each program in a sweep with several seeds, and how far the means lie apart. */
export function accuraciesOf(
  { cells }: Pick<Summary, "cells">,
): { readonly accuracies: SeedAccuracy[]; readonly apart?: Aim } {
  const programs = Map.groupBy(cells, ({ cell }: CellSummary) => cell.implementation);
  const accuracies = [...programs].map(([implementation, ofProgram]) => ({
    implementation,
    seeds: ofProgram.length,
    mean: meanOf(ofProgram.map(({ testAccuracy }) => testAccuracy)),
  }));
  if (accuracies.length < 2) return { accuracies };
  const means = accuracies.map(({ mean }) => mean);
  const points = 100 * (Math.max(...means) - Math.min(...means));
  const seeds = Math.min(...accuracies.map(({ seeds }) => seeds));
  const what = `mean test accuracies over ${counted(seeds, "seed")}, apart`;
  return { accuracies, apart: aim(what, "points", points, "at most", MOST_POINTS_APART) };
}

const aim = (
  what: string,
  unit: Aim["unit"],
  value: number,
  is: Aim["is"],
  aim: number,
): Aim => ({ what, unit, value, is, aim, reached: is === "at most" ? value <= aim : value >= aim });
