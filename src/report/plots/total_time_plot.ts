import type { Choice } from "../../format/choice.ts";
import type { Summary } from "../../format/summary.ts";
import { counted, formatCount } from "../numbers.ts";
import { answerSize, chosenSeries, firstChoice } from "../select.ts";
import { type Axis, durationAxis } from "./axis.ts";
import { linePlot } from "./frame.ts";
import { curveOver, plotLines, valuesOf } from "./lines.ts";

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
      summary.cells.filter(({ cell: { seed, examples } }) =>
        seed === summary.plan.seeds[0] && examples === answerSize(summary)
      ),
      ({ openNs = 0, nsPerEpoch }) =>
        epochsOf(summary).map((x) => ({ x, y: openNs + x * nsPerEpoch.value })),
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
