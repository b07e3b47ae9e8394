import * as Plot from "@observablehq/plot";
import { formatCount, formatRatio } from "../format.ts";
import { isResolved } from "../noise.ts";
import { linesOf, sizesOf } from "../select.ts";
import { classOf, type PlotKind } from "./frame.ts";
import { svgOf } from "./svg.ts";

const ROW = 30;
const WIDTH = 600;
const TOP = 70;
/** About the width of a character of 12 px, in px. */
const CHARACTER = 6.6;

/** Blue for faster, orange for slower, white for the same, the stronger the farther from it. */
const FASTER = [0, 114, 178];
const SLOWER = [213, 94, 0];
/** A factor of this, and what is beyond, has the full colour. */
const FULL = Math.log(100);

export const speedupMap: PlotKind = {
  name: "speedup_map",
  caption:
    "Speedup over the baseline, series by size: blue is faster, orange slower; ≈ marks what " +
    "is not resolved.",
  draw(summary) {
    const cells = linesOf(summary).flatMap(({ label, series, cells }) =>
      cells.flatMap((cell) =>
        cell.speedup
          ? [{
            label,
            series,
            size: formatCount(cell.cell.examples),
            ratio: cell.speedup.value,
            text: (isResolved(cell) ? "" : "≈ ") + formatRatio(cell.speedup.value),
          }]
          : []
      )
    );
    const labels = [...new Set(cells.map(({ label }) => label))];
    if (labels.length < 2) return undefined;
    const marginLeft = Math.min(
      220,
      20 + CHARACTER * Math.max(...labels.map(({ length }) => length)),
    );
    const title = `Speedup over ${summary.plan.baseline}, by size`;
    return svgOf({
      title,
      width: WIDTH,
      height: TOP + ROW * labels.length + 12,
      marginTop: TOP,
      marginBottom: 12,
      marginLeft,
      x: { type: "band", domain: sizesOf(summary).map(formatCount), axis: null, padding: 0.04 },
      y: { type: "band", domain: labels, axis: null, padding: 0.08 },
      marks: [
        Plot.axisX({ anchor: "top", label: null, tickSize: 0 }),
        Plot.axisY({ label: null, tickSize: 0 }),
        Plot.text([title], {
          frameAnchor: "top-left",
          dx: 14 - marginLeft,
          dy: 10 - TOP,
          fontSize: 15,
          fontWeight: "bold",
        }),
        Plot.text(["training examples m →"], { frameAnchor: "top-right", dy: 34 - TOP }),
        ...[...Map.groupBy(cells, ({ series }) => series)].flatMap(([series, ofSeries]) => {
          const className = classOf(series);
          return [
            Plot.cell(ofSeries, {
              x: "size",
              y: "label",
              fill: ({ ratio }: { ratio: number }) => colourOf(ratio),
              title: ({ label, size, text }: (typeof cells)[number]) =>
                `${label}\nm: ${size}\n${text}`,
              className,
            }),
            Plot.text(ofSeries, {
              x: "size",
              y: "label",
              text: "text",
              fill: ({ ratio }: { ratio: number }) =>
                strengthOf(ratio) > 0.9 ? "#fefefe" : "#222222",
              className,
            }),
          ];
        }),
      ],
    });
  },
};

const strengthOf = (ratio: number): number => Math.min(1, Math.abs(Math.log(ratio)) / FULL);

function colourOf(ratio: number): string {
  const full = ratio >= 1 ? FASTER : SLOWER;
  const parts = full.map((part) => Math.round(255 + (part - 255) * strengthOf(ratio)));
  return `rgb(${parts.join(", ")})`;
}
