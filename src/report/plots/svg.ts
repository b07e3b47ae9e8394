import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { fitting } from "./text_width.ts";
import { toXml } from "./xml.ts";

interface PlotParts extends Pick<Plot.PlotOptions, "width" | "height" | "x" | "y" | "fx" | "fy"> {
  readonly title: string;
  readonly titleSize?: number;
  readonly width: number;
  /** Room around the frame, in px; the title stands in that above it. */
  readonly margin: Readonly<Record<"top" | "right" | "bottom" | "left", number>>;
  readonly marks: readonly Plot.Markish[];
}

/** Where titles and legends begin, from the left edge. */
export const LEFT = 14;

/** A plot under its title as text: a whole `<svg>` element that needs no other file. */
export function svgOf({ title, titleSize = 15, margin, marks, ...parts }: PlotParts): string {
  const { document } = parseHTML("<html><body></body></html>");
  const svg = Plot.plot({
    document: document as unknown as Document,
    ariaLabel: title,
    style: { fontFamily: "sans-serif", fontSize: "12px", background: "white", color: "#222" },
    marginTop: margin.top,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginLeft: margin.left,
    ...parts,
    marks: [
      ...marks,
      Plot.text([fitting(title, parts.width - LEFT, titleSize + 1)], {
        ...besideFrame(margin, 10),
        fontSize: titleSize,
        fontWeight: "bold",
      }),
    ],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.setAttribute("role", "img");
  return toXml(svg) + "\n";
}

/** The place of a text above the whole frame: at the left edge, so many px below the top one. */
export const besideFrame = (margin: PlotParts["margin"], fromTop: number) =>
  ({
    facet: "super",
    frameAnchor: "top-left",
    dx: LEFT - margin.left,
    dy: fromTop - margin.top,
    clip: false,
  }) as const;
