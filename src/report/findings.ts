import { BACK_END_NAMES } from "../analysis/roofline.ts";
import type { CellSummary, ScalingLaw, Summary } from "../analysis/summary.ts";
import {
  formatCount,
  formatDuration,
  formatInterval,
  formatNumber,
  formatPercent,
  formatRatio,
} from "./format.ts";
import { modelSentences } from "./models.ts";
import { isResolved, noiseSentences } from "./noise.ts";
import { ceilingSentences } from "./roofline.ts";
import { largestCommonSize, sizesOf } from "./select.ts";

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
  const told = (figure: string | undefined, sentences: readonly string[]): Finding[] =>
    sentences.length === 0 ? [] : [{ text: sentences.join(" "), ...(figure && { figure }) }];
  return [
    ...told("time", fastest(summary)),
    ...told("speedup", [...bySize(summary), ...why(summary)]),
    ...told("time", exponents(summary)),
    ...told("accuracy", modelSentences(summary)),
    ...told("accuracy_by_time", [...accuracy(summary), ...timeTo90(summary)]),
    ...told("roofline", ceilingSentences(summary)),
    ...told(undefined, [...noiseSentences(summary), ...disturbances(summary)]),
    ...told(undefined, [...agreement(summary), trialCounts(summary)]),
  ];
}

/** More series than this are not listed one by one in a sentence. */
const MOST_LISTED = 4;

/** The fastest cell of each minibatch size at the largest size that all series have. */
function fastest(summary: Summary): string[] {
  const { plan, series } = summary;
  const runtime = new Set(series.map(({ runtime }) => runtime)).size > 1
    ? " in the same runtime"
    : "";
  return fastestCells(summary).map((found) => {
    const { cell, series: index, nsPerEpoch, speedup } = found;
    const conditions = [
      `m = ${formatCount(cell.examples)}`,
      // With several minibatch sizes, the label of the series names its own.
      ...(plan.batchSizes.length > 1 ? [] : [`B = ${formatCount(cell.batchSize)}`]),
      ...(plan.seeds.length > 1 ? [`seed ${cell.seed}`] : []),
    ];
    const start = `At ${conditions.join(", ")} the fastest is ${series[index].label}: ` +
      `${formatInterval(nsPerEpoch, formatDuration)} per epoch`;
    if (cell.implementation === plan.baseline) return `${start}; it is the baseline itself.`;
    if (speedup === undefined) {
      const isOther = summary.sameModel?.some((model) =>
        model.series === index && model.verdict === "different model"
      );
      return `${start}; ${
        isOther ? "but it trains another model" : "the baseline was not measured there"
      }.`;
    }
    return `${start}, ${
      formatInterval(speedup, formatRatio)
    } the speed of ${plan.baseline}${runtime}${
      isResolved(found) ? "" : ", which is not resolved"
    }.`;
  });
}

/** Of the first seed, one for each minibatch size. */
function fastestCells(summary: Summary): CellSummary[] {
  const size = largestCommonSize(summary) ?? sizesOf(summary).at(-1);
  const cells = summary.cells.filter(({ cell, slowdown }) =>
    cell.examples === size && cell.seed === summary.plan.seeds[0] && slowdown === 1
  );
  return [...new Map(cells.map((cell) => [cell.cell.batchSize, cell])).values()];
}

/** Whether the choice depends on the size: who is fastest where, of the first seed and minibatch size. */
function bySize(summary: Summary): string[] {
  const { plan, series } = summary;
  const sizes = sizesOf(summary);
  const batch = summary.cells.find(({ cell }) => cell.seed === plan.seeds[0])?.cell.batchSize;
  const winners = sizes.flatMap((size) => {
    const [first, second] = summary.cells.filter(({ cell }) =>
      cell.examples === size && cell.seed === plan.seeds[0] &&
      (plan.batchSizes.includes("full") || cell.batchSize === batch)
    ).toSorted((a, b) => a.slowdown - b.slowdown);
    return first ? [{ size, first, second }] : [];
  });
  const names = [...new Set(winners.map(({ first }) => series[first.series].label))];
  if (winners.length < 2 || winners.every(({ second }) => second === undefined)) return [];
  const leads = winners.flatMap(({ second }) => second?.slowdown ?? []);
  const next = [
    ...new Set(winners.flatMap(({ second }) => second ? [series[second.series].label] : [])),
  ];
  const close =
    winners.filter(({ first, second }) =>
      second !== undefined && second.nsPerEpoch.low <= first.nsPerEpoch.high
    ).length;
  const lead = `next ${next.length === 1 ? "is" : "are"} ${next.join(" or ")}, with ` +
    `${formatNumber(Math.min(...leads))} to ${formatRatio(Math.max(...leads))} its time` +
    (close === 0 ? "" : ` (intervals overlap at ${close} of ${winners.length} sizes)`);
  if (names.length === 1) {
    return [
      `The choice does not depend on the size: ${names[0]} is the fastest at every m; ${lead}.`,
    ];
  }
  const where = names.map((name) => {
    const at = winners.filter(({ first }) => series[first.series].label === name)
      .map(({ size }) => formatCount(size));
    return `${name} at m = ${at.join("; ")}`;
  });
  return [`The fastest depends on the size: ${where.join(", ")}; ${lead}.`];
}

/** What the fastest has over the baseline, from the arithmetic that both do and the rate at which they do it. */
function why(summary: Summary): string[] {
  const { plan, series } = summary;
  const [first] = fastestCells(summary);
  const baseline = summary.cells.find(({ cell, series: index }) =>
    cell.implementation === plan.baseline && cell.examples === first?.cell.examples &&
    cell.seed === first.cell.seed && cell.batchSize === first.cell.batchSize &&
    series[index].runtime === series[first.series].runtime
  );
  if (!first?.roofline || !baseline?.roofline || first === baseline) return [];
  const work = first.roofline.flopDonePerEpoch / baseline.roofline.flopDonePerEpoch;
  const rate = first.roofline.flopDonePerSecond / baseline.roofline.flopDonePerSecond;
  const arithmetic = work < 0.99
    ? `it does ${formatPercent(work, 0)} of the arithmetic, leaving out pixels that are 0,`
    : "it does the same arithmetic";
  return [
    `Why: at m = ${formatCount(first.cell.examples)} ${arithmetic} at ${
      formatNumber(rate)
    } times the rate of ` +
    `${plan.baseline}.`,
    ...reached(first, baseline),
  ];
}

/** "It reaches 35 % of what WebAssembly can do here, naive_loop 7 % of what JavaScript can." */
function reached(first: CellSummary, baseline: CellSummary): string[] {
  const [ofFirst, ofBaseline] = [first, baseline].map(({ roofline }) =>
    roofline?.ceiling?.backEnd &&
    `${formatPercent(roofline.ceiling.share, 0)} of what ${
      BACK_END_NAMES[roofline.ceiling.backEnd]
    } can`
  );
  if (!ofFirst || !ofBaseline) return [];
  return [`It reaches ${ofFirst} do here, ${baseline.cell.implementation} ${ofBaseline}.`];
}

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

/** From the learning curve of the series that is fastest at the largest common size. */
function accuracy(summary: Summary): string[] {
  const { learningCurves, series, plan } = summary;
  const first = fastestCells(summary)[0]?.series ?? 0;
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
    : ` with a relative error of at most ${Math.max(...errors).toExponential(1)}`;
  const all = right.length === cells.length;
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
    return `All ${formatCount(counts.ok)} trials gave figures; ${measured}.`;
  }
  return `${formatCount(counts.ok)} trials gave figures, ${formatCount(counts.skipped)} were ` +
    `skipped, ${
      formatCount(counts.failed)
    } failed (reasons under Skipped and failed); ${measured}.`;
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
