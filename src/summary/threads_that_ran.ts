import type { RunFile } from "../format/plan.ts";
import { type Cell, cellKey, type TrialRecord } from "../format/trial_record.ts";

/** What programs say of themselves. */
type Declared = readonly Pick<
  NonNullable<RunFile["implementations"]>[number],
  "name" | "withOneThread"
>[];

/** What tells whether two trials of a cell ran the same code. */
type Ran =
  & Pick<TrialRecord, "cell" | "threadsUsed">
  & { readonly verification: { readonly verdict: string } }
  & { readonly training: { readonly epochs: readonly { readonly loss?: number | undefined }[] } };

/** The threads that computed in each trial, each count once: fewer than the cell's where it could not use all. */
export const threadsThatRan = (
  trials: readonly Pick<TrialRecord, "cell" | "threadsUsed">[],
): number[] =>
  [
    ...new Set(trials.map(({ cell, threadsUsed = cell.threads }) => threadsUsed)),
  ].sort((a, b) => a - b);

/** The most that ran in any of these trials. */
export const mostThreads = (trials: readonly Pick<TrialRecord, "cell" | "threadsUsed">[]): number =>
  Math.max(...threadsThatRan(trials));

/**
 * Equal for cells that ran the same code with the same number of threads in all their trials. A program may decide anew
 * in each process: where trials of a cell differ, it ran what no other cell did.
 */
export function codeThatRan(
  trials: readonly Pick<TrialRecord, "cell" | "threadsUsed">[],
  implementation = trials[0].cell.implementation,
): string {
  const { cell } = trials[0];
  const [threads, ...others] = threadsThatRan(trials);
  return others.length === 0
    ? cellKey({ ...cell, implementation, threads })
    : `${cellKey(cell)}|${[threads, ...others].join(" or ")}`;
}

/** The program whose code ran in all trials of a cell, by what the program of the cell declares. */
export const programThatRan = (
  trials: readonly Pick<TrialRecord, "cell" | "threadsUsed">[],
  declared: Declared,
): string => {
  const { implementation } = trials[0].cell;
  const own = declared.find(({ name }) => name === implementation);
  return (mostThreads(trials) === 1 ? own?.withOneThread : undefined) ?? implementation;
};

/** A cell that stands in no table, and the one that does in its place. */
export interface Repeated<T extends Ran> {
  readonly trial: T;
  readonly stands: Cell;
}

/**
 * Parts cells into those that stand for themselves and repetitions of one of them: the same code, which was given more
 * threads than it used, or which two programs have. The latter holds only where both are right and trained with the
 * same losses to the last bit, and where `run` does not compare each program with its earlier code.
 *
 * The baseline stands for several; else the one with a null twin, with the most cells, with the fewest threads;
 * else the program that is not declared to run the code of another.
 */
export function withoutRepetitions<T extends Ran>(
  cells: readonly (readonly T[])[],
  { plan, implementations = [] }: Pick<RunFile, "implementations"> & {
    readonly plan: Pick<RunFile["plan"], "baseline" | "against">;
  },
  /** `cellKey` of cells that failed at times: they are shown. */
  failed: ReadonlySet<string> = new Set(),
): { kept: (readonly T[])[]; repeated: Repeated<T>[] } {
  const declared = plan.against ? [] : implementations;
  const support = Map.groupBy(cells, ([{ cell }]) => programKey(cell));
  const isTwin = new Set(cells.flatMap(([{ cell }]) => cell.copy ? programKey(cell) : []));
  const rank = ({ cell }: T): number[] => [
    Number(cell.implementation !== plan.baseline),
    Number(!isTwin.has(programKey(cell))),
    -support.get(programKey(cell))!.length,
    cell.threads,
    Number(
      declared.some(({ name, withOneThread }) =>
        name === cell.implementation && withOneThread !== undefined
      ),
    ),
  ];
  const codes = Map.groupBy(
    cells,
    (trials) => codeThatRan(trials, programThatRan(trials, declared)),
  );
  const standing = new Map<Cell, Cell>();
  for (const ofCode of codes.values()) {
    const inOrder = ofCode.map(([trial]) => trial).toSorted((a, b) =>
      compareLists(rank(a), rank(b))
    );
    const stand: T[] = [];
    for (const trial of inOrder) {
      const found = stand.find((one) => isSame(one, trial, failed));
      if (found === undefined) stand.push(trial);
      else standing.set(trial.cell, found.cell);
    }
  }
  return {
    kept: cells.filter(([{ cell }]) => !standing.has(cell)),
    repeated: cells.flatMap(([trial]) => {
      const stands = standing.get(trial.cell);
      return stands === undefined ? [] : [{ trial, stands }];
    }),
  };
}

/** The other programs whose cells are shown by those that `isOwn`; undefined without any. */
export function sameCodeAs(
  repeated: readonly Pick<Repeated<Ran>, "stands" | "trial">[],
  isOwn: (stands: Cell) => boolean,
): string[] | undefined {
  const names = repeated.filter(({ trial: { cell }, stands }) =>
    cell.implementation !== stands.implementation && stands.copy === undefined && isOwn(stands)
  ).map(({ trial }) => trial.cell.implementation);
  return names.length === 0 ? undefined : [...new Set(names)];
}

const programKey = ({ implementation, runtime, threads, ranks }: Cell): string =>
  [implementation, runtime, threads, ranks ?? ""].join("|");

/** Whether both are of one program, or of two whose results show that they ran the same code. */
function isSame(a: Ran, b: Ran, failed: ReadonlySet<string>): boolean {
  if (a.cell.implementation === b.cell.implementation) return true;
  const isRight = ({ verification }: Ran) => verification.verdict !== "wrong";
  const losses = ({ training }: Ran) => JSON.stringify(training.epochs.map(({ loss }) => loss));
  return [a, b].every((one) => isRight(one) && !failed.has(cellKey(one.cell))) &&
    losses(a) === losses(b);
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((value, i) => value !== b[i]);
  return place < 0 ? 0 : a[place] - b[place];
}
