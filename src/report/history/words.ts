import type { History, Step, Trend } from "../../analysis/history/history.ts";
import { formatCount, formatRatio } from "../format.ts";

/** What a history says in words, for the terminal and for a page. */

/** Commits from one (not with it) to another, newest first, each with its subject; undefined where unknown. */
export type FindCommits = (from: string, to: string) => readonly string[] | undefined;

/** All that changed between two runs. */
export interface ChangeGroup {
  /** "Between run A (commit a) and run B (commit b)". */
  readonly where: string;
  readonly runs: readonly [string, string];
  /** One for each cell, the greatest first. */
  readonly changes: readonly { readonly text: string; readonly step: Step }[];
  readonly commits: readonly string[];
}

/** The changes of level, the newest first. */
export function changeGroups(history: History, findCommits: FindCommits): ChangeGroup[] {
  const steps = history.trends.flatMap((trend) =>
    (trend.steps ?? []).map((step) => ({
      trend,
      step,
      before: trend.points[step.before].run,
      after: trend.points[step.after].run,
    }))
  ).sort((a, b) => b.after - a.after || b.before - a.before);
  return [...Map.groupBy(steps, ({ before, after }) => `${before} ${after}`).values()].map(
    (alike) => {
      const [a, b] = [history.runs[alike[0].before], history.runs[alike[0].after]];
      const named = ({ run, gitCommit }: History["runs"][0]) =>
        gitCommit === undefined ? run : `${run} (commit ${gitCommit})`;
      return {
        where: `Between ${named(a)} and ${named(b)}`,
        runs: [a.run, b.run],
        changes: alike
          .toSorted((one, other) => size(other.step) - size(one.step))
          .map(({ trend, step }) => ({ text: changeText(trend, step), step })),
        commits: a.gitCommit !== undefined && b.gitCommit !== undefined
          ? findCommits(a.gitCommit, b.gitCommit) ?? []
          : [],
      };
    },
  );
}

const size = ({ ratio }: Step): number => Math.abs(Math.log(ratio));

function changeText({ label, cell }: Trend, { ratio, yardstickRatio, cause }: Step): string {
  const told = `${label} · m = ${formatCount(cell.examples)}: ${
    formatRatio(ratio)
  } its time before`;
  const yardstick = yardstickRatio === undefined ? "" : formatRatio(yardstickRatio);
  switch (cause) {
    case "machine":
      return `${told}; the machine's yardstick took ${yardstick}, which tells enough`;
    case "code":
      return `${told}; the machine's yardstick took ${yardstick}, which does not tell why`;
    case "unknown":
      return `${told}; without a yardstick, the machine may be the cause`;
  }
}

/** What the runs of a group share. */
export const groupText = ({ host, cpu, cores, data, epochs, rate }: History["groups"][0]): string =>
  [
    host,
    cpu,
    `${cores} core${cores === 1 ? "" : "s"}`,
    data,
    `${epochs} epoch${epochs === 1 ? "" : "s"}`,
    `rate ${rate}`,
  ].join(" · ");

/** How many trends there are, and of how many anything can be said. */
export function overview({ runs, trends, groups, fewestRuns }: History): string[] {
  const long = trends.filter(({ steps }) => steps !== undefined);
  const changed = long.filter(({ steps }) => steps!.length > 0);
  const of = `${formatCount(runs.length)} run${runs.length === 1 ? "" : "s"}, ` +
    `${formatCount(trends.length)} cell${trends.length === 1 ? "" : "s"}`;
  const apart = groups.length > 1
    ? [
      `The runs fall into ${groups.length} groups of other machines, data or training, each told apart.`,
    ]
    : [];
  if (long.length === 0) {
    return [
      `${of}. Too few to look for changes of level: a cell must be in ${fewestRuns} runs.`,
      ...apart,
    ];
  }
  const rest = trends.length - long.length;
  return [
    `${of}. Of ${formatCount(long.length)} with ${fewestRuns} runs or more, ` +
    (changed.length === 0
      ? "none changed its level"
      : `${formatCount(changed.length)} changed ${changed.length === 1 ? "its" : "their"} level`) +
    (rest > 0 ? `; of the other ${formatCount(rest)} nothing is said.` : "."),
    ...apart,
  ];
}
