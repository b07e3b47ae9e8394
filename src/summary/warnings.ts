import { sumOf } from "../stats/statistics.ts";
import type { RunFile } from "../format/plan.ts";
import type { Cell, TrialRecord } from "../format/trial_record.ts";
import type { Warning } from "../format/warning.ts";
import { isComplete } from "../sweep/run_state.ts";
import type { LoneCellSummary } from "./cell_summary.ts";

const FEW_SAMPLES = 5;
const MUCH_STEAL = 0.02;
const LITTLE_CPU = 0.9;
const MUCH_WAITING = 0.02;

/** What a reader must know before believing the figures. `recorded`: trials, and those without figures. */
export function warningsOf(
  run: RunFile,
  cells: readonly LoneCellSummary[],
  recorded: {
    readonly trials: number;
    readonly problems: number;
    /** One trial of each cell that stands in no table, because another ran the same code with as many threads. */
    readonly repeated: readonly {
      readonly trial: Pick<TrialRecord, "cell" | "threadsUsed">;
      readonly stands: Cell;
    }[];
    /** The counts of threads with which the trials of each cell ran. */
    readonly threads: ReadonlyMap<Cell, readonly number[]>;
    /** Trials of which the audit compared no step. */
    readonly unaudited: readonly Pick<TrialRecord, "cell">[];
  },
): Warning[] {
  const { plan, data, sessions } = run;
  const of = cells.length;
  const warnings: Warning[] = [];
  /** Warns of `chosen`, if there are any. */
  const warn = <T>(chosen: readonly T[], warning: (chosen: readonly T[]) => Warning) => {
    if (chosen.length > 0) warnings.push(warning(chosen));
  };

  if (data.synthetic) warnings.push({ kind: "synthetic-data" });
  // What shards lack is told by shard.
  if (!isComplete(run) && run.shards === undefined) {
    warnings.push({
      kind: "unfinished",
      trials: recorded.trials,
      ...(run.trials !== undefined && { planned: run.trials }),
      isOpen: sessions[sessions.length - 1].finishedAt === undefined,
    });
  }
  if (of === 0 && recorded.problems > 0) warnings.push({ kind: "no-figures" });

  warn(cells.filter(({ device }) => device?.software), (software) => ({
    kind: "software-device",
    implementations: namesOf(software),
    devices: [...new Set(software.flatMap(({ device }) => device?.name ?? []))],
  }));
  const single = cells.filter(({ trials }) => trials === 1);
  warn(single, () => ({ kind: "single-trial", cells: single.length, of }));
  const few = single.filter(({ samples, warmupSamples }) => samples - warmupSamples < FEW_SAMPLES);
  warn(few, () => ({ kind: "few-samples", cells: few.length, of, fewest: FEW_SAMPLES }));
  for (const went of ["slowdown", "no steady state"] as const) {
    warn(cells.filter(({ steadiness }) => steadiness?.[went] !== undefined), (such) => ({
      kind: "unsteady",
      went,
      trials: sumOf(such, ({ steadiness }) => steadiness?.[went] ?? 0),
      implementations: namesOf(such),
    }));
  }
  const stolen = cells.flatMap(({ stealShare = 0 }) => stealShare > MUCH_STEAL ? stealShare : []);
  warn(stolen, () => ({
    kind: "stolen-time",
    cells: stolen.length,
    of,
    above: MUCH_STEAL,
    greatest: Math.max(...stolen),
  }));
  const hit = cells.flatMap((cell) =>
    (cell.disturbance?.waitedShare ?? 0) > MUCH_WAITING
      ? { ...cell, disturbance: cell.disturbance! }
      : []
  );
  warn(hit, () => ({ kind: "contention", cells: hit.length, of, ...contention(hit) }));
  warn(
    cells.flatMap(({ disturbance }) => disturbance?.guessed ? [disturbance.guessed] : []),
    (all) => ({ kind: "guessed-waiting", cells: all.length, of, unreadable: all[0] }),
  );
  // With a device of its own a process waits for it, as it should.
  const waited = cells.flatMap(({ cell, device, disturbance, cpuShare = 1 }) =>
    cell.threads === 1 && (cell.ranks ?? 1) === 1 && device === undefined &&
      disturbance === undefined &&
      cpuShare < LITTLE_CPU
      ? cpuShare
      : []
  );
  warn(waited, () => ({
    kind: "little-cpu",
    cells: waited.length,
    of,
    below: LITTLE_CPU,
    least: Math.min(...waited),
  }));
  warn(recorded.unaudited, (such) => ({
    kind: "unaudited",
    trials: such.length,
    implementations: namesOf(such),
  }));
  const counts = (cell: Cell) => recorded.threads.get(cell) ?? [];
  const mixed = cells.filter(({ cell }) => counts(cell).length > 1);
  for (const [implementation, such] of Map.groupBy(mixed, ({ cell }) => cell.implementation)) {
    const all = such.flatMap(({ cell }) => counts(cell));
    warnings.push({
      kind: "threads-differ",
      implementation,
      fewest: Math.min(...all),
      most: Math.max(...all),
      batchSizes: batchSizesOf(such),
    });
  }
  const idle = [
    ...cells.filter((one) => !mixed.includes(one)),
    ...recorded.repeated.map(({ trial }) => trial),
  ]
    .filter(({ cell, threadsUsed = cell.threads }) => threadsUsed < cell.threads);
  for (const [implementation, such] of Map.groupBy(idle, ({ cell }) => cell.implementation)) {
    const { threadsUsed, cell } = such[0];
    const stands = recorded.repeated.find(({ trial, stands }) =>
      trial.cell.implementation === implementation && stands.implementation !== implementation
    )?.stands;
    warnings.push({
      kind: "idle-threads",
      implementation,
      threadsUsed: threadsUsed!,
      threads: cell.threads,
      batchSizes: batchSizesOf(such),
      ...(stands && { sameCode: stands.implementation }),
    });
  }
  warn(
    cells.filter(({ verdict }) => verdict === "wrong"),
    (wrong) => ({ kind: "wrong-gradient", implementations: namesOf(wrong) }),
  );
  if (plan.engine !== "ordered") warnings.push({ kind: "sorted-samples", engine: plan.engine });
  return warnings;
}

type Hit = LoneCellSummary & { disturbance: NonNullable<LoneCellSummary["disturbance"]> };

/** How much the cells `hit` were disturbed, what became of it, and which of them waited longest. */
function contention(hit: readonly Hit[]) {
  const all = hit.map(({ disturbance }) => disturbance);
  const { cell, disturbance, nsPerEpoch, nsPerEpochAll } = hit.reduce((a, b) =>
    b.disturbance.waitedShare > a.disturbance.waitedShare ? b : a
  );
  return {
    greatest: disturbance.waitedShare,
    implementation: cell.implementation,
    examples: cell.examples,
    ...(nsPerEpochAll && { change: nsPerEpochAll.value / nsPerEpoch.value - 1 }),
    samples: sumOf(all, ({ samples }) => samples),
    disturbed: sumOf(all, ({ disturbed }) => disturbed),
    setAside: sumOf(all, ({ setAside }) => setAside),
  };
}

/** Implementations of these cells, each once. */
const namesOf = (cells: readonly Pick<LoneCellSummary, "cell">[]): string[] => [
  ...new Set(cells.map(({ cell }) => cell.implementation)),
];

const batchSizesOf = (cells: readonly { readonly cell: Cell }[]): number[] =>
  [...new Set(cells.map(({ cell }) => cell.batchSize))].sort((a, b) => a - b);
