import type { ScalingLaw } from "../format/laws.ts";
import type { Summary } from "../format/summary.ts";
import { choiceSentences, rivalSentences, whySentences } from "./choice_words.ts";
import { crossoverSentences } from "./crossover_words.ts";
import type { Item } from "./document.ts";
import { overallVerdict } from "./comparison_words.ts";
import { accuracyDifference, modelSentences } from "./model_words.ts";
import { nodeSentences } from "./node_words.ts";
import { noiseSentences } from "./noise_words.ts";
import {
  counted,
  formatCount,
  formatDuration,
  formatError,
  formatInterval,
  formatNumber,
  formatPercent,
} from "./numbers.ts";
import { rankSentences } from "./rank_words.ts";
import { limitSentences } from "./roofline_section.ts";
import { exponentText } from "./scaling_section.ts";
import { atLargestSize, chosenSeries, sizesOf } from "./select.ts";
import { reasonsText, trialsText } from "./reason_words.ts";
import { shareOfCells } from "./warning_words.ts";

/** What a reader must know, in at most eight items: the choice first. */
export function keyResults(summary: Summary): Item[] {
  if (summary.cells.length === 0) {
    return [
      { text: "Nothing was measured: no cell gave a figure." },
      { text: trialCounts(summary) },
    ];
  }
  const [first, ...others] = choiceSentences(summary);
  const results: [string, string[]][] = [
    ["time", [first]],
    ["speedup", [
      ...rivalSentences(summary),
      ...crossoverSentences(summary),
      ...rankSentences(summary),
      ...whySentences(summary),
      ...others,
    ]],
    ["time", [...exponents(summary), ...runtimeSentences(summary), ...comparisons(summary)]],
    ["accuracy", modelSentences(summary)],
    ["accuracy_by_time", [...accuracy(summary), ...timeTo90(summary)]],
    ["roofline", limitSentences(summary)],
    ["samples", [
      ...spread(summary),
      ...nodeSentences(summary),
      ...noiseSentences(summary),
      ...disturbances(summary),
    ]],
    ["agreement", [...agreement(summary), trialCounts(summary)]],
  ];
  return results.flatMap(([figure, sentences]) =>
    sentences.length === 0 ? [] : [{ text: sentences.join(" "), figure }]
  );
}

/** A sentence lists no more series than this one by one. */
const MOST_LISTED = 4;

function exponents({ scalingLaws, series }: Summary): string[] {
  if (scalingLaws.length === 0) {
    return [
      "There are too few sizes, or their times scatter too much, to fit how time grows with m.",
    ];
  }
  const textOf = (law: ScalingLaw) => {
    const between = law.breakpoint && [law.breakpoint.after, law.breakpoint.before];
    const jump = between?.map(formatCount).join(" and ");
    return `${exponentText(law)} for ${series[law.series].label}` +
      (jump ? ` (with a jump between m = ${jump})` : "");
  };
  const sorted = scalingLaws.toSorted((a, b) => a.exponent.value - b.exponent.value);
  const values = scalingLaws.length <= MOST_LISTED
    ? `k = ${scalingLaws.map(textOf).join("; ")}`
    : `k from ${textOf(sorted[0])} to ${textOf(sorted[sorted.length - 1])}`;
  return [
    `Time per epoch grows as mᵏ with ${values}; k = 1 means that time is proportional to m.`,
  ];
}

/** Whether the fastest per epoch depends on the runtime: set-up is not part of the test. */
export function runtimeSentences({ runtimeInteraction, series }: Summary): string[] {
  if (runtimeInteraction === undefined) return [];
  const { verdict, winners, greatest, examples, pValue } = runtimeInteraction;
  const at = `at m = ${formatCount(examples)}`;
  const names = winners.map((one) => one.runtime).join(", ");
  const p = pValue < 0.001 ? "p < 0.001" : `p = ${pValue.toFixed(3)}`;
  const most = `in ${greatest.runtime}, ${greatest.implementation} takes ` +
    `${formatNumber(greatest.factor)} × the time that the other programs and runtimes suggest`;
  const [name, ...others] = new Set(winners.map((one) => series[one.series].implementation));
  const fastest = others.length === 0
    ? `${name} is fastest in every runtime`
    : "no runtime surely has another winner";
  switch (verdict) {
    case "winner":
      return [
        `The fastest per epoch depends on the runtime ${at}: ` +
        `${
          winners.map((one) => `${series[one.series].implementation} in ${one.runtime}`).join(", ")
        } (${p}).`,
      ];
    case "ratios":
      return [
        `Per epoch ${at}, ${fastest}, but the gaps differ: ${most} (${p}).`,
      ];
    case "none":
      return [
        `How programs compare per epoch does not visibly depend on the runtime (${names}; ${at}, ${p}).`,
      ];
  }
}

/** Verdicts of a run that measured earlier code in its rounds, or pairs until they were resolved. */
function comparisons({ against, resolved }: Summary): string[] {
  const sentences = against
    ? [`Against the code of ${against.a.run}: ${overallVerdict(against)}`]
    : [];
  if (!resolved) return sentences;
  const { pairs, threshold } = resolved;
  const done = pairs.filter(({ verdict }) => verdict !== "unresolved").length;
  const are = pairs.length === 1 ? "is" : "are";
  return [
    ...sentences,
    `${formatCount(done)} of ${counted(pairs.length, "pair")} ${are} resolved ` +
    `to within ${formatPercent(threshold, 1)}.`,
  ];
}

/** The learning curve of the choice at the largest size, and its accuracy against the baseline's. */
function accuracy(summary: Summary): string[] {
  const { learningCurves, series, plan, sameModel } = summary;
  const chosen = chosenSeries(summary) ?? 0;
  const curve = learningCurves.find((curve) => curve.series === chosen);
  if (!curve || curve.points.length === 0) return [];
  const { points, fit } = curve;
  const [from, to] = [points[0], points[points.length - 1]];
  const subject = `Test accuracy of ${series[chosen].label} after ${counted(plan.epochs, "epoch")}`;
  const model = sameModel.find((one) => one.series === chosen);
  const difference = model && accuracyDifference(model);
  const cost = difference === undefined ? "" : `, ${difference} from that of ${plan.baseline}`;
  const [start, end] = [from, to].map(({ testAccuracy, examples }) =>
    `${formatPercent(testAccuracy)} at m = ${formatCount(examples)}`
  );
  if (points.length === 1) return [`${subject} is ${end}${cost}.`];
  const verb = to.testAccuracy >= from.testAccuracy ? "rises" : "falls";
  const sentence = `${subject} ${verb} from ${start} to ${end}${cost}.`;
  // A floor above a measured error is wrong.
  if (!fit || points.some(({ testAccuracy }) => 1 - testAccuracy < fit.floor)) return [sentence];
  if (fit.floorInterval === undefined) return [sentence];
  const floor = formatInterval(fit.floorInterval, formatPercent);
  return [
    sentence,
    `By the fitted learning curve, an error of ${floor} would remain however many examples there were.`,
  ];
}

/** At the size that the linked plot shows. */
function timeTo90(summary: Summary): string[] {
  const cells = atLargestSize(summary).filter(({ line }) => line.seed === summary.plan.seeds[0]);
  const reached = cells.flatMap(({ cell: { series, timeTo90Ns } }) =>
    timeTo90Ns === undefined ? [] : [{ series, timeTo90Ns }]
  ).sort((a, b) => a.timeTo90Ns - b.timeTo90Ns);
  const at = `at m = ${formatCount(sizesOf(summary).at(-1) ?? 0)}`;
  if (reached.length === 0) return [`None reached 90 % test accuracy ${at}.`];
  const each = reached.slice(0, MOST_LISTED).map(({ series, timeTo90Ns }) =>
    `${summary.series[series].label} ${formatDuration(timeTo90Ns)}`
  );
  const missed = cells.length - reached.length;
  const more = reached.length - each.length;
  return [
    `Time to 90 % test accuracy, with set-up, ${at}: ${each.join("; ")}` +
    (more === 0 ? "" : `; ${more} more took longer`) +
    (missed === 0 ? "." : `; ${missed} of ${cells.length} did not reach it.`),
  ];
}

function agreement({ cells }: Summary): string[] {
  const right = cells.filter(({ verdict }) => verdict !== "wrong");
  const errors = right.flatMap(({ maxRelativeError }) => maxRelativeError ?? []);
  const all = right.length === cells.length;
  const greatest = errors.length > 0
    ? ` with a relative error of at most ${formatError(Math.max(...errors))}`
    : "";
  if (cells.length === 1) {
    const is = all ? `agrees with the oracle${greatest}` : "is wrong";
    return [`The gradient of the only cell ${is}.`];
  }
  const which = shareOfCells({ cells: right.length, of: cells.length });
  return [
    `The gradients of ${which} agree with the oracle${greatest}` +
    (all ? "." : "; the others are wrong."),
  ];
}

/** "73 % of the 362 s was spent training and sampling". */
export const timeShare = ({ time: { measuredShare, wallNs } }: Summary): string =>
  `${formatPercent(measuredShare, 0)} of the ${formatNumber(wallNs / 1e9)} s was spent ` +
  "training and sampling";

function trialCounts(summary: Summary): string {
  const { counts: { ok, skipped, failed, planned }, problems } = summary;
  const recorded = ok + skipped + failed;
  const cut = planned !== undefined && planned > recorded
    ? `; ${counted(planned - recorded, "planned trial")} did not run`
    : "";
  const gave = skipped + failed > 0 || cut !== ""
    ? counted(ok, "trial")
    : ok === 1
    ? "The only trial"
    : `All ${formatCount(ok)} trials`;
  const troubles = (["failed", "skipped"] as const).flatMap((status) =>
    problemText(status, problems)
  );
  return [`${gave} gave figures${cut}; ${timeShare(summary)}.`, ...troubles].join(" ");
}

/** Characters of a reason in a sentence; the whole stands under Skipped and failed. */
const MOST_OF_REASON = 80;

/** "Failed: mine (3 trials: it hung)". */
function problemText(status: "skipped" | "failed", problems: Summary["problems"]): string[] {
  const alike = Map.groupBy(
    problems.filter((problem) => problem.status === status),
    ({ cell }) => cell.implementation,
  );
  if (alike.size === 0) return [];
  const each = [...alike].map(([name, of]) => {
    const reason = reasonsText(of[0].reasons);
    const short = reason.length > MOST_OF_REASON ? `${reason.slice(0, MOST_OF_REASON)}…` : reason;
    return `${name} (${trialsText(of)}: ${short})`;
  });
  const more = each.length > MOST_LISTED ? `; and ${each.length - MOST_LISTED} more` : "";
  const named = each.slice(0, MOST_LISTED).join("; ");
  return [`${status === "failed" ? "Failed" : "Skipped"}: ${named}${more}.`];
}

/** How noisy the machine was: how far trials of one cell lie apart. */
function spread({ trialSpread, series }: Summary): string[] {
  if (trialSpread === undefined) {
    return ["No cell has two trials, so the variation between processes is unknown."];
  }
  const { median, greatest, series: worst, examples } = trialSpread;
  const where = `${series[worst].label} at m = ${formatCount(examples)}`;
  return [
    `Trials of one cell vary by ${formatPercent(median, 1)} (standard deviation, ` +
    `median over the cells; at most ${formatPercent(greatest, 1)}, ${where}).`,
  ];
}

/** How much other programs disturbed the samples. */
function disturbances({ contention }: Summary): string[] {
  if (contention === undefined) return [];
  const { samples, setAside, waitedShare } = contention;
  const were = setAside === 1 ? "was" : "were";
  return [
    `Other programs kept the processes waiting for ${formatPercent(waitedShare, 1)} of the time; ` +
    `${formatCount(setAside)} of ${counted(samples, "sample")} ${were} set aside for that.`,
  ];
}
