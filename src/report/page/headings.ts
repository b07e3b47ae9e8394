import type { Block } from "../document.ts";
import { content, escape } from "./escape.ts";

export type Heading = Extract<Block, { kind: "heading" }>;

/** Fewer sections than this are seen without a list of them. */
const FEWEST = 4;

/** Of each heading an id of its own in the page: "Time per epoch" → "h-time-per-epoch", a second one "h-time-per-epoch-2". */
export function headingIds(blocks: readonly Block[]): ReadonlyMap<Heading, string> {
  const counts = new Map<string, number>();
  const ids = new Map<Heading, string>();
  for (const block of blocks) {
    if (block.kind !== "heading") continue;
    const slug = block.text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
    const count = (counts.get(slug) ?? 0) + 1;
    counts.set(slug, count);
    // Two dashes: no other slug ends so.
    ids.set(block, `h-${slug}${count === 1 ? "" : `--${count}`}`);
  }
  return ids;
}

/** The sections of a page as links; empty where there are but few. */
export function printContents(ids: ReadonlyMap<Heading, string>): string {
  const sections = [...ids].filter(([{ level }]) => level === 2);
  if (sections.length < FEWEST) return "";
  const links = sections.map(([{ text }, id]) =>
    `<li><a href="#${escape(id)}">${content(text)}</a></li>`
  );
  return `<nav class="contents" aria-label="Contents"><ul>\n${links.join("\n")}\n</ul></nav>`;
}
