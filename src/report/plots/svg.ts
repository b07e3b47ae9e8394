import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { toXml } from "./xml.ts";

/** Of every plot: its name, its size with the room around the frame, its scales and marks. */
export type PlotParts =
  & Pick<Plot.PlotOptions, "width" | "height" | "x" | "y" | "marks">
  & Required<
    Pick<Plot.PlotOptions, "marginTop" | "marginBottom" | "marginLeft"> & { title: string }
  >
  & Pick<Plot.PlotOptions, "marginRight" | "fx" | "fy">;

/** A plot as text: a whole `<svg>` element that needs no other file. */
export function svgOf({ title, ...parts }: PlotParts): string {
  const { document } = parseHTML("<html><body></body></html>");
  const svg = Plot.plot({
    document: document as unknown as Document,
    ariaLabel: title,
    style: { fontFamily: "sans-serif", fontSize: "12px", background: "white", color: "#222" },
    ...parts,
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.setAttribute("role", "img");
  return toXml(svg) + "\n";
}
