import { type Cell, cellKey, type TrialRecord } from "../format/trial_record.ts";
import { comparableKey } from "../compare/comparable.ts";
import type { NamedRun } from "../summary/noise_floor.ts";

/** An earlier run, and a run reduced to the cells to compare with it. */
export interface Pair {
  readonly before: NamedRun;
  readonly after: NamedRun;
}

/**
 * The earlier run for each affected cell of `after`: the newest in which it did not fail, so that broken versions are
 * passed over, and preferably one that was trained alike. Unaffected cells are added, because they show the
 * machine's speed. `earlier` yields the newest run first and is read only as far as needed. Cells `without` a
 * predecessor have no good trial in any earlier run.
 */
export function findPredecessors(
  after: NamedRun,
  isAffected: (cell: Cell) => boolean,
  earlier: Iterable<NamedRun>,
): { pairs: Pair[]; without: Cell[] } {
  const cells = new Map(
    after.trials.filter(({ cell }) => cell.copy === undefined && isAffected(cell))
      .map(({ cell }) => [cellKey(cell), cell]),
  );
  const alike = new Map<string, NamedRun>();
  const unlike = new Map<string, NamedRun>();
  for (const before of earlier) {
    const good = goodCells(before.trials);
    const found = comparableKey(before.run) === comparableKey(after.run) ? alike : unlike;
    for (const key of cells.keys()) {
      if (good.has(key) && !found.has(key)) found.set(key, before);
    }
    if (alike.size === cells.size) break;
  }
  const beforeOf = new Map([...unlike, ...alike]);
  const groups = Map.groupBy(beforeOf.keys(), (key) => beforeOf.get(key)!);
  return {
    pairs: [...groups].map(([before, keys]) => {
      const own = new Set(keys);
      const ofPair = ({ cell }: TrialRecord) => {
        const key = cellKey(cell);
        return own.has(key) || !cells.has(key);
      };
      const trials = after.trials.filter(ofPair);
      const shared = new Set(trials.map(({ cell }) => cellKey(cell)));
      const trialsBefore = before.trials.filter(({ cell }) => shared.has(cellKey(cell)));
      return { before: { ...before, trials: trialsBefore }, after: { ...after, trials } };
    }),
    without: [...cells].flatMap(([key, cell]) => beforeOf.has(key) ? [] : [cell]),
  };
}

/** Keys of the cells that ran without a failure or a wrong gradient. */
function goodCells(trials: readonly TrialRecord[]): ReadonlySet<string> {
  const good = new Set(trials.map(({ cell }) => cellKey(cell)));
  const ran = new Set<string>();
  for (const { cell, status, verification } of trials) {
    if (status === "failed" || verification?.verdict === "wrong") good.delete(cellKey(cell));
    else if (status === "ok") ran.add(cellKey(cell));
  }
  return good.intersection(ran);
}
