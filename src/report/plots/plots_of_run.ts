import type { Summary } from "../../format/summary.ts";
import type { Figure } from "../document.ts";
import { accuracyByTimePlot, accuracyPlot, lossPlot } from "./learning_plots.ts";
import type { PlotKind } from "./frame.ts";
import { rooflinePlot } from "./roofline_plot.ts";
import { samplesPlot } from "./samples_plot.ts";
import { rankingPlot } from "./ranking_plot.ts";
import { speedupMap } from "./speedup_map.ts";
import { agreementPlot, memoryPlot, perExamplePlot, speedupPlot, timePlot } from "./size_plots.ts";
import { totalTimePlot } from "./total_time_plot.ts";
import { whyPlot } from "./why_plot.ts";
import type { RawRun } from "../page/raw_run.ts";
import type { ReportFormat } from "../report_format.ts";

export const svgFormat: ReportFormat = {
  name: "svg",
  summary: "plots/*.svg: the plots, one file each",
  render: (summary, raw) => plotsOf(summary, raw).map(({ path, svg }) => ({ path, content: svg })),
};

/** The first ones are large: they answer the question. */
const PLOTS: readonly PlotKind[] = [
  rankingPlot,
  whyPlot,
  perExamplePlot,
  totalTimePlot,
  accuracyPlot,
  accuracyByTimePlot,
  timePlot,
  speedupPlot,
  speedupMap,
  rooflinePlot,
  lossPlot,
  memoryPlot,
  agreementPlot,
  samplesPlot,
];

/** Every plot that has data; the one of the ordered samples needs the run itself. */
export function plotsOf(summary: Summary, raw?: RawRun): Figure[] {
  return PLOTS.flatMap(({ name, caption, size, isForPhones, draw }) => {
    const svg = draw(summary, raw);
    const narrow = isForPhones && draw(summary, raw, "phone");
    return svg === undefined ? [] : [{
      kind: "figure",
      path: `plots/${name}.svg`,
      svg,
      ...(narrow && { narrow }),
      caption: typeof caption === "string" ? caption : caption(summary),
      ...(size && { size }),
    }];
  });
}
