/** A part of a page that does not follow from its raw samples. */
export interface Difference {
  /** The heading above it, or which part of the page it is in. */
  readonly under: string;
  /** HTML; absent where the page lacks something. */
  readonly said?: string;
  /** HTML; absent where something was put into the page. */
  readonly recomputed?: string;
}

/** A tag, the text between two, or a "<" that opens nothing: together they are the whole page. */
const TOKEN = /<[^>]*>|[^<]+|</g;
const HEADING = /^<(h[1-3]|summary)\b/;

/** So many tokens alike in a row, a few cells of a table, and both pages are taken to say the same again. */
const ALIKE = 12;
/** Of a heading, of which there is no second: its tags and its text. */
const ALIKE_HEADING = 3;
/** So far ahead in either page it is looked for where they do: farther than the largest plot. */
const FARTHEST = 3000;

/**
 * Where a page says something else than the one that was made again from the same samples, in its order; empty for two
 * pages that are the same text. What was put in or taken out is one difference, and what follows it is in its place.
 */
export function differences(page: string, again: string): Difference[] {
  const [said, recomputed] = [page, again].map((html) => html.match(TOKEN) ?? []);
  const found: Difference[] = [];
  const place = placeIn(recomputed);
  const tell = (i: number, left: number, j: number, right: number) =>
    found.push({
      under: place(j),
      ...(left > i && { said: said.slice(i, left).join("") }),
      ...(right > j && { recomputed: recomputed.slice(j, right).join("") }),
    });
  let [i, j] = [0, 0];
  while (i < said.length || j < recomputed.length) {
    if (said[i] === recomputed[j]) {
      [i, j] = [i + 1, j + 1];
      continue;
    }
    const [left, right] = resumed(said, i, recomputed, j);
    if (left - i === right - j) {
      // Of a stretch that was changed here and there, what was changed.
      for (let k = 0; i + k < left; k++) {
        if (said[i + k] !== recomputed[j + k]) tell(i + k, i + k + 1, j + k, j + k + 1);
      }
    } else tell(i, left, j, right);
    [i, j] = [left, right];
  }
  return found;
}

/** The nearest places from `i` and `j` on at which both say the same for a while; their ends where there are none. */
function resumed(
  a: readonly string[],
  i: number,
  b: readonly string[],
  j: number,
): readonly [number, number] {
  const isAlike = (p: number, q: number) => {
    const enough = HEADING.test(a[p] ?? "") ? ALIKE_HEADING : ALIKE;
    for (let k = 0; k < enough; k++) {
      if (a[p + k] !== b[q + k]) return false;
      if (a[p + k] === undefined) return true; // both end here
    }
    return true;
  };
  for (let steps = 1; steps <= 2 * FARTHEST; steps++) {
    const most = Math.min(steps, FARTHEST, a.length - i);
    for (
      let ahead = Math.max(0, steps - FARTHEST, steps - (b.length - j));
      ahead <= most;
      ahead++
    ) {
      if (isAlike(i + ahead, j + steps - ahead)) return [i + ahead, j + steps - ahead];
    }
  }
  return [a.length, b.length];
}

/** Which part of a page a token is in; to be asked from the front to the back. */
function placeIn(tokens: readonly string[]): (token: number) => string {
  let at = 0;
  let place = "the head of the page";
  return (token) => {
    for (; at <= token && at < tokens.length; at++) {
      const heading = HEADING.exec(tokens[at])?.[1];
      if (heading !== undefined) place = textUntil(`</${heading}>`, tokens, at);
      else if (tokens[at] === "</main>") place = "the data and the script behind the text";
    }
    return place;
  };
}

function textUntil(end: string, tokens: readonly string[], from: number): string {
  const to = tokens.indexOf(end, from);
  return tokens.slice(from, to).filter((token) => !token.startsWith("<")).join("").trim();
}
