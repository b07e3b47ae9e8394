import { programName } from "../base/program_name.ts";
import { commandIn } from "../base/own_command.ts";
import type { Plan } from "../format/plan.ts";
import type { Problem, Summary } from "../format/summary.ts";
import { alikeProblems } from "../summary/alike_problems.ts";
import { earlierName, nothingCompared } from "./nothing_compared.ts";
import { listed } from "./numbers.ts";
import { quoted } from "./plan_words.ts";
import { reasonsText, trialsText } from "./reason_words.ts";

/**
 * What failed or is wrong, with the reason and the next step; what was only skipped is no failure, unless it is a plug-in or peer, or leaves
 * nothing of the comparison that was asked for.
 */
export function failureTexts(summary: Summary): string[] {
  const { problems, cells, series, warnings } = summary;
  const isOpen = warnings.some((one) => one.kind === "unfinished" && one.isOpen);
  const uncompared = isOpen ? undefined : nothingCompared(summary);
  const failed = alikeProblems(
    problems.filter(({ status }) => status === "failed"),
    ({ cell }) => `${cell.implementation}|${cell.runtime}|${cell.copy === "reference"}`,
  );
  const wrong = new Set(
    cells.filter(({ verdict }) => verdict === "wrong").map((cell) => cell.series),
  );
  // What failed says more than that nothing can be compared for it.
  const isConsequence = uncompared?.causes[0] === "failed";
  const told = uncompared === undefined ? [] : [`✗ ${uncompared.text}`];
  return [
    ...(isConsequence ? [] : told),
    ...[...wrong].map((one) =>
      `✗ ${series[one].implementation}: its gradient is wrong, and it was timed anyway.` +
      nextStep(series[one].implementation, summary)
    ),
    ...failed.map(({ problems, reasons }) => {
      const { implementation, copy } = problems[0].cell;
      const { against } = summary.plan;
      const isEarlier = copy === "reference" && against !== undefined;
      // diagnose would examine the code of now.
      return `✗ ${implementation}${isEarlier ? ` of ${earlierName(against)}` : ""} failed ` +
        `(${trialsText(problems)}): ${reasonsText(reasons)}.` +
        (isEarlier ? "" : nextStep(implementation, summary));
    }),
    ...(isConsequence ? told : []),
    ...unmeasuredTexts(summary),
  ];
}

/** Plug-ins and peers that were skipped everywhere: who named one must not take the answer for one about it. */
function unmeasured({ problems, cells, predicted, plan, warnings }: Summary): Problem[] {
  if (warnings.some((one) => one.kind === "unfinished" && one.isOpen)) return [];
  const named = new Set([...plan.plugins.map(programName), ...plan.peers]);
  const known = new Set([
    ...[...cells, ...predicted].map(({ cell }) => cell.implementation),
    ...problems.flatMap(({ status, cell }) => status === "failed" ? [cell.implementation] : []),
  ]);
  return problems.filter(({ cell: { implementation, copy } }) =>
    copy === undefined && named.has(implementation) && !known.has(implementation)
  );
}

/** Whether a problem is told with what failed, though it was only skipped. */
export const isToldAbove = (summary: Summary): (problem: Problem) => boolean => {
  const told = new Set(unmeasured(summary));
  return (problem) => told.has(problem);
};

const unmeasuredTexts = (summary: Summary): string[] =>
  alikeProblems(unmeasured(summary)).map(({ problems, reasons }) => {
    const names = [...new Set(problems.map(({ cell }) => cell.implementation))];
    return `✗ ${listed(names)} ${names.length === 1 ? "was" : "were"} not measured: ` +
      `${reasonsText(reasons)}.`;
  });

const nextStep = (implementation: string, { plan }: Summary): string =>
  ` Next: \`${diagnoseCommand(implementation, plan)}\``;

/** The command that says what is wrong, with the file of a plug-in, or all where none has its name. */
export function diagnoseCommand(implementation: string, { plugins, runtimes }: Plan): string {
  const named = plugins.filter((path) => programName(path) === implementation);
  const files = (named.length > 0 ? named : plugins).map((path) => ` --plugin ${quoted(path)}`);
  return commandIn(runtimes[0], `diagnose ${implementation}${files.join("")}`);
}
