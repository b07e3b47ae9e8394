import { type Cell, cellKey, type TrialRecord } from "../format/trial_record.ts";

/** The threads that computed, which are fewer than the cell's where it could not use all. */
export const threadsThatRan = (
  { cell, threadsUsed = cell.threads }: Pick<TrialRecord, "cell" | "threadsUsed">,
): number => threadsUsed;

/** Equal for cells that ran the same code with the same number of threads. */
export const codeThatRan = (trial: Pick<TrialRecord, "cell" | "threadsUsed">): string =>
  cellKey({ ...trial.cell, threads: threadsThatRan(trial) });

/**
 * Parts cells into those that stand for themselves and repetitions of one of them: the same code, which was given more
 * threads than it used. The cell with the fewest threads stands for all.
 */
export function withoutRepetitions<T extends TrialRecord>(
  cells: readonly (readonly T[])[],
): { kept: (readonly T[])[]; repeated: (readonly T[])[] } {
  const fewest = new Map<string, Cell>();
  for (const [trial] of cells) {
    const found = fewest.get(codeThatRan(trial));
    if (found === undefined || trial.cell.threads < found.threads) {
      fewest.set(codeThatRan(trial), trial.cell);
    }
  }
  const stands = ([trial]: readonly T[]) => fewest.get(codeThatRan(trial)) === trial.cell;
  return { kept: cells.filter(stands), repeated: cells.filter((cell) => !stands(cell)) };
}
