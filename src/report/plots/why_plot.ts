import * as Plot from "@observablehq/plot";
import type { Summary } from "../../format/summary.ts";
import { formatCount, formatRatio } from "../numbers.ts";
import { choicesBySetting, largestSize } from "../select.ts";
import { logAxis, withRoom } from "./axis.ts";
import type { PlotKind } from "./frame.ts";
import { classOf, looksIn } from "./looks.ts";
import { LEFT, svgOf } from "./svg.ts";

const [WIDTH, ROW] = [350, 62];
const MARGIN = { top: 40, right: 24, bottom: 52, left: LEFT };
const BAR = 18;

/** Why the choice is faster than the baseline: one bar for less work, one for a higher rate, end to end. */
export const whyPlot: PlotKind = {
  name: "why",
  size: "first",
  caption:
    "Speedup = less work × a higher rate. The axis is logarithmic, so the lengths of the bars add up.",
  draw(summary) {
    const bars = barsOf(summary);
    if (bars === undefined) return undefined;
    const { baseline, parts, chosen, examples } = bars;
    const ends = [1, ...parts.flatMap(({ from, to }) => [from, to])];
    // From the least end on, so that no name lies across the line at 1.
    const domain = [Math.min(...ends), Math.max(...ends) * 1.1] as const;
    const axis = { ...logAxis("", ends), domain };
    const colour = looksIn(summary).get(chosen)?.colour ?? "#888";
    const className = classOf(chosen);
    return svgOf({
      title: `Why faster than ${baseline}` +
        (examples === largestSize(summary) ? "" : ` (m = ${formatCount(examples)})`),
      width: WIDTH,
      height: MARGIN.top + ROW * parts.length + MARGIN.bottom,
      margin: MARGIN,
      x: { type: "log", domain: [...axis.domain], label: null, axis: null },
      y: { type: "band", domain: parts.map(({ what }) => what), label: null, axis: null },
      marks: [
        Plot.axisX(withRoom(axis, WIDTH - MARGIN.left - MARGIN.right), {
          text: (value: number) => `${axis.format(value)} ×`,
          label: null,
        }),
        Plot.ruleX([1], { stroke: "#888" }),
        ...parts.flatMap((part) => [
          Plot.rect([part], {
            x1: ({ from, to }: Part) => Math.min(from, to),
            x2: ({ from, to }: Part) => Math.max(from, to),
            y: "what",
            insetTop: ROW / 2 - 2,
            insetBottom: ROW / 2 - BAR + 2,
            fill: colour,
            className,
            title: ({ what, text }: Part) => `${what}\n${text}`,
          }),
          Plot.text([part], {
            y: "what",
            frameAnchor: "left",
            textAnchor: "start",
            dx: 5,
            dy: -14,
            text: ({ what, text }: Part) => `${what}: ${text}`,
          }),
        ]),
        Plot.text([`speed of ${baseline} = 1 (logarithmic) →`], {
          frameAnchor: "bottom-right",
          dy: 42,
          fontSize: 11,
        }),
      ],
    });
  },
};

type Part = NonNullable<ReturnType<typeof barsOf>>["parts"][number];

/** At the largest size at which the baseline was measured. */
function barsOf(summary: Summary) {
  const choice = choicesBySetting(summary)[0]?.findLast((one) => one.overBaseline !== undefined);
  if (
    choice?.overBaseline === undefined ||
    summary.series[choice.series].implementation === summary.plan.baseline
  ) return undefined;
  const { flopRatio, rateRatio } = choice.overBaseline;
  const less = 1 / flopRatio;
  const work = less > 1.01
    ? { what: "less arithmetic", text: formatRatio(less) }
    : less < 0.99
    ? { what: "more arithmetic", text: formatRatio(flopRatio) }
    : { what: "the same arithmetic", text: "1 ×" };
  return {
    chosen: choice.series,
    examples: choice.examples,
    baseline: summary.plan.baseline,
    parts: [
      { ...work, from: 1, to: less },
      {
        what: rateRatio >= 1 ? "a higher rate of arithmetic" : "a lower rate of arithmetic",
        text: formatRatio(rateRatio),
        from: less,
        to: less * rateRatio,
      },
    ],
  };
}
