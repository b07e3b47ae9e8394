import { known } from "../base/known.ts";
import { type Cell, cellKey, isEvaluated, type TrialRecord } from "../format/trial_record.ts";
import type { Reason } from "../format/reason.ts";
import type { Problem, Summary } from "../format/summary.ts";
import { reasonsKey } from "./reasons_key.ts";

/** A trial with all figures that the summary of a cell needs. */
export interface UsableTrial extends TrialRecord {
  readonly epochsPerSample: number;
  readonly verification: NonNullable<TrialRecord["verification"]>;
  readonly training: NonNullable<TrialRecord["training"]>;
}

interface SortedTrials {
  /** All trials, by cell and round. */
  readonly ordered: readonly TrialRecord[];
  /** Usable trials of each cell, by round; cells in the given order. */
  readonly cells: readonly (readonly UsableTrial[])[];
  readonly problems: Problem[];
  readonly counts: Summary["counts"];
}

/**
 * Parts the trials of a run into those that give figures and those that tell why they do not, in an order that does not
 * depend on the journal's. A record that says "ok" but lacks what it should hold counts as failed, as all of a cell do
 * whose accuracy nobody measured.
 */
export function sortTrials(
  trials: readonly TrialRecord[],
  compare: (a: Cell, b: Cell) => number,
): SortedTrials {
  const ordered = trials.toSorted((a, b) =>
    compare(a.cell, b.cell) || a.round - b.round || compareNodes(a, b)
  );
  const cells = evaluatedCells(ordered.filter(isUsable));
  const found = new Set(cells.map(([{ cell }]) => cellKey(cell)));
  const problems = ordered.filter((trial) => !isUsable(trial) || !found.has(cellKey(trial.cell)));
  const skipped = problems.filter(({ status }) => status === "skipped").length;
  return {
    ordered,
    cells,
    problems: gatherProblems(problems),
    counts: { ok: ordered.length - problems.length, skipped, failed: problems.length - skipped },
  };
}

/**
 * The trials by cell. The first of a cell has its accuracy; later ones may lack it. A shard that went on with another kind
 * of machine measured it on the first alone: the same cell trains the same model, so it stands for both.
 */
function evaluatedCells(usable: readonly UsableTrial[]): UsableTrial[][] {
  const cells = [...Map.groupBy(usable, ({ cell }) => cellKey(cell)).values()];
  if (cells.every((ofCell) => ofCell.some(isEvaluated))) return cells;
  const anywhere = Map.groupBy(usable.filter(isEvaluated), modelKey);
  return cells.flatMap((ofCell) => {
    if (ofCell.some(isEvaluated)) return [ofCell];
    const [first, ...later] = ofCell;
    const lent = anywhere.get(modelKey(first))?.[0];
    return lent === undefined ? [] : [[withAccuracy(first, lent), ...later]];
  });
}

const modelKey = ({ cell: { machine: _, ...cell } }: UsableTrial): string => cellKey(cell);

function withAccuracy(trial: UsableTrial, from: UsableTrial): UsableTrial {
  const accuracies = new Map(
    from.training.epochs.map(({ epoch, testAccuracy }) => [epoch, testAccuracy]),
  );
  const epochs = trial.training.epochs.map((one) =>
    known({ ...one, testAccuracy: accuracies.get(one.epoch) })
  );
  return { ...trial, training: { ...trial.training, epochs } };
}

/** A round may have been measured on several nodes, where runs of their own were merged. */
const compareNodes = ({ node: a = "" }: TrialRecord, { node: b = "" }: TrialRecord): number =>
  a < b ? -1 : a > b ? 1 : 0;

/** What there is to know of a trial without figures. */
export type Troubled = Pick<TrialRecord, "cell" | "round" | "status" | "reasons">;

/** Gathers trials without figures by cell and alike reasons, of which the first are kept. */
export function gatherProblems(trials: readonly Troubled[]): Problem[] {
  const problems = new Map<string, Problem>();
  const failedCells = new Map<string, Problem>();
  for (const trial of trials) {
    const { cell, round } = trial;
    const reasons = reasonsOf(trial);
    const failure = failedCells.get(cellKey(cell));
    if (failure && reasons.some(({ kind }) => kind === "not-repeated")) {
      failure.notRepeated = [...failure.notRepeated ?? [], round];
      continue;
    }
    const status = trial.status === "skipped" ? "skipped" : "failed";
    const key = [cellKey(cell), status, reasonsKey(reasons)].join("|");
    const problem = problems.get(key) ?? { status, cell, rounds: [], reasons };
    problem.rounds.push(round);
    problems.set(key, problem);
    if (status === "failed") failedCells.set(cellKey(cell), problem);
  }
  return [...problems.values()];
}

/** Why a trial is not usable. */
export const reasonsOf = ({ reasons }: Troubled): Reason[] =>
  reasons ?? [{ kind: "incomplete", missing: "figures" }];

/** Whether a trial has all the figures of a `UsableTrial`. */
export function isUsable(trial: TrialRecord): trial is UsableTrial {
  return trial.status === "ok" && trial.epochsPerSample !== undefined &&
    trial.verification !== undefined && (trial.training?.epochs.length ?? 0) > 0 &&
    // All zeros: a clock too coarse to see an epoch, from which no ratio and no logarithm follows.
    trial.samplesNs.some((ns) => ns > 0);
}
