import { isJavaScript } from "../base/runtime.ts";
import type { Choice } from "../format/choice.ts";
import type { CellSummary, Summary } from "../format/summary.ts";
import {
  capitalised,
  counted,
  formatCount,
  formatDuration,
  formatInterval,
  formatNumber,
  formatPercent,
  formatRatio,
} from "./numbers.ts";
import { doubtText } from "./comparison_words.ts";
import { isResolved, markedTime } from "./noise_words.ts";
import { boundText } from "./roofline_section.ts";
import { problemKey } from "../summary/problem_key.ts";
import { choicesBySetting } from "./select.ts";
import { isNear } from "./verdict_words.ts";

/** What to choose, as a sentence for each setting of the first seed. */
export function choiceSentences(summary: Summary): string[] {
  const choices = choicesBySetting(summary);
  if (choices.length === 0 && summary.cells.length > 0) {
    const areWrong = summary.cells.every(({ verdict }) => verdict === "wrong");
    const why = areWrong ? "gradient is wrong" : "cell has a wrong gradient or a failed trial";
    return [`Nothing to choose: every ${why}.`];
  }
  return choices.map((ofSetting) =>
    [choiceSentence, payOff, missing, unknownModel].flatMap((say) => say(ofSetting, summary)).join(
      " ",
    )
  );
}

/** "Choose a at every m from 1,000 to 4,000: … per epoch at m = 4,000, B = 10, 9 × the speed of the baseline." */
function choiceSentence(choices: readonly Choice[], summary: Summary): string {
  const { series, plan } = summary;
  const last = choices[choices.length - 1];
  // The largest that has a speedup: the baseline may have been too slow for the largest of all.
  const shown = choices.findLast((choice) => cellOf(choice, summary).speedup) ?? last;
  const cell = cellOf(shown, summary);
  const conditions = [
    `m = ${formatCount(shown.examples)}`,
    // With several minibatch sizes, the label of the series names its own.
    ...(plan.batchSizes.length > 1 ? [] : [`B = ${formatCount(shown.batchSize)}`]),
    ...(plan.seeds.length > 1 ? [`seed ${shown.seed}`] : []),
  ].join(", ");
  const stretches = stretchesOf(choices).map(({ choice, from, to }) => ({
    label: series[choice].label,
    from: formatCount(from),
    to: formatCount(to),
  }));
  const [{ label, from, to }] = stretches;
  const what = choices.length === 1
    ? `${label} at ${conditions}`
    : stretches.length === 1
    ? `${label} at every m from ${from} to ${to}`
    : stretches.map(({ label, from, to }) =>
      `${label} at m = ${from}${to === from ? "" : ` to ${to}`}`
    ).join(", ");
  const time = markedTime(cell, formatInterval(cell.nsPerEpoch, formatDuration));
  const at = choices.length === 1 ? "" : ` at ${conditions}`;
  const isAlone = choices.every(({ rivals }) => rivals.length === 0);
  return isAlone
    ? `${what}: ${time} per epoch${at}; there is nothing to compare it with.`
    : `Choose ${what}: ${time} per epoch${at}${speedText(cell, summary)}.`;
}

/** "For 3 epochs it takes 130 ms with set-up (28 ms). From 9 epochs on, b takes less in all." At the largest m. */
function payOff(choices: readonly Choice[], { series }: Summary): string[] {
  const { epochs, setUpNs, totalNs, byEpochs, series: own } = choices[choices.length - 1];
  if (byEpochs.length === 1) return [];
  const place = byEpochs.findIndex((one) => one.series === own);
  const setUp = setUpNs === undefined ? "" : ` with set-up (${formatDuration(setUpNs)})`;
  return [
    `For ${counted(epochs, "epoch")} it takes ${formatDuration(totalNs)}${setUp}.`,
    ...byEpochs.map(({ from, series: one }, i) =>
      i < place
        ? `For fewer than ${counted(byEpochs[i + 1].from, "epoch")}, ${
          series[one].label
        } takes less in all.`
        : i === place
        ? undefined
        : capitalised(`${fromText(from, epochs)}, ${series[one].label} takes less in all.`)
    ).filter((sentence) => sentence !== undefined),
  ];
}

/**
 * "from 9 epochs on". Right after the epochs of the plan it is "for more than 3 epochs": the other may be a little
 * better at 3 already, too little for a choice.
 */
export const fromText = (from: number, epochs: number): string =>
  from === epochs + 1
    ? `for more than ${counted(epochs, "epoch")}`
    : `from ${counted(from, "epoch")} on`;

/** Whether all speedups of its problem are counted from this cell. */
export const isBaseline = ({ speedup }: CellSummary): boolean =>
  speedup !== undefined && [speedup.value, speedup.low, speedup.high].every((one) => one === 1);

/** The baseline of a cell; with threads and ranks where the cell is the same program with others. */
export function baselineName({ cell }: CellSummary, { plan, cells, series }: Summary): string {
  const own = cells.find((one) =>
    isBaseline(one) && one.cell.implementation === plan.baseline &&
    problemKey(one.cell) === problemKey(cell)
  );
  return own !== undefined && cell.implementation === plan.baseline
    ? series[own.series].label
    : plan.baseline;
}

function speedText(cell: CellSummary, summary: Summary): string {
  const { series, cells } = summary;
  if (isBaseline(cell)) return ", the baseline itself";
  if (cell.speedup === undefined) return "; the baseline was not measured there";
  // A peer in another language is compared with the baseline of another runtime.
  const several = isJavaScript(cell.cell.runtime) &&
    new Set(series.map(({ runtime }) => runtime)).size > 1;
  const basis = `${counted(cell.trials, "trial")}, ${counted(cells.length, "cell")}`;
  return `, ${formatInterval(cell.speedup, formatRatio)} the speed of ${
    baselineName(cell, summary)
  }` +
    (several ? " in the same runtime" : "") +
    (isResolved(cell) ? "" : ` (too close to call: ${basis})`);
}

/** Consecutive sizes with the same choice. */
function stretchesOf(choices: readonly Choice[]) {
  const stretches: { choice: number; from: number; to: number }[] = [];
  for (const { series, examples } of choices) {
    const before = stretches[stretches.length - 1];
    if (before?.choice === series) before.to = examples;
    else stretches.push({ choice: series, from: examples, to: examples });
  }
  return stretches;
}

/** Series that were not measured at some size, and might have been chosen there. */
function missing(choices: readonly Choice[], { series }: Summary): string[] {
  const absent = new Set(choices.flatMap(({ missing }) => missing));
  const each = [...absent].map((one) => {
    const at = choices.filter(({ missing }) => missing.includes(one))
      .map(({ examples }) => formatCount(examples));
    return `${series[one].label} at m = ${at.join("; ")}`;
  });
  return each.length === 0 ? [] : [`Not measured, and so not compared: ${each.join(", ")}.`];
}

function unknownModel(choices: readonly Choice[], { sameModel, series, plan }: Summary): string[] {
  const unknown = sameModel.filter(({ verdict }) => verdict === "unknown")
    .map((model) => model.series);
  const chosen = new Set(choices.map((choice) => choice.series));
  return [...chosen].filter((one) => unknown.includes(one)).map((one) =>
    `Whether ${series[one].label} trains the same model as ${plan.baseline} is unknown.`
  );
}

/** At most so many names stand in a sentence. */
const MOST_NAMED = 3;

/** A rival at one size, with the series chosen there. */
type Rival = Choice["rivals"][number] & Pick<Choice, "examples"> & { readonly chosen: number };

/** The nearest rivals of the choice in the first setting, with figures of the largest size where they are near. */
export function rivalSentences(summary: Summary): string[] {
  const [choices = []] = choicesBySetting(summary);
  const { series, plan } = summary;
  const rivals = choices.flatMap(({ rivals, series: chosen, examples }) =>
    rivals.map((rival): Rival => ({ ...rival, examples, chosen }))
  );
  const sizesOf = Map.groupBy(choices, (choice) => choice.series);
  const names = (of: readonly Rival[], word: string) => {
    const bySeries = [...Map.groupBy(of, (rival) => rival.series)].map(([one, at]) => {
      const sizes = sizesOf.get(at[0].chosen)!.length;
      const often = at.length < sizes ? `; ${word} at ${at.length} of ${sizes} sizes` : "";
      return `${series[one].label} (${ratioText(at[at.length - 1])}${often})`;
    });
    const more = bySeries.length - MOST_NAMED;
    return bySeries.slice(0, MOST_NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
  };
  // The choice may be another at other sizes: each has its own rivals.
  const byChoice = (of: readonly Rival[], say: (chosen: number, its: readonly Rival[]) => string) =>
    [...Map.groupBy(of, ({ chosen }) => chosen)].map(([chosen, its]) => say(chosen, its));
  const next = nearest(rivals.filter((rival) => rival.ratio > 1 && !isNear(rival)));
  const threads = (one: number) =>
    summary.cells.findLast((cell) => cell.series === one)?.threadsUsed ?? series[one].threads;
  return [
    ...byChoice(
      rivals.filter(isNear),
      (chosen, its) => `Too close to call with ${series[chosen].label}: ${names(its, "tied")}.`,
    ),
    ...byChoice(rivals.filter(({ verdict }) => verdict === "faster"), (chosen, its) => {
      const forThreads = its.every((rival) => threads(rival.series) > threads(chosen));
      return `Faster than ${series[chosen].label}${forThreads ? ", on more threads" : ""}: ` +
        `${names(its, "faster")}.`;
    }),
    // The choice's speedup already says how far behind the baseline is.
    ...(next && series[next.series].implementation !== plan.baseline
      ? [`The next, ${series[next.series].label}, takes ${ratioText(next)}.`]
      : []),
  ];
}

/** "1.32 × [1.25, 1.39] its time at m = 60,000". */
function ratioText({ ratio, interval = [ratio, ratio], examples, doubt }: Rival): string {
  const [low, high] = interval;
  const slower = formatInterval({ value: ratio, low, high }, formatRatio);
  return `${slower} its time at m = ${formatCount(examples)}` +
    (doubt?.kind === "many-comparisons" ? `, ${doubtText(doubt)}` : "");
}

/** The least slow one at the largest size. */
function nearest(slower: readonly Rival[]): Rival | undefined {
  const largest = Math.max(...slower.map(({ examples }) => examples));
  return slower.filter(({ examples }) => examples === largest)
    .toSorted((a, b) => a.ratio - b.ratio)[0];
}

/** Why the choice is faster than the baseline at the largest size, and how near both are to their limits. */
export function whySentences(summary: Summary): string[] {
  const choice = choicesBySetting(summary)[0]?.at(-1);
  const { plan, series } = summary;
  if (!choice?.overBaseline || series[choice.series].implementation === plan.baseline) return [];
  const { flopRatio, rateRatio } = choice.overBaseline;
  const arithmetic = flopRatio < 0.99
    ? `does ${formatPercent(flopRatio, 0)} of the arithmetic (it skips pixels that are 0)`
    : flopRatio > 1.01
    ? `does ${formatNumber(flopRatio)} times the arithmetic`
    : "does the same arithmetic";
  const rate = `${formatNumber(rateRatio)} times the rate of ${plan.baseline}`;
  return [
    `Why: ${series[choice.series].label} ${arithmetic} at ${rate}${reached(choice, summary)}.`,
  ];
}

/** "; it reaches 35 % of its limit, the bandwidth of the caches (1 thread); naive_loop reaches 7 %". */
function reached(choice: Choice, summary: Summary): string {
  const { plan, cells } = summary;
  const own = cellOf(choice, summary);
  const baseline = cells.find(({ cell }) =>
    cell.implementation === plan.baseline && problemKey(cell) === problemKey(own.cell) &&
    (cell.runtime === own.cell.runtime || !isJavaScript(own.cell.runtime))
  );
  const [chosen, other] = [own, baseline].map((cell) => cell?.roofline?.ceiling);
  if (!chosen) return "";
  const text = `; it reaches ${formatPercent(chosen.share, 0)} of its limit, ${boundText(chosen)}`;
  return other ? `${text}; ${plan.baseline} reaches ${formatPercent(other.share, 0)}` : text;
}

const cellOf = ({ series, examples, seed }: Choice, { cells }: Summary): CellSummary =>
  cells.find((one) =>
    one.series === series && one.cell.examples === examples && one.cell.seed === seed
  )!;
