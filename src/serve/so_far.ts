import { median } from "../stats/statistics.ts";
import type { Plan, RunFile } from "../format/plan.ts";
import type { RunState } from "../sweep/run_state.ts";
import { cellsOf } from "../sweep/schedule.ts";
import type { Cell, TrialRecord } from "../format/trial_record.ts";
import { type Look, looksOfSeries } from "../report/plots/looks.ts";
import { programName, programParts } from "../report/terms.ts";
import { axesOfPlan, axisParts, settingKey } from "../summary/axes.ts";
import { problemKey } from "../summary/problem_key.ts";
import { compareCells, seriesOf } from "../summary/series.ts";
import { alikeProblems } from "../summary/alike_problems.ts";
import { gatherProblems, isUsable, reasonsOf } from "../summary/sort_trials.ts";

/** The few fields of a trial that show the progress of a sweep; small, because the machine may be measuring. */
export interface BriefTrial
  extends Pick<TrialRecord, "cell" | "round" | "status" | "startedAt" | "device"> {
  /** Why a trial has no figures. */
  readonly reasons?: TrialRecord["reasons"];
  /** The median of its samples; of good trials only. */
  readonly nsPerExample?: number;
}

export function brief(trial: TrialRecord): BriefTrial {
  const { cell, round, status, startedAt, device, samplesNs, epochsPerSample } = trial;
  const common = { cell, round, startedAt, ...(device !== undefined && { device }) };
  if (!isUsable(trial)) {
    return { ...common, status: status === "ok" ? "failed" : status, reasons: reasonsOf(trial) };
  }
  const nsPerExample = median(samplesNs) / epochsPerSample! / cell.examples;
  return { ...common, status, nsPerExample };
}

export interface LineSoFar {
  readonly label: string;
  /** Its place among the series of the report; absent for a copy, which the report does not draw. */
  readonly series?: number;
  /** As in the report; absent for a copy, and beyond the looks that there are. */
  readonly look?: Look;
  /** By ascending m. */
  readonly cells: readonly { examples: number; nsPerExample: number; trials: number }[];
}

/** A run in progress. */
export type SoFar = ReturnType<typeof soFar>;

/** The progress that `trials`, in the order of the journal, show. `nowMs` counts from 1970. */
export function soFar(run: RunFile, trials: readonly BriefTrial[], state: RunState, nowMs: number) {
  const count = (status: BriefTrial["status"]) =>
    trials.filter((trial) => trial.status === status).length;
  return {
    /** In the order of the plan, as in the report. */
    lines: linesOf(run, trials, state),
    problems: problemsOf(run.plan, trials),
    counts: { ok: count("ok"), skipped: count("skipped"), failed: count("failed") },
    latest: trials.at(-1),
    leftMs: state === "running" ? timeLeft(run, trials, nowMs) : undefined,
  };
}

/** Until the last trial, at the pace of this session; unknown before its first trial and without a planned number. */
function timeLeft(
  { sessions, trials: planned }: RunFile,
  trials: readonly BriefTrial[],
  nowMs: number,
): number | undefined {
  const { startedAt } = sessions[sessions.length - 1];
  const ofSession = trials.filter((trial) => trial.startedAt >= startedAt).length;
  if (planned === undefined || ofSession === 0) return undefined;
  const left = Math.max(0, planned - trials.length);
  return (nowMs - Date.parse(startedAt)) / ofSession * left;
}

/** The series of the report. While the sweep runs, planned cells count, so that a series keeps its place and look. */
function linesOf(run: RunFile, trials: readonly BriefTrial[], state: RunState): LineSoFar[] {
  const { plan } = run;
  const isCopy = ({ cell }: BriefTrial) => cell.copy !== undefined;
  const isGood = ({ status }: BriefTrial) => status === "ok";
  const originals = trials.filter((trial) => !isCopy(trial));
  const good = originals.filter(isGood);
  const without = new Set(
    originals.filter((trial) => !isGood(trial)).map(({ cell }) => place(cell)),
  );
  const toCome = state === "running"
    ? plannedCells(run, trials).filter((cell) => !without.has(place(cell)))
    : [];
  const cells = [...toCome, ...good.map(({ cell }) => cell)].sort(compareCells(plan));
  const devices = new Map(trials.map(({ cell, device }) => [programOf(cell), device]));
  const { series, indexOf } = seriesOf(cells, plan, (cell) => devices.get(programOf(cell)));
  const ofSeed = plan.seeds.length > 1 ? ({ seed }: Cell) => ` · seed ${seed}` : () => "";
  const looks = looksOfSeries(series);
  const lines = new Map<string, Omit<LineSoFar, "cells"> & { trials: BriefTrial[] }>();
  for (const cell of cells) {
    const at = indexOf(cell);
    const label = series[at].label + ofSeed(cell);
    const look = looks[at];
    lines.set(`${at} ${cell.seed}`, { label, series: at, ...(look && { look }), trials: [] });
  }
  for (const trial of good) {
    lines.get(`${indexOf(trial.cell)} ${trial.cell.seed}`)!.trials.push(trial);
  }
  for (const trial of trials.filter((trial) => isCopy(trial) && isGood(trial))) {
    const label = programName(trial.cell) + ofSeed(trial.cell);
    const line = lines.get(label) ?? { label, trials: [] };
    lines.set(label, line);
    line.trials.push(trial);
  }
  return [...lines.values()].map(({ trials, ...line }) => ({ ...line, cells: cellsSoFar(trials) }));
}

function cellsSoFar(trials: readonly BriefTrial[]): LineSoFar["cells"] {
  return [...Map.groupBy(trials, ({ cell }) => cell.examples)]
    .sort(([a], [b]) => a - b)
    .map(([examples, alike]) => ({
      examples,
      nsPerExample: median(alike.map(({ nsPerExample }) => nsPerExample!)),
      trials: alike.length,
    }));
}

/** A run does not record the runtime of its peers: until a trial shows it, any runtime gives the same place. */
function plannedCells(
  { plan, implementations = [] }: RunFile,
  trials: readonly BriefTrial[],
): Cell[] {
  const maker = (name: string) => ({
    name,
    precision: "float64" as const, // does not affect the order
    needs: implementations.find((one) => one.name === name)?.needs ?? [],
  });
  const runtimes = new Map(trials.map(({ cell }) => [cell.implementation, cell.runtime]));
  return cellsOf(
    plan,
    plan.implementations.map(maker),
    plan.peers.map((name) => ({ ...maker(name), runtime: runtimes.get(name) ?? "python" })),
  ).filter(({ copy }) => copy === undefined);
}

const place = (cell: Cell): string =>
  [cell.implementation, cell.runtime, cell.threads, cell.ranks ?? "", problemKey(cell)].join("|");

const programOf = ({ implementation, runtime }: Cell): string => `${implementation}|${runtime}`;

/** Problems of one program that are alike, over all m and rounds. */
function problemsOf(plan: Plan, trials: readonly BriefTrial[]) {
  const problems = gatherProblems(trials.filter(({ status }) => status !== "ok"));
  const alike = alikeProblems(
    problems,
    ({ cell }) =>
      [programOf(cell), cell.threads, cell.ranks ?? "", settingKey(cell), cell.copy ?? ""].join(
        "|",
      ),
  );
  return alike.map((group) => {
    const { problems } = group;
    const examples = [...new Set(problems.map(({ cell }) => cell.examples))].sort((a, b) => a - b);
    const [{ cell }] = problems;
    const what = [...programParts(cell), ...axisParts(cell, axesOfPlan(plan))].join(" · ");
    return { ...group, what, examples };
  });
}
