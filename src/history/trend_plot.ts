import * as Plot from "@observablehq/plot";
import { median } from "../stats/statistics.ts";
import type { History, Trend } from "../format/history.ts";
import { formatCount, formatDuration, formatInterval, formatRatio } from "../report/numbers.ts";
import { durationAxis, withRoom } from "../report/plots/axis.ts";
import { classOf, type Look } from "../report/plots/looks.ts";
import { svgOf } from "../report/plots/svg.ts";

const WIDTH = 380;
const HEIGHT = 210;
/** The least range to either side, so that noise looks flat. */
const FLAT = 1.1;
const MARGIN = { top: 44, right: 14, bottom: 30, left: 56 };

/** One cell over the runs: times with intervals, levels, and a rule with the factor at each change of level. */
export function trendPlot(
  { runs }: History,
  trend: Trend,
  { series, look }: { readonly series: number; readonly look: Look | undefined },
): string {
  const { label, cell, points, steps = [] } = trend;
  const shown = points.map((point, place) => ({
    place,
    run: runs[point.run],
    point,
    y: point.nsPerEpoch,
    low: Math.max(point.low, point.nsPerEpoch / 1000),
    high: point.high,
  }));
  const starts = [0, ...steps.map(({ after }) => after), points.length];
  const levels = starts.slice(1).flatMap((end, k) => {
    const within = shown.slice(starts[k], end);
    const y = median(within.map(({ y }) => y));
    return [{ x1: starts[k] - 0.4, x2: end - 0.6, y }];
  });
  const middle = median(shown.map(({ y }) => y));
  const axis = durationAxis(
    "",
    [...shown.map(({ y }) => y), middle * FLAT, middle / FLAT],
    shown.flatMap(({ low, high }) => [low, high]),
  );
  const ticks = withRoom(axis, HEIGHT - MARGIN.top - MARGIN.bottom, "up");
  const [from, to] = axis.domain;
  const within = (value: number) => Math.min(to, Math.max(from, value));
  const colour = look?.colour ?? "#888";
  const className = classOf(series);
  const arrow = { x: "place", r: 3.5, fill: colour, ariaDescription: "arrow", className } as const;
  const day = (place: number) => runs[points[place].run].startedAt.slice(0, 10);
  const last = points.length - 1;
  return svgOf({
    title: `${label} · m = ${formatCount(cell.examples)}`,
    titleSize: 13,
    width: WIDTH,
    height: HEIGHT,
    margin: MARGIN,
    x: { type: "linear", domain: [-0.5, last + 0.5], axis: null },
    y: { type: "log", domain: [...axis.domain], label: null },
    marks: [
      Plot.gridY(ticks),
      Plot.axisY(ticks, { text: axis.format }),
      Plot.text([day(0)], { frameAnchor: "bottom-left", dy: 20, fontSize: 11 }),
      ...(last === 0
        ? []
        : [Plot.text([day(last)], { frameAnchor: "bottom-right", dy: 20, fontSize: 11 })]),
      Plot.ruleX(steps, {
        x: ({ after }: (typeof steps)[number]) => after - 0.5,
        stroke: "#888",
        strokeDasharray: "4 3",
        ariaDescription: "step",
      }),
      // Steps may be near each other: every second label stands a row higher.
      ...[0, 1].map((row) =>
        Plot.text(steps.filter((_, i) => i % 2 === row), {
          x: ({ after }: (typeof steps)[number]) => after - 0.5,
          frameAnchor: "top",
          dy: -2 - 13 * row,
          lineAnchor: "bottom",
          fontSize: 11,
          text: ({ ratio, cause }: (typeof steps)[number]) =>
            formatRatio(ratio) + (cause === "machine" ? " (machine)" : ""),
          ariaDescription: "step",
        })
      ),
      Plot.ruleY(levels, {
        x1: "x1",
        x2: "x2",
        y: "y",
        stroke: colour,
        strokeOpacity: 0.4,
        strokeWidth: 4,
        ariaDescription: "level",
        className,
      }),
      Plot.ruleX(shown, {
        x: "place",
        y1: ({ low }: (typeof shown)[number]) => within(low),
        y2: ({ high }: (typeof shown)[number]) => within(high),
        stroke: colour,
        className,
      }),
      // An interval that leaves the axis goes on beyond it.
      Plot.dot(shown.filter(({ low }) => low < from), {
        ...arrow,
        y: () => from,
        symbol: "triangle2",
      }),
      Plot.dot(shown.filter(({ high }) => high > to), {
        ...arrow,
        y: () => to,
        symbol: "triangle",
      }),
      Plot.dot(shown, {
        x: "place",
        y: "y",
        r: 3.5,
        stroke: colour,
        fill: "white",
        className,
        ariaDescription: label,
        title: ({ run, point: { nsPerEpoch, low, high } }: (typeof shown)[number]) =>
          [
            run.run,
            formatInterval({ value: nsPerEpoch, low, high }, formatDuration),
            ...(run.gitCommit === undefined ? [] : [`commit ${run.gitCommit}`]),
          ].join("\n"),
      }),
    ],
  });
}
