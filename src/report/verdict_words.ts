import { parse } from "node:path";
import { commandIn } from "../base/own_command.ts";
import type { Choice } from "../format/choice.ts";
import type { CellSummary, Summary } from "../format/summary.ts";
import { axesOfPlan, axisParts, choiceKey } from "../summary/axes.ts";
import { alikeProblems } from "../summary/alike_problems.ts";
import { formatCount, formatRatio } from "./numbers.ts";
import { isResolved } from "./noise_words.ts";
import { reasonsText, trialsText } from "./reason_words.ts";
import { choicesBySetting } from "./select.ts";

/** What to choose, in at most 15 words: "Choose wasm_sparse: 102 × the speed of naive_loop, tied with wasm_threads." */
export function verdictText(summary: Summary): string {
  const { cells, plan, series } = summary;
  if (cells.length === 0) return "Nothing was measured.";
  const batches = choicesBySetting(summary);
  if (batches.length === 0) return "Nothing to choose: no program is right at every try.";
  const winners = batches.map((choices) => choices[choices.length - 1]);
  const distinct = Map.groupBy(winners, (choice) => series[choice.series].implementation);
  if (distinct.size > 1) {
    const each = winners.map((choice) =>
      `${nameOf(choice.series, summary)} at ${settingText(choice.series, summary)}`
    );
    const named = `The setting decides: ${each.join(", ")}.`;
    if (named.split(" ").length <= MOST_WORDS) return named;
    const counts = [...distinct].sort(([, a], [, b]) => b.length - a.length).slice(0, MOST_NAMED)
      .map(([name, won]) => `${name} in ${won.length}`);
    return `The setting decides: of ${winners.length}, ${counts.join(", ")}.`;
  }
  const [choice] = winners;
  const bySize = sizeDecides(batches[0], summary);
  if (bySize !== undefined) return bySize;
  const near = choice.rivals.filter(isNear);
  const next = choice.rivals.find((rival) => !isNear(rival) && rival.ratio > 1);
  const own = nameOf(choice.series, summary);
  const cell = cellAt(choice, summary);
  const isBaseline = series[choice.series].implementation === plan.baseline;
  const over = cell?.speedup && !isBaseline && isResolved(cell)
    ? `${formatRatio(cell.speedup.value)} the speed of ${plan.baseline}`
    : next
    ? `${nameOf(next.series, summary)} takes ${formatRatio(next.ratio)} its time`
    : undefined;
  const tied = near.length === 0
    ? undefined
    : near.length <= MOST_NAMED
    ? `tied with ${near.map(({ series }) => nameOf(series, summary)).join(", ")}`
    : `tied with ${near.length} others`;
  const parts = [over, tied].filter((part) => part !== undefined);
  return `Choose ${own}${parts.length > 0 ? `: ${parts.join(", ")}` : ""}.`;
}

/** Where the choice at the largest size is clearly slower than that at the smallest: who is best where. */
function sizeDecides(choices: readonly Choice[], summary: Summary): string | undefined {
  const [small, large] = [choices[0], choices[choices.length - 1]];
  const there = small.rivals.find(({ series }) => series === large.series);
  if (there?.verdict !== "slower") return undefined;
  const last = choices.findLast(({ series }) => series === small.series)!;
  return `The size decides: ${nameOf(small.series, summary)} up to ` +
    `m = ${formatCount(last.examples)}, ${nameOf(large.series, summary)} at ` +
    `${formatCount(large.examples)}.`;
}

const MOST_WORDS = 15;

/** Only so many rivals are named. */
const MOST_NAMED = 2;

/** The implementation alone where only one series of its setting has it. */
function nameOf(index: number, { series }: Summary): string {
  const own = series[index];
  const alike = series.filter((one) =>
    one.implementation === own.implementation && choiceKey(one) === choiceKey(own)
  );
  return alike.length === 1 ? own.implementation : own.label;
}

/** What a run varies, apart from programs and sizes: "784-128-10 · B = 10"; empty where it varies nothing. */
export function settingText(index: number, { series, plan }: Summary): string {
  const { batch } = series[index];
  return [
    ...axisParts(series[index], axesOfPlan(plan)),
    ...(plan.batchSizes.length > 1 ? [batch === "full" ? "full batch" : `B = ${batch}`] : []),
  ].join(" · ");
}

/** Whether a rival may be as good. */
export const isNear = (
  { verdict, ratio, interval: [low] = [ratio, ratio] }: Choice["rivals"][number],
): boolean => (verdict === "same" || verdict === "unresolved") && low < 1.1;

const cellAt = (choice: Choice, { cells }: Summary): CellSummary | undefined =>
  cells.find((one) =>
    one.series === choice.series && one.cell.examples === choice.examples &&
    one.cell.seed === choice.seed
  );

/** What failed or is wrong, with the reason and the next step; what was only skipped is no failure. */
export function failureTexts(summary: Summary): string[] {
  const { problems, cells, series } = summary;
  const failed = alikeProblems(
    problems.filter(({ status }) => status === "failed"),
    ({ cell }) => `${cell.implementation}|${cell.runtime}`,
  );
  const wrong = new Set(
    cells.filter(({ verdict }) => verdict === "wrong").map((cell) => cell.series),
  );
  return [
    ...[...wrong].map((one) =>
      `✗ ${series[one].implementation}: its gradient is wrong, and it was timed all the same.` +
      nextStep(series[one].implementation, summary)
    ),
    ...failed.map(({ problems, reasons }) => {
      const { implementation } = problems[0].cell;
      return `✗ ${implementation} failed (${trialsText(problems)}): ${reasonsText(reasons)}.` +
        nextStep(implementation, summary);
    }),
  ];
}

/** The command that says what is wrong, with the file of a plug-in, or all where none has its name. */
function nextStep(implementation: string, { plan }: Summary): string {
  const named = plan.plugins.filter((path) => parse(path).name === implementation);
  const files = (named.length > 0 ? named : plan.plugins).map((path) => ` --plugin ${path}`);
  const command = commandIn(plan.runtimes[0], `diagnose ${implementation}${files.join("")}`);
  return ` Next: \`${command}\``;
}
