/** A text of a page that does not follow from its raw samples. */
export interface Difference {
  /** The heading above it. */
  readonly under: string;
  readonly said: string;
  readonly recomputed: string;
}

/** A tag, or the text between two. */
const TOKEN = /<[^>]*>|[^<]+/g;

/** Where a page says something else than the one that was made again from the same samples, in its order. */
export function differences(page: string, again: string): Difference[] {
  const [said, recomputed] = [page, again].map((html) => html.match(TOKEN) ?? []);
  const found: Difference[] = [];
  let under = "";
  for (let i = 0; i < Math.max(said.length, recomputed.length); i++) {
    if (/^<h[1-3]/.test(recomputed[i] ?? "")) under = recomputed[i + 1] ?? "";
    if (said[i] === recomputed[i]) continue;
    found.push({ under, said: said[i] ?? "nothing", recomputed: recomputed[i] ?? "nothing" });
    // Where something was put in or taken out, nothing behind it is in its place.
    if (said.length !== recomputed.length) break;
  }
  return found;
}
