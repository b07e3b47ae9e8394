import type { z } from "zod";
import { type Cell, cellKey, type TrialRecord } from "../format/trial_record.ts";
import type { Problem, Summary } from "../format/summary.ts";

type Problem = z.infer<typeof Problem>;

/** A trial that gave all the figures that a cell's summary needs. */
export interface UsableTrial extends TrialRecord {
  readonly epochsPerSample: number;
  readonly verification: NonNullable<TrialRecord["verification"]>;
  readonly training: NonNullable<TrialRecord["training"]>;
}

export interface SortedTrials {
  /** Of each cell the usable trials, by round; cells in the order asked for. */
  readonly cells: readonly (readonly UsableTrial[])[];
  readonly problems: Problem[];
  readonly counts: Summary["counts"];
}

/**
 * Parts the trials of a run into those that give figures and those that tell why they do not, both in an
 * order that does not depend on that of the journal. A record that says "ok" but lacks what it should hold
 * counts as failed.
 */
export function sortTrials(
  trials: readonly TrialRecord[],
  compare: (a: Cell, b: Cell) => number,
): SortedTrials {
  const ordered = trials.toSorted((a, b) => compare(a.cell, b.cell) || a.round - b.round);
  const cells = new Map<string, UsableTrial[]>();
  const problems = new Map<string, Problem>();
  const counts = { ok: 0, skipped: 0, failed: 0 };
  for (const trial of ordered) {
    const { cell, round } = trial;
    if (isUsable(trial)) {
      counts.ok++;
      cells.set(cellKey(cell), [...cells.get(cellKey(cell)) ?? [], trial]);
      continue;
    }
    const status = trial.status === "skipped" ? "skipped" : "failed";
    const reason = trial.reason ?? "its record lacks samples, training or verification";
    counts[status]++;
    const key = JSON.stringify([cellKey(cell), status, reason]);
    const problem = problems.get(key) ?? { status, cell, rounds: [], reason };
    problem.rounds.push(round);
    problems.set(key, problem);
  }
  return { cells: [...cells.values()], problems: [...problems.values()], counts };
}

/** Whether a trial has all the figures of a `UsableTrial`. */
export function isUsable(trial: TrialRecord): trial is UsableTrial {
  return trial.status === "ok" && trial.epochsPerSample !== undefined &&
    trial.verification !== undefined && (trial.training?.epochs.length ?? 0) > 0 &&
    // All zeros: a clock too coarse to see an epoch, from which no ratio and no logarithm follows.
    trial.samplesNs.some((ns) => ns > 0);
}
