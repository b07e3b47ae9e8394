import * as Plot from "@observablehq/plot";
import type { Summary } from "../../format/summary.ts";
import { cellKey } from "../../format/trial_record.ts";
import { counted, formatCount } from "../numbers.ts";
import { type RawRun, trialKey } from "../page/raw_run.ts";
import { sizesOf, warmupsOf } from "../select.ts";
import type { PlotKind } from "./frame.ts";
import { classOf, looksIn } from "./looks.ts";
import { besideFrame, svgOf } from "./svg.ts";
import { fitting, widestOf } from "./text_width.ts";

const WIDTH = 1180;
const ROW = 56;
const MARGIN = { top: 84, right: 40, bottom: 12 };
const WIDEST_NAME = 300;
/** Samples farther than this factor from the cell's estimate are drawn at the edge. */
const FARTHEST = 2;
/** Share of the room of a trial that stays free on its right. */
const GAP = 0.08;
/** So few samples would hardly show as a line. */
const FEW = 3;
/** Where a trial has more samples than this for each px, only the extremes of each stretch are drawn. */
const POINTS_PER_PX = 2;

const FACET = { fx: "fx", fy: "fy" };
const LINE = { x: "x", y: "y", z: "key" };

export const samplesPlot: PlotKind = {
  name: "samples",
  caption:
    "The samples of every trial in the order in which they were taken, trial beside trial, as multiples of the " +
    "cell's time (logarithmic, from ½ to 2; values beyond stand at the edge). Shaded samples are warm-up and left " +
    "out. Where there are more samples than room, the smallest and greatest of each stretch are drawn.",
  size: "wide",
  draw(summary, raw) {
    const trials = raw && summary.plan.engine === "ordered" ? drawnTrials(summary, raw) : [];
    if (trials.length === 0) return undefined;
    const { series } = summary;
    const looks = looksIn(summary);
    const shown = [...series.keys()].filter((i) => trials.some((trial) => trial.series === i));
    const labels = shown.map((i) => series[i].label);
    const marginLeft = Math.min(WIDEST_NAME, 28 + widestOf(labels));
    const sizes = sizesOf(summary).map(formatCount);
    const room = (WIDTH - marginLeft - MARGIN.right) / sizes.length;
    const margin = { ...MARGIN, left: marginLeft };
    const svg = svgOf({
      title: "Samples in their order",
      width: WIDTH,
      height: MARGIN.top + ROW * labels.length + MARGIN.bottom,
      margin,
      x: { type: "linear", domain: [0, 1], axis: null },
      y: { type: "log", domain: [1 / FARTHEST, FARTHEST], axis: null, clamp: true },
      fx: { domain: sizes, padding: 0.04 },
      fy: { domain: labels, padding: 0.14 },
      marks: [
        Plot.text(["training examples m →"], besideFrame(margin, 32)),
        Plot.axisFx({ anchor: "top", label: null, tickSize: 0 }),
        Plot.axisFy({
          anchor: "left",
          label: null,
          tickSize: 0,
          tickFormat: (label: string) => fitting(label, marginLeft - 20),
        }),
        ...([["2 ×", "top-right"], ["½ ×", "bottom-right"]] as const).map(([text, frameAnchor]) =>
          Plot.text([text], {
            fx: [sizes[sizes.length - 1]],
            fy: [labels[0]],
            frameAnchor,
            dx: 6,
            textAnchor: "start",
            lineAnchor: "middle",
            fontSize: 11,
          })
        ),
        Plot.rect(trials.filter(({ warmup }) => warmup > 0), {
          ...FACET,
          x1: "start",
          x2: ({ start, width, warmup }: Drawn) => start + width * warmup,
          y1: 1 / FARTHEST,
          y2: FARTHEST,
          fill: "#888",
          fillOpacity: 0.25,
          ariaDescription: "warm-up",
        }),
        Plot.ruleY([1], { stroke: "#888", strokeOpacity: 0.5, strokeDasharray: "2 3" }),
        ...shown.map((one) => {
          const points = trials.filter((trial) => trial.series === one)
            .flatMap((trial) => pointsOf(trial, room));
          const className = classOf(one);
          const stroke = { stroke: looks.get(one)?.colour ?? "#888", strokeWidth: 1 };
          return Plot.line(points, { ...FACET, ...LINE, ...stroke, className, title: "text" });
        }),
      ],
    });
    // Tenths of a px are enough, and keep thousands of points small.
    return svg.replaceAll(
      / d="[^"]*"/g,
      (path) =>
        path.replaceAll(/\d+\.\d{2,}/g, (number) => String(Number(Number(number).toFixed(1)))),
    );
  },
};

type Drawn = ReturnType<typeof drawnTrials>[number];

/** The trials of each cell beside each other, in the order of their rounds. */
function drawnTrials(summary: Summary, { trials }: RawRun) {
  const warmups = warmupsOf(summary);
  const ofCell = Map.groupBy(
    trials.filter(({ status, samplesNs }) => status === "ok" && samplesNs.length > 0),
    ({ cell }) => cellKey(cell),
  );
  // Seeds of one series and size share a facet.
  const facets = Map.groupBy(summary.cells, ({ series, cell }) => `${series}|${cell.examples}`);
  return [...facets.values()].flatMap((cells) => {
    const inFacet = cells.flatMap((cell) =>
      (ofCell.get(cellKey(cell.cell)) ?? []).toSorted((a, b) => a.round - b.round)
        .map((trial) => ({ trial, cell }))
    );
    return inFacet.map(({ trial, cell: { series, nsPerEpoch } }, place) => {
      const { samplesNs, epochsPerSample = 1, round, cell: { seed } } = trial;
      const { label } = summary.series[series];
      const examples = formatCount(trial.cell.examples);
      const key = trialKey(trial);
      const warmup = warmups.get(key) ?? 0;
      return {
        series,
        fx: examples,
        fy: label,
        key,
        /** Samples as multiples of the cell's time. */
        ratios: samplesNs.map((ns) => ns / epochsPerSample / nsPerEpoch.value),
        /** Its part of the facet: 0 is the left edge, 1 the right one. */
        start: place / inFacet.length,
        width: (1 - GAP) / inFacet.length,
        /** Share of the samples. */
        warmup: warmup / samplesNs.length,
        text: `${label}\nm: ${examples}\nround ${round}` +
          (summary.plan.seeds.length > 1 ? `, seed ${seed}` : "") +
          `: ${counted(samplesNs.length, "sample")}, ${warmup} of them warm-up`,
      };
    });
  });
}

/** Where the line of a trial goes; `room` is the width of a facet in px. */
function pointsOf(trial: Drawn, room: number) {
  const { ratios, start, width, fx, fy, key, text } = trial;
  const most = Math.max(8, Math.floor(POINTS_PER_PX * room * width));
  // Each of a few is a level as wide as its part.
  const places = ratios.length <= FEW
    ? ratios.flatMap((_, i) => [[i, 0], [i, 1]])
    : extremes(ratios, most).map((i) => [i, 0.5]);
  return places.map(([i, within]) => ({
    x: start + width * (i + within) / ratios.length,
    // A coarse clock may show 0, which has no logarithm.
    y: Math.max(ratios[i], 1e-9),
    fx,
    fy,
    key,
    text,
  }));
}

/** All places of `values`, or at most `most`: the least and the greatest of each of even stretches, in order. */
function extremes(values: readonly number[], most: number): number[] {
  if (values.length <= most) return values.map((_, i) => i);
  const stretches = Math.floor(most / 2);
  const places = Array.from({ length: stretches }, (_, k) => {
    const from = Math.floor(k * values.length / stretches);
    const to = Math.floor((k + 1) * values.length / stretches);
    let [least, greatest] = [from, from];
    for (let i = from; i < to; i++) {
      if (values[i] < values[least]) least = i;
      if (values[i] > values[greatest]) greatest = i;
    }
    return [least, greatest];
  });
  return [...new Set(places.flat())].sort((a, b) => a - b);
}
