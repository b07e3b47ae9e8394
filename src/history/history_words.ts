import type { History, Step, Trend } from "../format/history.ts";
import { formatCount, formatRatio } from "../report/numbers.ts";

/** What a history says in words, for the terminal and for a page. */

/**
 * Commits from one (not with it) to another, newest first, each with its subject; empty where the other has nothing that
 * the one has not, undefined where one of them is unknown here.
 */
export type FindCommits = (from: string, to: string) => readonly string[] | undefined;

/** All that changed between two runs. */
export interface ChangeGroup {
  /** "Between run A (commit a) and run B (commit b)". */
  readonly where: string;
  readonly runs: readonly [string, string];
  /** One for each cell, the greatest first. */
  readonly changes: readonly {
    readonly text: string;
    readonly step: Step;
    /** Index of its trend. */
    readonly trend: number;
  }[];
  /** "Commit abc1234 its subject" each, or a sentence that says why none is named. */
  readonly commits: readonly string[];
}

/** The changes of level, the newest first. */
export function changeGroups(history: History, findCommits: FindCommits): ChangeGroup[] {
  const steps = history.trends.flatMap((trend, index) =>
    (trend.steps ?? []).map((step) => ({
      trend,
      index,
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
          .map(({ trend, step, index }) => ({
            text: changeText(trend, step),
            step,
            trend: index,
          })),
        commits: commitsBetween(a, b, findCommits),
      };
    },
  );
}

/** A later run may have older code: then it lacks commits, and these are named. */
function commitsBetween(
  a: History["runs"][0],
  b: History["runs"][0],
  findCommits: FindCommits,
): string[] {
  const unknown = [a, b].filter(({ gitCommit }) => gitCommit === undefined);
  if (a.gitCommit === undefined || b.gitCommit === undefined) {
    return [
      `Which commits lie between is unknown: ${
        unknown.map(({ run }) => run).join(" and ")
      } does not say which it ran.`,
    ];
  }
  const [from, to] = [a.gitCommit, b.gitCommit].map((commit) => commit.replace(/-dirty$/, ""));
  const uncommitted = [a, b].filter(({ gitCommit }) => gitCommit?.endsWith("-dirty"));
  const changes = uncommitted.length === 0
    ? []
    : [`${
      uncommitted.map(({ run }) => run).join(" and ")
    } ran with changes that were not committed.`];
  if (from === to) {
    return uncommitted.length > 0 ? changes : [`Both ran commit ${from}: none lies between.`];
  }
  const between = findCommits(from, to);
  if (between === undefined) {
    return [
      "Which commits lie between is unknown: git does not know both of them here. Call history in the repository " +
      "of the code that was measured.",
      ...changes,
    ];
  }
  const taken = between.length > 0 ? [] : findCommits(to, from) ?? [];
  return [
    ...between.map((commit) => `Commit ${commit}`),
    ...taken.map((commit) => `Without commit ${commit}`),
    ...changes,
  ];
}

const size = ({ ratio }: Step): number => Math.abs(Math.log(ratio));

function changeText({ label, cell }: Trend, { ratio, yardstickRatio, cause }: Step): string {
  const told = `${label} · m = ${formatCount(cell.examples)}: ${
    formatRatio(ratio)
  } its time before`;
  const yardstick = yardstickRatio === undefined ? "" : formatRatio(yardstickRatio);
  switch (cause) {
    case "machine":
      return `${told}; the machine's yardstick took ${yardstick}: the machine`;
    case "code":
      return `${told}; the machine's yardstick took ${yardstick}: not the machine`;
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
