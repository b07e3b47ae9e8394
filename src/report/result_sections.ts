import type { Bounded } from "../format/interval.ts";
import type { Summary } from "../format/summary.ts";
import { type Block, heading, numbers, paragraph, seriesTable, words } from "./document.ts";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatInterval,
  formatNumber,
  formatPercent,
} from "./numbers.ts";
import { gridOf, NONE } from "./grid.ts";
import { formatBounded, heldOutTable } from "./scaling_section.ts";
import { atLargestSize, sizesOf } from "./select.ts";

export function learningSection(summary: Summary): Block[] {
  return [
    ...curves(summary),
    ...byEpoch(summary),
    ...gridOf(
      summary,
      "Training time until 90 % test accuracy",
      ({ timeTo90Ns }) => timeTo90Ns === undefined ? undefined : formatDuration(timeTo90Ns),
    ),
  ];
}

function curves({ learningCurves, series }: Summary): Block[] {
  const curves = learningCurves.filter(({ points }) => points.length > 0);
  if (curves.length === 0) return [];
  return [
    heading("Learning curve"),
    paragraph(
      "Test error = floor + scale · m^−decay, fitted to the logarithms of the errors after the last epoch (mean " +
        "over the seeds). The floor is what more data of this kind would not remove.",
    ),
    seriesTable(
      [
        words("series"),
        numbers("floor"),
        numbers("scale"),
        numbers("decay"),
        numbers("residual"),
        numbers("sizes"),
      ],
      curves.map(({ series: index, points, fit, noFit }) => ({
        series: index,
        cells: [
          series[index].label,
          fit ? bounded(fit.floor, fit.floorInterval, formatPercent) : (noFit ?? NONE),
          fit ? formatNumber(fit.scale) : NONE,
          fit ? bounded(fit.decay, fit.decayInterval, formatNumber) : NONE,
          fit ? formatPercent(fit.residual) : NONE,
          String(points.length),
        ],
      })),
    ),
    ...heldOutTable(
      series,
      curves,
      "Test error at the largest size, predicted from the others",
      (estimate) => formatInterval(estimate, (error) => formatPercent(error)),
    ),
  ];
}

/** Of runs from before there were intervals, the value alone. */
function bounded(
  value: number,
  interval: Bounded | undefined,
  format: (value: number) => string,
): string {
  return interval ? formatBounded(interval, format) : format(value);
}

/** Columns in the tables by epoch; of more epochs than this, some are left out. */
const MOST_EPOCHS = 12;

function byEpoch(summary: Summary): Block[] {
  const chosen = atLargestSize(summary);
  const epochs = evenly([
    ...new Set(chosen.flatMap(({ cell }) => cell.epochs.map(({ epoch }) => epoch))),
  ]);
  if (epochs.length === 0) return [];
  const columns = [words("epoch"), ...epochs.map((epoch) => numbers(String(epoch)))];
  const rows = (figure: (epoch: (typeof chosen)[0]["cell"]["epochs"][0]) => string | undefined) =>
    chosen.map(({ line, cell }) => ({
      series: line.series,
      cells: [
        line.label,
        ...epochs.map((wanted) => {
          const found = cell.epochs.find(({ epoch }) => epoch === wanted);
          return (found && figure(found)) ?? NONE;
        }),
      ],
    }));
  const size = formatCount(sizesOf(summary).at(-1) ?? 0);
  return [
    heading(`Test accuracy by epoch at m = ${size}`, 3),
    seriesTable(columns, rows(({ testAccuracy }) => formatPercent(testAccuracy))),
    heading(`Training loss by epoch at m = ${size}`, 3),
    seriesTable(columns, rows(({ loss }) => loss === undefined ? undefined : formatNumber(loss))),
  ];
}

/** The first, the last and some evenly between. */
function evenly(epochs: readonly number[]): number[] {
  const last = epochs.length - 1;
  if (last < MOST_EPOCHS) return [...epochs];
  const places = Array.from(
    { length: MOST_EPOCHS },
    (_, i) => Math.round(i * last / (MOST_EPOCHS - 1)),
  );
  return places.map((place) => epochs[place]);
}

/** How the samples of the trials went on; nothing where no trial had enough of them. */
export function steadinessSection(summary: Summary): Block[] {
  const grid = gridOf(
    summary,
    "How the samples of the trials went on",
    ({ steadiness }) =>
      steadiness && Object.entries(steadiness)
        .map(([went, trials]) => `${trials} ${went}`).join(", "),
  );
  return grid.length === 0 ? [] : [heading("Warm-up and steady state"), ...grid];
}

export function resourceSection(summary: Summary): Block[] {
  const grids = [
    ...gridOf(summary, "Peak resident set", ({ peakRssBytes }) => bytes(peakRssBytes)),
    ...gridOf(
      summary,
      "Peak resident set less that after loading the data",
      ({ workingBytes }) => bytes(workingBytes),
    ),
    ...gridOf(
      summary,
      "Set-up: time to open the kernel",
      ({ openNs }) => openNs === undefined ? undefined : formatDuration(openNs),
    ),
    ...gridOf(
      summary,
      "Set-up: memory that opening took",
      ({ setUpBytes }) => bytes(setUpBytes),
    ),
    ...gridOf(
      summary,
      "Share of sampled time in garbage collection",
      ({ gcShare }) => share(gcShare),
    ),
    ...gridOf(
      summary,
      "Collections per epoch",
      ({ collectionsPerEpoch }) =>
        collectionsPerEpoch === undefined ? undefined : formatNumber(collectionsPerEpoch),
    ),
    ...gridOf(
      summary,
      "CPU time per wall-clock time while sampling",
      ({ cpuShare }) => share(cpuShare),
    ),
  ];
  return grids.length === 0 ? [] : [heading("Memory, garbage collection and CPU"), ...grids];
}

const bytes = (value: number | undefined) => value === undefined ? undefined : formatBytes(value);
const share = (value: number | undefined) => value === undefined ? undefined : formatPercent(value);
