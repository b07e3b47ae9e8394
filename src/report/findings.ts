import type { ScalingLaw, Summary } from "../analysis/summary.ts";
import { choiceSentences, rivalSentences, whySentences } from "./choice.ts";
import {
  formatCount,
  formatDuration,
  formatError,
  formatInterval,
  formatNumber,
  formatPercent,
} from "./format.ts";
import { modelSentences } from "./models.ts";
import { noiseSentences } from "./noise.ts";
import { limitSentences } from "./roofline.ts";
import { largestCommonSize, sizesOf } from "./select.ts";
import { counted } from "./terms.ts";

/** A sentence or two that figures of the summary make, and where they are drawn. */
export interface Finding {
  readonly text: string;
  /** Name of a plot: "time". */
  readonly figure?: string;
}

/** What a reader must know, at most eight: the choice first. */
export function findings(summary: Summary): Finding[] {
  if (summary.cells.length === 0) {
    return [{ text: "Nothing was measured: no cell gave a figure." }, {
      text: trialCounts(summary),
    }];
  }
  const told = (figure: string, sentences: readonly string[]): Finding[] =>
    sentences.length === 0 ? [] : [{ text: sentences.join(" "), figure }];
  return [
    ...told("time", choiceSentences(summary)),
    ...told("speedup", [...rivalSentences(summary), ...whySentences(summary)]),
    ...told("per_example", exponents(summary)),
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
  const text = ({ exponent, series: index }: ScalingLaw) =>
    `${formatInterval(exponent, (value) => value.toFixed(3))} for ${series[index].label}`;
  const ascending = scalingLaws.toSorted((a, b) => a.exponent.value - b.exponent.value);
  const values = scalingLaws.length <= MOST_LISTED
    ? `k = ${scalingLaws.map(text).join("; ")}`
    : `k from ${text(ascending[0])} to ${text(ascending[ascending.length - 1])}`;
  return [`Time per epoch grows as m^k with ${values} (k = 1: in proportion to the examples).`];
}

/** From the learning curve of what is to be chosen at the largest size. */
function accuracy(summary: Summary): string[] {
  const { learningCurves, series, plan } = summary;
  const first = summary.choices?.findLast(({ seed }) => seed === plan.seeds[0])?.series ?? 0;
  const curve = learningCurves.find((curve) => curve.series === first);
  if (!curve || curve.points.length === 0) return [];
  const { points, fit } = curve;
  const [from, to] = [points[0], points[points.length - 1]];
  const epochs = plan.epochs === 1 ? "1 epoch" : `${plan.epochs} epochs`;
  const of = `Test accuracy of ${series[first].label} after ${epochs}`;
  if (points.length === 1) {
    return [`${of} is ${formatPercent(to.testAccuracy)} at m = ${formatCount(to.examples)}.`];
  }
  const verb = to.testAccuracy >= from.testAccuracy ? "rises" : "falls";
  const sentence = `${of} ${verb} from ${formatPercent(from.testAccuracy)} at m = ` +
    `${formatCount(from.examples)} to ${formatPercent(to.testAccuracy)} at ${
      formatCount(to.examples)
    }`;
  return [
    fit
      ? `${sentence}; the fitted error is ${formatPercent(fit.floor)} + ` +
        `${formatNumber(fit.scale)} · m^−${formatNumber(fit.decay)}.`
      : `${sentence}; no learning curve could be fitted.`,
  ];
}

function timeTo90(summary: Summary): string[] {
  const size = largestCommonSize(summary) ?? sizesOf(summary).at(-1);
  const cells = summary.cells.filter(({ cell }) =>
    cell.examples === size && cell.seed === summary.plan.seeds[0]
  );
  const reached = cells.flatMap(({ series, timeTo90Ns }) =>
    timeTo90Ns === undefined ? [] : [{ series, timeTo90Ns }]
  ).sort((a, b) => a.timeTo90Ns - b.timeTo90Ns);
  const at = `at m = ${formatCount(size ?? 0)}`;
  if (reached.length === 0) return [`No series reached 90 % test accuracy ${at}.`];
  const each = reached.slice(0, MOST_LISTED).map(({ series, timeTo90Ns }) =>
    `${summary.series[series].label} ${formatDuration(timeTo90Ns)}`
  );
  const missed = cells.length - reached.length;
  const more = reached.length - each.length;
  return [
    `Training time to 90 % test accuracy ${at}: ${each.join("; ")}` +
    (more === 0 ? "" : `; ${more} more took longer`) +
    (missed === 0 ? "." : `; ${missed} of ${cells.length} series did not reach it.`),
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

function trialCounts({ counts, time }: Summary): string {
  const measured = `of ${formatNumber(time.wallNs / 1e9)} s ` +
    `${formatPercent(time.measuredShare, 0)} were training and samples`;
  if (counts.skipped + counts.failed === 0) {
    return `${
      counts.ok === 1 ? "The only trial" : `All ${formatCount(counts.ok)} trials`
    } gave figures; ${measured}.`;
  }
  return `${counted(counts.ok, "trial")} gave figures, ${formatCount(counts.skipped)} ` +
    `${counts.skipped === 1 ? "was" : "were"} skipped, ${
      formatCount(counts.failed)
    } failed (reasons under Skipped and failed); ${measured}.`;
}

/** How noisy the machine was: how far trials of one cell lie apart. */
function spread({ trialSpread, series }: Summary): string[] {
  if (trialSpread === undefined) {
    return ["A single round: nothing tells how much processes differ."];
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

/** What other programs did to the samples, by the ledger of each trial. */
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
