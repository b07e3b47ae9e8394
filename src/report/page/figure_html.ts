import { LIGHT, propertiesOf } from "../palette.ts";
import { INKS } from "../plots/speedup_map.ts";
import type { Figure } from "../document.ts";
import { content } from "./escape.ts";

/** On a phone a plot scrolls instead of shrinking to tiny letters, or has a drawing of its own. */
export function printFigure({ path, svg, narrow, caption }: Figure): string {
  const drawn = (text: string, more: string) =>
    `<div class="drawn${more}">${inline(text.trim())}</div>`;
  return `<figure id="${figureId(path)}">
${narrow === undefined ? drawn(svg, "") : drawn(svg, " roomy") + drawn(narrow, " narrow")}
<figcaption>${content(caption)}</figcaption>
</figure>`;
}

/** "time" or "plots/time.svg" → "plot-time". */
export const figureId = (name: string): string =>
  `plot-${name.replace(/^plots\//, "").replace(/\.svg$/, "")}`;

const COLOURS = new Map(propertiesOf(LIGHT).map(([name, colour]) => [colour, name]));

/**
 * A plot as part of the page: it takes the colours of the page, which change in the dark, and no styles of its own,
 * which the policy of the page forbids. Only the whole plot has a name, because screen readers skip parts of an image.
 */
function inline(svg: string): string {
  return svg.replaceAll(/"(#[0-9a-f]{6})"/g, (text, hex) => {
    const name = COLOURS.get(hex);
    return name === undefined ? text : `"var(--${name})"`;
  })
    .replaceAll('"white"', '"var(--plot-page)"')
    .replaceAll(`"${INKS.turning}"`, '"var(--ink)"')
    .replaceAll(`"${INKS.turned}"`, '"var(--turned)"')
    .replaceAll(/"#(?:888|555)"/g, '"var(--quiet)"')
    .replace(/^(<svg [^>]*?) style="[^"]*"/, "$1")
    .replace(/<style>[^<]*<\/style>/, "")
    .replaceAll(/<g [^>]*>/g, (tag) => tag.replaceAll(/ aria-(?:label|description)="[^"]*"/g, ""));
}
