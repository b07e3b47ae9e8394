import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import type { Summary } from "../../src/format/summary.ts";
import { plotsOf } from "../../src/report/plots/plots_of_run.ts";

/** The plots of each summary: drawing them all costs more than a test of one. */
const drawn = new WeakMap<Summary, ReturnType<typeof plotsOf>>();

/** A plot of a summary, as elements. */
export function plotOf(of: Summary, name: string): Element {
  const plots = drawn.get(of) ?? plotsOf(of);
  drawn.set(of, plots);
  const plot = plots.find(({ path }) => path === `plots/${name}.svg`);
  assert.ok(plot, `there is no plot ${name}`);
  const { document } = parseHTML(`<html><body>${plot.svg}</body></html>`);
  return document.querySelector("svg") as unknown as Element;
}

/** The markers of one line: where each stands. */
export function pointsOf(svg: Element, label: string): { x: number; y: number }[] {
  return [...svg.querySelectorAll(`g[aria-description="${label}"] > *`)].map((marker) => {
    const place = /translate\(([-\d.]+),([-\d.]+)\)/.exec(marker.getAttribute("transform") ?? "");
    // A circle is placed by its centre, every other marker by a shift.
    const [x, y] = place?.slice(1) ?? [marker.getAttribute("cx"), marker.getAttribute("cy")];
    assert.ok(x && y, marker.outerHTML);
    return { x: Number(x), y: Number(y) };
  });
}

/** The texts in the parts that a selector names. */
export const textsOf = (svg: Element, selector: string): string[] =>
  [...svg.querySelectorAll(`${selector} text`)].map((text) => text.textContent ?? "");
