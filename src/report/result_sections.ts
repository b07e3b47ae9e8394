import type { LearningCurve } from "../format/laws.ts";
import type { CellSummary, Summary } from "../format/summary.ts";
import { type Block, heading, numbers, paragraph, seriesTable, titledTable } from "./document.ts";
import {
  counted,
  formatBytes,
  formatCount,
  formatDuration,
  formatError,
  formatInterval,
  formatNumber,
  formatPercent,
  formatRatio,
} from "./numbers.ts";
import { figureAt, type FigureText, metricsOf, NONE } from "./grid.ts";
import { hasSpeedups, markedSpeedup, markedTime, speedupLegend } from "./noise_words.ts";
import { heldOutTable } from "./scaling_section.ts";
import { atLargestSize, largestSize, linesOf, sizesOf } from "./select.ts";

/** Everything that a cell has, one figure at a time: series down, sizes across. */
export function figuresSection(summary: Summary): Block[] {
  if (summary.cells.length === 0) return [];
  const confidence = formatPercent(summary.cells[0].nsPerEpoch.confidence, 0);
  const speedup = `Speedup over ${summary.plan.baseline}: its time / this time, ` +
    `with the interval of its verdict${speedupLegend(summary)}`;
  return [
    paragraph([
      `Columns are numbers of training examples m; square brackets hold ${confidence} intervals.`,
      ...(summary.cells.some(({ marks }) => marks.length > 0)
        ? ["≈ marks times that are known to a factor of 2 at best, or from a single sample."]
        : []),
      ...(summary.predicted.length > 0
        ? ["Times in round brackets were not measured: the law of their series predicts them."]
        : []),
    ].join(" ")),
    {
      kind: "metrics",
      metrics: metricsOf(summary, [
        [
          "Time per epoch",
          (cell) => markedTime(cell, formatInterval(cell.nsPerEpoch, formatDuration)),
          ({ nsPerEpoch: { value } }) => formatDuration(value),
        ],
        [
          "Time per example",
          (cell) => markedTime(cell, formatInterval(cell.nsPerExample, formatDuration)),
          ({ cell, nsPerEpoch: { value } }) => formatDuration(value / cell.examples),
        ],
        [
          speedup,
          (cell) =>
            hasSpeedups(summary)
              ? markedSpeedup(cell, (ratio) => formatInterval(ratio, formatRatio))
              : undefined,
        ],
        ["Test accuracy", ({ testAccuracy }) => formatPercent(testAccuracy)],
        [
          "Time with set-up until 90 % test accuracy",
          ({ timeTo90Ns }) => known(timeTo90Ns, formatDuration),
        ],
        ["Arithmetic rate", ({ flopPerSecond }) => `${formatNumber(flopPerSecond / 1e9)} GFLOP/s`],
        [
          "Share of the ceiling",
          ({ roofline }) => roofline?.ceiling && formatPercent(roofline.ceiling.share, 1),
        ],
        ...RESOURCES,
        [
          "Trials by the course of their samples",
          ({ steadiness }) =>
            steadiness && Object.entries(steadiness)
              .map(([course, trials]) => `${trials} ${course}`).join(", "),
        ],
      ]),
    },
  ];
}

export const learningSection = (summary: Summary): Block[] => [
  ...curves(summary),
  ...byEpoch(summary),
];

function curves({ learningCurves, series }: Summary): Block[] {
  const curves = learningCurves.filter(({ points }) => points.length > 0);
  if (curves.length === 0) return [];
  return [
    heading("Learning curve"),
    paragraph(
      "Test error = floor + scale · m⁻ᵈ with decay d, fitted to the logarithms of the errors after the last " +
        "epoch (mean over the seeds). More data of this kind would not go below the floor.",
    ),
    seriesTable(
      ["series", ...["floor", "scale", "decay d", "residual", "sizes"].map(numbers)],
      curves.map(({ series: index, points, fit, noFit }) => ({
        series: index,
        cells: [
          series[index].label,
          ...(fit
            ? [
              fit.floorInterval ? formatInterval(fit.floorInterval, formatPercent) : NONE,
              formatNumber(fit.scale),
              fit.decayInterval ? formatInterval(fit.decayInterval, formatNumber) : NONE,
              formatPercent(fit.residual),
            ]
            : [noFit ? noFitText(noFit) : NONE, NONE, NONE, NONE]),
          String(points.length),
        ],
      })),
    ),
    ...heldOutTable(
      series,
      curves,
      "Test error at the largest size, predicted from the others",
      (estimate) => formatInterval(estimate, formatPercent),
    ),
  ];
}

/** Why a learning curve has no fit. */
function noFitText(noFit: NonNullable<LearningCurve["noFit"]>): string {
  switch (noFit.kind) {
    case "few-sizes":
      return `${counted(noFit.sizes, "size")}, and a fit takes ${noFit.needed}`;
    case "no-error":
      return "an error of 0 has no logarithm";
    case "not-falling":
      return "the error does not fall with m as a power law would";
  }
}

/** Columns in the tables by epoch. */
const MOST_EPOCHS = 12;

function byEpoch(summary: Summary): Block[] {
  const chosen = atLargestSize(summary);
  const epochs = evenly([...new Set(chosen.flatMap(({ cell }) => cell.epochs.map(epochOf)))]);
  if (epochs.length === 0) return [];
  const titled = (title: string, figure: (epoch: Epoch) => string | undefined) =>
    titledTable(
      `${title} by epoch at m = ${formatCount(largestSize(summary))}`,
      ["epoch", ...epochs.map((epoch) => numbers(String(epoch)))],
      chosen.map(({ line, cell }) => {
        const texts = new Map(cell.epochs.map((one) => [one.epoch, figure(one)]));
        return {
          series: line.series,
          cells: [line.label, ...epochs.map((epoch) => texts.get(epoch) ?? NONE)],
        };
      }),
    );
  return [
    ...titled("Test accuracy", ({ testAccuracy }) => formatPercent(testAccuracy)),
    ...titled("Training loss", ({ loss }) => known(loss, formatNumber)),
  ];
}

type Epoch = CellSummary["epochs"][number];

const epochOf = ({ epoch }: Epoch): number => epoch;

/** The first, the last and some evenly between. */
function evenly(epochs: readonly number[]): readonly number[] {
  const step = Math.max(1, (epochs.length - 1) / (MOST_EPOCHS - 1));
  return epochs.slice(0, MOST_EPOCHS).map((_, i) => epochs[Math.round(i * step)]);
}

const RESOURCES: readonly (readonly [title: string, figure: FigureText])[] = [
  ["Peak resident set", ({ peakRssBytes }) => known(peakRssBytes, formatBytes)],
  [
    "Peak resident set above that after loading the data",
    ({ workingBytes }) => known(workingBytes, formatBytes),
  ],
  ["Set-up: time to open the kernel", ({ openNs }) => known(openNs, formatDuration)],
  [
    "Compiling C code, once: not in the set-up, because the library was cached",
    ({ compiled }) => compiled?.cached ? formatDuration(compiled.ns) : undefined,
  ],
  ["Gradient and update in one pass", ({ fused }) => fused && "yes"],
  [
    "Parallel efficiency: time with one rank / (ranks · time with all)",
    ({ parallelEfficiency }) =>
      parallelEfficiency && formatInterval(parallelEfficiency, formatPercent),
  ],
  [
    "Share of a step in which ranks add up gradients and wait for each other",
    ({ communicationShare }) => known(communicationShare, formatPercent),
  ],
  ["Set-up: memory that opening took", ({ setUpBytes }) => known(setUpBytes, formatBytes)],
  ["Share of sampled time in garbage collection", ({ gcShare }) => known(gcShare, formatPercent)],
  ["Collections per epoch", ({ collectionsPerEpoch }) => known(collectionsPerEpoch, formatNumber)],
  [
    "CPU time per wall-clock time while sampling",
    ({ cpuShare }) => known(cpuShare, formatPercent),
  ],
];

const known = (value: number | undefined, format: (value: number) => string) =>
  value === undefined ? undefined : format(value);

export function verificationSection(summary: Summary): Block[] {
  const lines = linesOf(summary);
  if (lines.length === 0) return [];
  const sizes = sizesOf(summary);
  return [
    heading("Verification"),
    paragraph(
      "Before a kernel is timed, its gradient is compared with that of the oracle, a plain float64 " +
        "implementation. exact: identical bits; reordered: equal up to the order of sums; lower-precision: equal " +
        "within float32 precision; wrong: anything else. Figures are the greatest relative errors.",
    ),
    seriesTable(
      ["m =", "verdict", ...sizes.map((size) => numbers(formatCount(size)))],
      lines.map(({ label, series, cells }) => ({
        series,
        cells: [
          label,
          [...new Set(cells.map(({ verdict }) => verdict))].join(", "),
          ...sizes.map((size) => figureAt(cells, size, errorText)),
        ],
      })),
    ),
  ];
}

function errorText({ verdict, maxRelativeError }: CellSummary): string {
  // Only a gradient with a NaN or an infinity in it has no error.
  const error = maxRelativeError === undefined ? "not finite" : formatError(maxRelativeError);
  return verdict === "wrong" ? `wrong: ${error}` : error;
}
