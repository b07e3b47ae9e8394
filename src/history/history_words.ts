import type { History, Step, Trend } from "../format/history.ts";
import { counted, formatCount, formatRatio } from "../report/numbers.ts";

/**
 * The commits after `from` up to `to`, newest first, with their subjects and a last line for those left out; empty where
 * `to` has no more than `from`, undefined where one of them is unknown here.
 */
export type FindCommits = (from: string, to: string) => readonly string[] | undefined;

/**
 * The changes of level, grouped by the two runs between which they lie, the newest first. `where` is "Between run A
 * (commit a) and run B (commit b)"; `changes` has one for each cell, the greatest first, with the index of its trend.
 */
export function changeGroups(history: History, findCommits: FindCommits) {
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
        runs: [a.run, b.run] as const,
        changes: alike
          .toSorted((one, other) => size(other.step) - size(one.step))
          .map(({ trend, step, index }) => ({ text: changeText(trend, step), step, trend: index })),
        commits: commitsBetween(a, b, findCommits),
      };
    },
  );
}

/**
 * "Commit abc1234 its subject" each, or a sentence that says why there are none. A later run may have older code: then
 * it lacks commits, and these are named.
 */
function commitsBetween(
  a: History["runs"][0],
  b: History["runs"][0],
  findCommits: FindCommits,
): string[] {
  const named = (isMeant: (run: typeof a) => boolean | undefined) =>
    [a, b].filter(isMeant).map(({ run }) => run).join(" and ");
  if (a.gitCommit === undefined || b.gitCommit === undefined) {
    const silent = named(({ gitCommit }) => gitCommit === undefined);
    return [`The commits between them are unknown: ${silent} did not record its commit.`];
  }
  const [from, to] = [a.gitCommit, b.gitCommit].map((commit) => commit.replace(/-dirty$/, ""));
  const uncommitted = named(({ gitCommit }) => gitCommit?.endsWith("-dirty"));
  const changes = uncommitted === "" ? [] : [`${uncommitted} ran with uncommitted changes.`];
  if (from === to) return changes.length > 0 ? changes : [`Both ran commit ${from}.`];
  const between = findCommits(from, to);
  if (between === undefined) {
    return [
      "The commits between them are unknown: git does not know both here. Run history in the repository of the " +
      "measured code.",
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
  const why = yardstickRatio === undefined
    ? "without a yardstick, the machine may be the cause"
    : `the machine's yardstick took ${formatRatio(yardstickRatio)}: ` +
      (cause === "machine" ? "the machine" : "not the machine");
  const where = `${label} · m = ${formatCount(cell.examples)}`;
  return `${where}: ${formatRatio(ratio)} its time before; ${why}`;
}

/** What the runs of a group share. */
export const groupText = ({ host, cpu, cores, data, epochs }: History["groups"][0]): string =>
  [host, cpu, counted(cores, "core"), data, counted(epochs, "epoch")].join(" · ");

/** ": 2 slower, 1 faster", from the first level to the last. */
function directionText(trends: readonly Trend[]): string {
  const factors = trends.flatMap(({ steps = [] }) =>
    steps.length === 0 ? [] : steps.reduce((product, { ratio }) => product * ratio, 1)
  );
  const slower = factors.filter((factor) => factor > 1).length;
  const parts = Object.entries({ slower, faster: factors.length - slower })
    .filter(([, count]) => count > 0).map(([way, count]) => `${formatCount(count)} ${way}`);
  return parts.length === 0 ? "" : `: ${parts.join(", ")}`;
}

/** The answer first: in how many trends a level changed, and then what that rests on. */
export function overview({ runs, trends, groups, fewestRuns }: History): string[] {
  const long = trends.filter(({ steps }) => steps !== undefined);
  const changed = long.filter(({ steps }) => steps!.length > 0).length;
  const over = counted(runs.length, "run");
  const fewest = counted(fewestRuns, "run");
  const apart = groups.length > 1
    ? [`The runs form ${groups.length} groups that differ in machine, data or training.`]
    : [];
  if (long.length === 0) {
    return [
      `Too few runs to look for changes: ${over}, ${counted(trends.length, "cell")}.`,
      `A cell must be in ${fewest}.`,
      ...apart,
    ];
  }
  const short = trends.length - long.length;
  return [
    `${changed === 0 ? "None" : formatCount(changed)} of ${counted(long.length, "cell")} ` +
    `changed level over ${over}${directionText(long)}.`,
    ...(short > 0
      ? [`${counted(short, "cell")} ${short === 1 ? "is" : "are"} in fewer than ${fewest}.`]
      : []),
    ...apart,
  ];
}
