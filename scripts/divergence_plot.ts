import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** About how many points a line needs to look like one. */
const POINTS = 300;
/** The step at which a line is labelled. */
const LABEL_STEP = 40;
/** Okabe and Ito's colours, told apart by colour-blind readers too. */
const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00"];

/** The running greatest relative difference from `reference` over the steps, log-log, as SVG text. */
export function divergencePlot(
  reference: string,
  differences: ReadonlyMap<string, Float64Array>,
): string {
  const { document } = parseHTML("<html><body></body></html>");
  const points = [...differences].flatMap(([implementation, difference]) =>
    logSpaced(difference.length)
      .map((step) => ({ implementation, step, difference: difference[step - 1] }))
      .filter((point) => point.difference > 0)
  );
  // Where the lines are still far apart.
  const labels = [...differences.keys()].flatMap((implementation) =>
    points.find((point) => point.implementation === implementation && point.step >= LABEL_STEP) ??
      []
  );
  const svg = Plot.plot({
    document: document as unknown as Document,
    width: 760,
    height: 400,
    marginLeft: 70,
    marginRight: 30,
    style: { fontFamily: "sans-serif", fontSize: "12px", background: "white", color: "#222" },
    x: { type: "log", label: "steps", grid: true, tickFormat: "~s" },
    y: {
      type: "log",
      label: `relative difference of the step loss from ${reference}`,
      grid: true,
      tickFormat: ".0e",
      ticks: 8,
    },
    color: { domain: [...differences.keys()], range: COLOURS },
    marks: [
      Plot.line(points, { x: "step", y: "difference", stroke: "implementation", strokeWidth: 2 }),
      Plot.text(labels, {
        x: "step",
        y: "difference",
        text: "implementation",
        fill: "implementation",
        fontWeight: "bold",
        dy: -10,
      }),
    ],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return svg.outerHTML + "\n";
}

/** Whole numbers from 1 to `last`, evenly spaced in their logarithm. */
function logSpaced(last: number): number[] {
  const steps = Array.from({ length: POINTS }, (_, i) => Math.round(last ** (i / (POINTS - 1))));
  return [...new Set(steps)];
}
