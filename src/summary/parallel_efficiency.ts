import { known } from "../base/known.ts";
import type { Bounded } from "../format/interval.ts";
import type { Analysed } from "./analyse.ts";
import { problemKey } from "./problem_key.ts";
import type { ReadPair, Side } from "./read_pairs.ts";

/** For each cell with several ranks the cell of the same program and problem with a single one, where there is one. */
export function singleRanksOf(cells: readonly Analysed[]): Map<Analysed, Analysed> {
  const key = ({ summary: { cell } }: Analysed): string =>
    [cell.implementation, cell.runtime, cell.threads, cell.copy ?? "", problemKey(cell)].join("|");
  const singles = new Map(
    cells.filter(({ summary }) => summary.cell.ranks === 1).map((one) => [key(one), one]),
  );
  return new Map(cells.flatMap((one) => {
    const single = (one.summary.cell.ranks ?? 1) > 1 ? singles.get(key(one)) : undefined;
    return single === undefined ? [] : [[one, single]];
  }));
}

/** Time with one rank over the time of all `ranks` together: 1 where each rank adds its whole speed. */
export function efficiencyOf(own: Side, single: Side, ranks: number, read: ReadPair): Bounded {
  const { ratio, interval, confidence } = read(own, single);
  return known({
    value: ratio / ranks,
    low: interval && interval[0] / ranks,
    high: interval && interval[1] / ranks,
    confidence,
  });
}
