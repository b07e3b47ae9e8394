import type { ScalingLaw } from "../format/laws.ts";
import type { Summary } from "../format/summary.ts";
import { choiceSentences, rivalSentences, whySentences } from "./choice_words.ts";
import {
  formatCount,
  formatDuration,
  formatError,
  formatInterval,
  formatNumber,
  formatPercent,
} from "./numbers.ts";
import { closing } from "./comparison_words.ts";
import { accuracyDifference, modelSentences } from "./model_words.ts";
import { noiseSentences } from "./noise_words.ts";
import { limitSentences } from "./roofline_section.ts";
import { formatBounded } from "./scaling_section.ts";
import { atLargestSize, chosenSeries, sizesOf } from "./select.ts";
import { counted } from "./terms.ts";

/** A sentence or two that figures of the summary make, and where they are drawn. */
export interface KeyResult {
  readonly text: string;
  /** Name of a plot: "time". */
  readonly figure?: string;
}

/** What a reader must know, at most eight: the choice first. */
export function keyResults(summary: Summary): KeyResult[] {
  if (summary.cells.length === 0) {
    return [{ text: "Nothing was measured: no cell gave a figure." }, {
      text: trialCounts(summary),
    }];
  }
  const told = (figure: string, sentences: readonly string[]): KeyResult[] =>
    sentences.length === 0 ? [] : [{ text: sentences.join(" "), figure }];
  const [first, ...others] = choiceSentences(summary);
  return [
    ...told("time", [first]),
    ...told("speedup", [...rivalSentences(summary), ...whySentences(summary), ...others]),
    ...told("time", [...exponents(summary), ...comparisons(summary)]),
    ...told("accuracy", modelSentences(summary)),
    ...told("accuracy_by_time", [...accuracy(summary), ...timeTo90(summary)]),
    ...told("roofline", limitSentences(summary)),
    ...told("samples", [
      ...spread(summary),
      ...noiseSentences(summary),
      ...disturbances(summary),
    ]),
    ...told("agreement", [...agreement(summary), trialCounts(summary)]),
  ];
}

/** More series than this are not listed one by one in a sentence. */
const MOST_LISTED = 4;

function exponents(summary: Summary): string[] {
  const { scalingLaws, series } = summary;
  if (scalingLaws.length === 0) {
    return ["There are too few sizes to fit how time grows with m."];
  }
  const text = ({ exponent, series: index, breakpoint }: ScalingLaw) =>
    `${formatInterval(exponent, (value) => value.toFixed(3)).replaceAll("-", "−")} for ${
      series[index].label
    }` +
    (breakpoint
      ? ` (which jumps between m = ${formatCount(breakpoint.after)} and ${
        formatCount(breakpoint.before)
      })`
      : "");
  const ascending = scalingLaws.toSorted((a, b) => a.exponent.value - b.exponent.value);
  const values = scalingLaws.length <= MOST_LISTED
    ? `k = ${scalingLaws.map(text).join("; ")}`
    : `k from ${text(ascending[0])} to ${text(ascending[ascending.length - 1])}`;
  return [`Time per epoch grows as m^k with ${values}; k = 1 is in proportion to the examples.`];
}

/** What a run was made for that has the code of another in its rounds, or goes on until pairs are resolved. */
function comparisons({ against, resolved }: Summary): string[] {
  return [
    ...(against ? [`Against the code of ${against.a.run}: ${closing(against)}`] : []),
    ...(resolved
      ? [
        `${
          formatCount(resolved.pairs.filter(({ verdict }) => verdict !== "unresolved").length)
        } of ${counted(resolved.pairs.length, "pair")} ${
          resolved.pairs.length === 1 ? "is" : "are"
        } resolved to within ${formatPercent(resolved.threshold, 1)}.`,
      ]
      : []),
  ];
}

/** From the learning curve of what is to be chosen at the largest size, and what it costs against the baseline. */
function accuracy(summary: Summary): string[] {
  const { learningCurves, series, plan, sameModel } = summary;
  const chosen = chosenSeries(summary) ?? 0;
  const curve = learningCurves.find((curve) => curve.series === chosen);
  if (!curve || curve.points.length === 0) return [];
  const { points, fit } = curve;
  const [from, to] = [points[0], points[points.length - 1]];
  const of = `Test accuracy of ${series[chosen].label} after ${counted(plan.epochs, "epoch")}`;
  const model = sameModel?.find((one) => one.series === chosen);
  const difference = model && accuracyDifference(model);
  const cost = difference === undefined ? "" : `, ${difference} from that of ${plan.baseline}`;
  if (points.length === 1) {
    return [
      `${of} is ${formatPercent(to.testAccuracy)} at m = ${formatCount(to.examples)}${cost}.`,
    ];
  }
  const verb = to.testAccuracy >= from.testAccuracy ? "rises" : "falls";
  // A floor above what was measured is none.
  const isFloor = fit !== undefined &&
    points.every(({ testAccuracy }) => 1 - testAccuracy >= fit.floor);
  return [
    `${of} ${verb} from ${formatPercent(from.testAccuracy)} at m = ${
      formatCount(from.examples)
    } to ${formatPercent(to.testAccuracy)} at ${formatCount(to.examples)}${cost}.`,
    ...(isFloor && fit.floorInterval
      ? [
        `An error of ${
          formatBounded(fit.floorInterval, formatPercent)
        } would be left however many examples there were, by the fitted learning curve.`,
      ]
      : []),
  ];
}

/** At the size of the plot that it leads to. */
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
    `Training time to 90 % test accuracy ${at}: ${each.join("; ")}` +
    (more === 0 ? "" : `; ${more} more took longer`) +
    (missed === 0 ? "." : `; ${missed} of ${cells.length} did not reach it.`),
  ];
}

function agreement({ cells }: Summary): string[] {
  const right = cells.filter(({ verdict }) => verdict !== "wrong");
  const errors = right.flatMap(({ maxRelativeError }) => maxRelativeError ?? []);
  const greatest = errors.length === 0
    ? ""
    : ` with a relative error of at most ${formatError(Math.max(...errors))}`;
  const all = right.length === cells.length;
  if (cells.length === 1) {
    return [
      all
        ? `The gradient of the only cell agrees with the oracle${greatest}.`
        : "The gradient of the only cell is wrong.",
    ];
  }
  return [
    all
      ? `The gradients of all ${formatCount(cells.length)} cells agree with the oracle${greatest}.`
      : `The gradients of ${formatCount(right.length)} of ${
        formatCount(cells.length)
      } cells agree ` +
        `with the oracle${right.length > 0 ? greatest : ""}; the others are wrong.`,
  ];
}

function trialCounts({ counts, time, problems }: Summary): string {
  const { ok, skipped, failed, planned } = counts;
  const measured = `of ${formatNumber(time.wallNs / 1e9)} s ` +
    `${formatPercent(time.measuredShare, 0)} were training and samples`;
  const recorded = ok + skipped + failed;
  const cut = planned !== undefined && planned > recorded
    ? `; ${counted(planned - recorded, "planned trial")} did not come to be`
    : "";
  if (skipped + failed === 0 && cut === "") {
    const all = ok === 1 ? "The only trial" : `All ${formatCount(ok)} trials`;
    return `${all} gave figures; ${measured}.`;
  }
  return `${counted(ok, "trial")} gave figures${cut}; ${measured}.` +
    [...problemText("failed", problems), ...problemText("skipped", problems)]
      .map((sentence) => ` ${sentence}`).join("");
}

/** "Failed: mine (3 trials: it hung)". */
function problemText(status: "skipped" | "failed", problems: Summary["problems"]): string[] {
  const of = problems.filter((problem) => problem.status === status);
  if (of.length === 0) return [];
  const each = [...Map.groupBy(of, ({ cell }) => cell.implementation)].map(([name, alike]) => {
    const trials = alike.reduce((sum, { rounds }) => sum + rounds.length, 0);
    const { reason } = alike[0];
    const short = reason.length > MOST_OF_REASON ? `${reason.slice(0, MOST_OF_REASON)}…` : reason;
    return `${name} (${counted(trials, "trial")}: ${short})`;
  });
  const more = each.length - MOST_LISTED;
  return [
    `${status === "failed" ? "Failed" : "Skipped"}: ${each.slice(0, MOST_LISTED).join("; ")}${
      more > 0 ? `; and ${more} more` : ""
    }.`,
  ];
}

/** Characters of a reason in a finding; the whole stands under Skipped and failed. */
const MOST_OF_REASON = 80;

/** How noisy the machine was: how far trials of one cell lie apart. */
function spread({ trialSpread, series }: Summary): string[] {
  if (trialSpread === undefined) {
    return ["No cell has two trials: nothing tells how much processes differ."];
  }
  const { median, greatest, series: worst, examples } = trialSpread;
  return [
    `Trials of one cell differ by ${
      formatPercent(median, 1)
    } (standard deviation; the middle one of ` +
    `all cells; at most ${formatPercent(greatest, 1)}, ${series[worst].label} at m = ${
      formatCount(examples)
    }).`,
  ];
}

/** What other programs did to the samples, by the interference that each trial recorded. */
function disturbances({ cells }: Summary): string[] {
  const told = cells.flatMap(({ disturbance }) => disturbance ?? []);
  if (told.length === 0) return [];
  const sum = (of: (one: (typeof told)[number]) => number): number =>
    told.reduce((total, one) => total + of(one), 0);
  const samples = sum((one) => one.samples);
  const waited = sum((one) => one.waitedShare * one.samples) / samples;
  return [
    `Other programs kept the processes waiting for ${formatPercent(waited, 1)} of the time; ` +
    `${formatCount(sum((one) => one.setAside))} of ${
      formatCount(samples)
    } samples were set aside ` +
    "for it.",
  ];
}
