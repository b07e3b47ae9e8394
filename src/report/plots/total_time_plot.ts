import type { Choice } from "../../format/choice.ts";
import type { Summary } from "../../format/summary.ts";
import { counted, formatCount } from "../numbers.ts";
import { answerSize, chosenSeries, firstChoice } from "../select.ts";
import { type Axis, durationAxis } from "./axis.ts";
import { linePlot } from "./frame.ts";
import { curveOver, plotLines, type PlotPoint, valuesOf } from "./lines.ts";

/** The markers of a line; the axis goes on to ten times the last change of the choice. */
const EPOCHS = [1, 3, 10, 30, 100];

export const totalTimePlot = linePlot({
  name: "total_time",
  size: "large",
  caption: (summary) => {
    const changes = changesOf(firstChoice(summary));
    return "Time with set-up over epochs: level where set-up decides, rising where epochs do." +
      (changes.length > 0
        ? " A dashed upright marks from which number of epochs on another is best."
        : "");
  },
  lines: (summary) =>
    plotLines(
      summary,
      timesOf(summary),
      ({ openNs, nsPerEpoch, isPredicted }) =>
        epochsOf(summary).map((x): PlotPoint => ({
          x,
          y: openNs + x * nsPerEpoch.value,
          ...(isPredicted && { isPredicted }),
        })),
    ).map((line) => {
      const [first, second] = line.points;
      const slope = (second.y - first.y) / (second.x - first.x);
      return { ...line, curve: curveOver(line.points, (x) => first.y + slope * (x - first.x)) };
    }),
  frame: (summary, lines) => ({
    title: `Time with set-up, m = ${formatCount(answerSize(summary))}`,
    x: epochAxis(epochsOf(summary)),
    y: durationAxis("set-up and training", valuesOf(lines)),
    above: chosenSeries(summary),
    verticals: changesOf(firstChoice(summary)).map(({ from, series }) => ({
      x: from,
      label: `from ${counted(from, "epoch")}: ${summary.series[series].implementation}`,
    })),
  }),
});

/** The cells of the answer, measured or predicted; the set-up of the latter is unknown. */
const timesOf = ({ cells, predicted, ...summary }: Summary) =>
  [
    ...cells.map((one) => ({ ...one, openNs: one.openNs ?? 0, isPredicted: false as const })),
    ...predicted.map((one) => ({ ...one, openNs: 0, isPredicted: true as const })),
  ].filter(({ cell }) =>
    cell.seed === summary.plan.seeds[0] &&
    cell.examples === answerSize({ ...summary, cells, predicted })
  ).sort((a, b) => a.series - b.series);

const changesOf = (choice: Choice | undefined): Choice["byEpochs"] =>
  choice?.byEpochs.filter(({ from }) => from > 1) ?? [];

function epochsOf(summary: Summary): number[] {
  const last = Math.max(1, ...changesOf(firstChoice(summary)).map(({ from }) => from));
  const more: number[] = [];
  for (let epochs = 300; epochs <= 10 * last; epochs = epochs * 10 / 3) {
    more.push(Math.round(epochs));
  }
  return [...EPOCHS, ...more];
}

const epochAxis = (epochs: readonly number[]): Axis => ({
  type: "log",
  label: "epochs (logarithmic) →",
  domain: [1 / 1.15, epochs[epochs.length - 1] * 1.15],
  ticks: [...epochs],
  format: formatCount,
});
