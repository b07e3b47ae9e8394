import { BACK_END_NAMES } from "../analysis/roofline.ts";
import type { Choice } from "../analysis/choice.ts";
import type { CellSummary, Summary } from "../analysis/summary.ts";
import {
  formatCount,
  formatDuration,
  formatInterval,
  formatNumber,
  formatPercent,
  formatRatio,
} from "./format.ts";
import { isResolved } from "./noise.ts";

/** What to take, for each minibatch size of the first seed: a sentence for each. */
export function choiceSentences(summary: Summary): string[] {
  return choicesByBatch(summary).flatMap((choices) => choiceSentence(choices, summary));
}

/** Of the first seed, by subset size; a list for each minibatch size. */
function choicesByBatch({ choices = [], series, plan }: Summary): Choice[][] {
  const ofSeed = choices.filter(({ seed }) => seed === plan.seeds[0])
    .toSorted((a, b) => a.examples - b.examples);
  return [...Map.groupBy(ofSeed, (choice) => series[choice.series].batch).values()];
}

/** "Choose a at every m from 1,000 to 4,000: at m = 4,000, B = 10 it takes …, 9 × the speed of the baseline." */
function choiceSentence(choices: readonly Choice[], summary: Summary): string {
  const { series, plan } = summary;
  const last = choices[choices.length - 1];
  // The largest that has a speedup: the baseline may have been too slow for the largest of all.
  const shown = choices.findLast((choice) => cellOf(choice.series, choice, summary).speedup) ??
    last;
  const cell = cellOf(shown.series, shown, summary);
  const conditions = [
    `m = ${formatCount(shown.examples)}`,
    // With several minibatch sizes, the label of the series names its own.
    ...(plan.batchSizes.length > 1 ? [] : [`B = ${formatCount(shown.batchSize)}`]),
    ...(plan.seeds.length > 1 ? [`seed ${shown.seed}`] : []),
  ].join(", ");
  const stretches = stretchesOf(choices);
  const what = stretches.length === 1
    ? `${series[last.series].label} ${
      choices.length === 1
        ? `at ${conditions}`
        : `at every m from ${formatCount(choices[0].examples)} to ${formatCount(last.examples)}`
    }`
    : stretches.map(({ choice, from, to }) =>
      `${series[choice].label} at m = ${formatCount(from)}${
        to === from ? "" : ` to ${formatCount(to)}`
      }`
    ).join(", ");
  const at = choices.length === 1 ? "" : ` at ${conditions}`;
  return `Choose ${what}: ${formatInterval(cell.nsPerEpoch, formatDuration)} per epoch${at}${
    speedText(cell, summary)
  }.`;
}

function speedText(cell: CellSummary, { plan, series }: Summary): string {
  if (cell.cell.implementation === plan.baseline) return ", the baseline itself";
  if (cell.speedup === undefined) return "; the baseline was not measured there";
  const several = new Set(series.map(({ runtime }) => runtime)).size > 1;
  return `, ${formatInterval(cell.speedup, formatRatio)} the speed of ${plan.baseline}` +
    (several ? " in the same runtime" : "") +
    (isResolved(cell) ? "" : ", which is not resolved");
}

/** Sizes in a row with the same choice. */
function stretchesOf(
  choices: readonly Choice[],
): { choice: number; from: number; to: number }[] {
  const stretches: { choice: number; from: number; to: number }[] = [];
  for (const { series, examples } of choices) {
    const before = stretches[stretches.length - 1];
    if (before?.choice === series) before.to = examples;
    else stretches.push({ choice: series, from: examples, to: examples });
  }
  return stretches;
}

/** More names than this are not listed in a sentence. */
const MOST_NAMED = 3;

/** A rival beside what was chosen at its size. */
type Rival = Choice["rivals"][number] & Pick<Choice, "examples"> & { readonly chosen: number };

/**
 * What stands nearest to the choice, of the first minibatch size: what cannot be told from it, what is faster and
 * yet not chosen, and by how much the next is slower. Figures are of the largest size at which it is so.
 */
export function rivalSentences(summary: Summary): string[] {
  const [choices = []] = choicesByBatch(summary);
  const { series } = summary;
  const rivals = choices.flatMap(({ rivals, series: chosen, examples }) =>
    rivals.map((rival): Rival => ({ ...rival, examples, chosen }))
  );
  const names = (of: readonly Rival[]) => {
    const bySeries = [...Map.groupBy(of, (rival) => rival.series)].map(([one, at]) =>
      `${series[one].label} (${ratioText(at[at.length - 1])}${
        at.length === choices.length ? "" : `; at ${at.length} of ${choices.length} sizes`
      })`
    );
    const more = bySeries.length - MOST_NAMED;
    return bySeries.slice(0, MOST_NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
  };
  const threads = (one: number) => series[one].threads ?? 1;
  const forThreads = (of: readonly Rival[]) =>
    of.every((rival) => threads(rival.series) > threads(rival.chosen)) ? ", with more threads" : "";
  const near = rivals.filter(isNear);
  const faster = rivals.filter(({ verdict }) => verdict === "faster");
  const next = nearest(rivals.filter((rival) => rival.ratio > 1 && !isNear(rival)));
  return [
    ...(near.length > 0 ? [`Not told apart from it: ${names(near)}${forThreads(near)}.`] : []),
    ...(faster.length > 0 ? [`Faster: ${names(faster)}${forThreads(faster)}.`] : []),
    ...(next ? [`The next, ${series[next.series].label}, takes ${ratioText(next)}.`] : []),
  ];
}

/** What may be as fast: what is told to be faster or slower is not, nor what takes a tenth longer at the least. */
const isNear = ({ verdict, ratio, interval: [low] = [ratio, ratio] }: Rival): boolean =>
  (verdict === "same" || verdict === "unresolved") && low < 1.1;

/** "1.32 × [1.25, 1.39] its time at m = 60,000". */
function ratioText({ ratio: value, interval, examples }: Rival): string {
  const [low, high] = interval ?? [value, value];
  const ratio = formatInterval({ value, low, high, confidence: 0.95 }, formatRatio);
  return `${ratio} its time at m = ${formatCount(examples)}`;
}

/** At the largest size, of those that are slower, the one that is so by the least. */
function nearest(slower: readonly Rival[]): Rival | undefined {
  const largest = Math.max(...slower.map(({ examples }) => examples));
  return slower.filter(({ examples }) => examples === largest)
    .toSorted((a, b) => a.ratio - b.ratio)[0];
}

/** What the chosen has over the baseline at the largest size, and how near both are to what the machine can do. */
export function whySentences(summary: Summary): string[] {
  const choice = choicesByBatch(summary)[0]?.at(-1);
  const { plan, series } = summary;
  if (!choice?.overBaseline || series[choice.series].implementation === plan.baseline) return [];
  const { flopRatio, rateRatio } = choice.overBaseline;
  const arithmetic = flopRatio < 0.99
    ? `does ${formatPercent(flopRatio, 0)} of the arithmetic (pixels that are 0 are left out),`
    : "does the same arithmetic";
  return [
    `Why: ${series[choice.series].label} ${arithmetic} at ${
      formatNumber(rateRatio)
    } times the rate of ${plan.baseline}${reached(choice, summary)}.`,
  ];
}

/** ", which is 35 % of what WebAssembly can do here (naive_loop: 7 % of what JavaScript can)". */
function reached(choice: Choice, summary: Summary): string {
  const chosen = cellOf(choice.series, choice, summary);
  const baseline = summary.cells.find(({ cell }) =>
    cell.implementation === summary.plan.baseline && cell.examples === choice.examples &&
    cell.batchSize === choice.batchSize && cell.seed === choice.seed &&
    (cell.runtime === chosen.cell.runtime || chosen.cell.runtime === "python")
  );
  const [own, other] = [chosen, baseline].map((cell) => {
    const ceiling = cell?.roofline?.ceiling;
    return ceiling?.backEnd &&
      `${formatPercent(ceiling.share, 0)} of what ${BACK_END_NAMES[ceiling.backEnd]} can`;
  });
  if (!own) return "";
  return `, ${own} do here` + (other ? ` (${summary.plan.baseline}: ${other})` : "");
}

const cellOf = (series: number, { examples, seed }: Choice, { cells }: Summary): CellSummary =>
  cells.find((one) =>
    one.series === series && one.cell.examples === examples && one.cell.seed === seed
  )!;
