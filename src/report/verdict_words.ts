import type { Choice } from "../format/choice.ts";
import type { CellSummary, Series, Summary } from "../format/summary.ts";
import { axesOfPlan, axisParts, choiceKey } from "../summary/axes.ts";
import { unitOf } from "./node_words.ts";
import { counted, formatCount, formatRatio, listed } from "./numbers.ts";
import { isResolved } from "./noise_words.ts";
import { choicesBySetting } from "./select.ts";

/** What to choose, in at most 15 words: "Choose wasm_sparse: 102 × the speed of naive_loop, tied with wasm_threads." */
export function verdictText(summary: Summary): string {
  if (summary.cells.length === 0) return nothingText(summary);
  const settings = choicesBySetting(summary);
  if (settings.length === 0) return "Nothing to choose: no program is right at every try.";
  if (settings.length > 1) return settingsVerdict(settings, summary).text;
  const [choices] = settings;
  const choice = choices[choices.length - 1];
  const bySize = sizeDecides(choices, summary);
  if (bySize !== undefined) return bySize;
  const own = nameOf(choice.series, summary);
  if (choice.rivals.length === 0) return `Only ${own} was measured: nothing to compare.`;
  if (isUndecided(choice)) {
    const all = [own, ...choice.rivals.map(({ series }) => nameOf(series, summary))];
    const names = all.length <= MOST_NAMED + 1
      ? all.join(", ")
      : `${own} and ${all.length - 1} others`;
    return `Too close to call: ${names}.`;
  }
  if (!isProven(choice)) return `${own} seems fastest; more ${unitOf(summary.nodes)} would tell.`;
  const pace = paceText(choice, summary);
  const tied = tiedText(choice, summary);
  const epochs = epochsText(choice, summary);
  const later = tiedUntil(choice);
  const said = (head: string, parts: readonly (string | undefined)[]) => {
    const known = parts.filter((part) => part !== undefined);
    return `${head}${known.length > 0 ? `: ${known.join(", ")}` : ""}.`;
  };
  // The fullest that is short enough.
  const texts = [
    ...(epochs === undefined ? [] : [said(`Choose ${own} (${epochs})`, [pace, tied])]),
    ...(later === undefined ? [] : [
      said(`Choose ${own}`, [pace, `${tied} (best from ${counted(later, "epoch")})`]),
    ]),
    said(`Choose ${own}`, [pace, tied]),
    said(`Choose ${own}`, [tied ?? pace]),
  ];
  return texts.find((text) => text.split(" ").length <= MOST_WORDS) ?? `Choose ${own}.`;
}

/** "102 × the speed of naive_loop"; how far the next is behind where that is unknown. */
function paceText(choice: Choice, summary: Summary): string | undefined {
  const { plan, series } = summary;
  const cell = cellAt(choice, summary);
  if (
    cell?.speedup && isResolved(cell) && series[choice.series].implementation !== plan.baseline
  ) {
    return `${formatRatio(cell.speedup.value)} the speed of ${plan.baseline}`;
  }
  if (cell?.predictedSpeedup !== undefined) {
    return `about ${formatRatio(cell.predictedSpeedup)} the speed of ${plan.baseline}`;
  }
  const next = choice.rivals.find((rival) => !isNear(rival) && rival.ratio > 1);
  return next && `${nameOf(next.series, summary)} takes ${formatRatio(next.ratio)} its time`;
}

function tiedText(choice: Choice, summary: Summary): string | undefined {
  const near = choice.rivals.filter(isNear);
  if (near.length === 0) return undefined;
  return near.length <= MOST_NAMED
    ? `tied with ${near.map(({ series }) => nameOf(series, summary)).join(", ")}`
    : `tied with ${near.length} others`;
}

/** Who is best for more or fewer epochs: "wasm_simd below 3 epochs". */
function epochsText({ byEpochs, series }: Choice, summary: Summary): string | undefined {
  const place = byEpochs.findLastIndex((one) => one.series === series);
  const [before, after] = [byEpochs[place - 1], byEpochs[place + 1]];
  if (place < 0) return undefined;
  return after
    ? `${nameOf(after.series, summary)} from ${formatCount(after.from)} epochs on`
    : before &&
      `${nameOf(before.series, summary)} below ${formatCount(byEpochs[place].from)} epochs`;
}

/** From how many epochs on the only program that is tied is the best. */
function tiedUntil({ series, byEpochs, rivals }: Choice): number | undefined {
  const after = byEpochs[byEpochs.findLastIndex((one) => one.series === series) + 1];
  const near = rivals.filter(isNear);
  return near.length === 1 && near[0].series === after?.series ? after.from : undefined;
}

/** Where the choice at the largest size is clearly slower than that at the smallest: who is best where. */
function sizeDecides(choices: readonly Choice[], summary: Summary): string | undefined {
  const [small, large] = [choices[0], choices[choices.length - 1]];
  if (isUndecided(large)) return undefined;
  const there = small.rivals.find(({ series }) => series === large.series);
  if (there?.verdict !== "slower") return undefined;
  const last = choices.findLast(({ series }) => series === small.series)!;
  const from = choices[choices.findLastIndex(({ series }) => series !== large.series) + 1];
  const [above, below] = [from, last].map(({ examples }) => formatCount(examples));
  const tied = tiedText(large, summary);
  const where = (from === large ? `at m = ${above}` : `from m = ${above} on`) +
    `, ${nameOf(small.series, summary)} ${last === small ? "at" : "up to"} ${below}.`;
  const own = `Choose ${nameOf(large.series, summary)}`;
  const told = `${own} ${tied === undefined ? "" : `(${tied}) `}${where}`;
  return told.split(" ").length <= MOST_WORDS ? told : `${own} ${where}`;
}

/** What holds over several settings (network, rate, B), at the largest size of each, and whether it is sure. */
export function settingsVerdict(
  settings: readonly (readonly Choice[])[],
  summary: Summary,
): { readonly mark: "✓" | "≈"; readonly text: string } {
  const winners = settings.map((choices) => choices[choices.length - 1]);
  const nameIn = ({ series }: Choice) => programOf(series, summary);
  if (winners.every(({ rivals }) => rivals.length === 0)) {
    const names = [...new Set(winners.map(nameIn))];
    const were = names.length === 1 ? "was" : "were";
    return { mark: "✓", text: `Only ${listed(names)} ${were} measured: nothing to compare.` };
  }
  const all = Math.max(new Set(summary.series.map(choiceKey)).size, settings.length);
  const everywhere = all === 2 ? "both settings" : `all ${all} settings`;
  const clear = winners.filter((choice) => !isUndecided(choice));
  if (clear.length === 0) return { mark: "≈", text: `Too close to call in ${everywhere}.` };
  const isSure = clear.every((choice) => choice.rivals.length === 0 || isProven(choice));
  const mark = isSure ? "✓" : "≈";
  const open = winners.length - clear.length;
  const rest = open === 0 ? "" : `; ${open === 1 ? "one is" : `${open} are`} too close to call`;
  const byName = [...Map.groupBy(clear, nameIn)].sort(([, a], [, b]) => b.length - a.length);
  if (byName.length > 1) {
    const [first] = summary.series;
    const isOnly = summary.series.every((one) => one.implementation === first.implementation);
    const decides = isOnly
      ? isSure ? first.implementation : `${first.implementation}, as it seems`
      : isSure
      ? "The setting decides"
      : "The setting seems to decide";
    const each = clear.map(({ series }) =>
      `${(isOnly ? variantOf : programOf)(series, summary)} at ${settingText(series, summary)}`
    );
    const named = `${decides}: ${each.join(", ")}${rest}.`;
    if (named.split(" ").length <= MOST_WORDS) return { mark, text: named };
    const counts = byName.slice(0, MOST_NAMED).map(([name, won]) => `${name} in ${won.length}`);
    const others = byName.slice(MOST_NAMED).reduce((sum, [, won]) => sum + won.length, 0);
    if (others > 0) {
      counts.push(`${byName.length === MOST_NAMED + 1 ? "another" : "others"} in ${others}`);
    }
    return { mark, text: `${decides}: of ${all}, ${counts.join(", ")}${rest}.` };
  }
  const [[name]] = byName;
  const where = clear.length === all ? everywhere : `${clear.length} of ${all} settings`;
  const isFastest = clear.every((choice) => choice.fastest === choice.series && !isTied(choice));
  const text = !isSure
    ? `${name} seems fastest in ${where}`
    : isFastest
    ? `${name} is fastest in ${where}`
    : `Choose ${name} in ${where}`;
  return { mark, text: `${text}${rest}.` };
}

/** That nothing was measured, and why, unless a failure above says so. */
export function nothingText(
  { warnings, problems }: Pick<Summary, "warnings" | "problems">,
): string {
  const unfinished = warnings.find(({ kind }) => kind === "unfinished");
  if (unfinished?.kind === "unfinished" && unfinished.trials === 0) {
    return unfinished.isOpen
      ? "Nothing was measured yet."
      : "Nothing was measured: it was interrupted before its first trial ended.";
  }
  const isOverBudget = problems.length > 0 &&
    problems.every(({ reasons }) =>
      reasons.some(({ kind }) => kind === "over-budget" || kind === "not-repeated")
    );
  return isOverBudget
    ? "Nothing was measured: no trial fits into the budget. Raise --budget or choose smaller --sizes."
    : "Nothing was measured.";
}

const MOST_WORDS = 15;

/** Only so many rivals are named. */
const MOST_NAMED = 2;

/** The implementation alone where only one series of its setting has it. */
export function nameOf(index: number, { series }: Pick<Summary, "series">): string {
  const own = series[index];
  const alike = series.filter((one) =>
    one.implementation === own.implementation && choiceKey(one) === choiceKey(own)
  );
  return alike.length === 1 ? own.implementation : own.label;
}

/** The implementation, with what else of it is part of the choice. */
function programOf(index: number, summary: Summary): string {
  const variant = variantOf(index, summary);
  const { implementation } = summary.series[index];
  return variant === "" ? implementation : `${implementation} · ${variant}`;
}

/** Its runtime where it has several; threads and ranks only where no other implementation was measured. */
function variantOf(index: number, { series }: Summary): string {
  const { implementation, runtime, threadsUsed, ranks } = series[index];
  const alike = series.filter((one) => one.implementation === implementation);
  const differ = (of: (one: Series) => unknown) => new Set(alike.map(of)).size > 1;
  const isAlone = alike.length === series.length;
  return [
    ...(differ((one) => one.runtime) ? [runtime] : []),
    ...(isAlone && differ((one) => one.threadsUsed) ? [counted(threadsUsed, "thread")] : []),
    ...(isAlone && ranks !== undefined && differ((one) => one.ranks)
      ? [counted(ranks, "rank")]
      : []),
  ].join(" · ");
}

/** What a run varies, apart from programs and sizes: "784-128-10 · B = 10"; empty where it varies nothing. */
export function settingText(index: number, { series, plan }: Summary): string {
  const { batch } = series[index];
  return [
    ...axisParts(series[index], axesOfPlan(plan)),
    ...(plan.batchSizes.length > 1 ? [batch === "full" ? "full batch" : `B = ${batch}`] : []),
  ].join(" · ");
}

/** What takes so many times as long, and is not proved to, is no tie: it is only not proved. */
const MOST_TIED = 1.2;

/** Whether a rival may be as good, and looks it. */
export const isNear = (
  { verdict, ratio, interval: [low] = [ratio, ratio] }: Choice["rivals"][number],
): boolean => verdict === "same" || verdict === "unresolved" && low < 1.1 && ratio <= MOST_TIED;

/** Whether another program may be as good. */
export const isTied = ({ rivals }: Choice): boolean => rivals.some(isNear);

/**
 * " 2.1 ×": how many times as long the next takes; ` ${tie}` where it may be as good; nothing where there is no slower one. Of several
 * sizes from the least to the greatest: " 1.2 × to 2.1 ×", or ` ${tie} to 2.1 ×`.
 */
export function marginText(choices: readonly Choice[], tie: string): string {
  const tied = choices.some(isTied) ? [tie] : [];
  const ratios = choices.filter((choice) => !isTied(choice))
    .flatMap(({ rivals }) => rivals.find(({ ratio }) => ratio > 1)?.ratio ?? [])
    .sort((a, b) => a - b);
  const [low, ...others] = [...new Set([...tied, ...ratios.map(formatRatio)])];
  const high = others.at(-1);
  return low === undefined ? "" : ` ${low}${high === undefined ? "" : ` to ${high}`}`;
}

/** Whether every other program may be as good as the choice. */
export const isUndecided = ({ rivals }: Choice): boolean =>
  rivals.length > 0 && rivals.every(isNear);

/** Whether the figures show of any program that it is slower, or as fast. */
export const isProven = ({ rivals }: Choice): boolean =>
  rivals.some(({ verdict }) => verdict !== "unresolved");

const cellAt = (
  choice: Pick<Choice, "series" | "examples" | "seed">,
  { cells }: Summary,
): CellSummary | undefined =>
  cells.find((one) =>
    one.series === choice.series && one.cell.examples === choice.examples &&
    one.cell.seed === choice.seed
  );
