/** A part of a page that does not follow from its raw samples, as HTML; a side that lacks it is absent. */
export interface Difference {
  /** The heading above it, or the part of the page. */
  readonly under: string;
  readonly said?: string;
  readonly recomputed?: string;
}

/** A tag, the text between two tags, or a "<" that opens none: together they cover the whole page. */
const TOKEN = /<[^>]*>|[^<]+|</g;
const HEADING = /^<(h[1-3]|summary)\b/;

/** After so many equal tokens in a row, a few cells of a table, both pages count as aligned again. */
const ALIKE = 12;
/** For a heading, which is unique: its tags and its text. */
const ALIKE_HEADING = 3;
/** How many tokens ahead to search for alignment: more than the largest plot has. */
const FARTHEST = 3000;

/** Where a page differs from the one made again from its samples; what was added or removed is one difference. */
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
      // A stretch with scattered changes.
      for (; i < left; i++, j++) if (said[i] !== recomputed[j]) tell(i, i + 1, j, j + 1);
    } else tell(i, left, j, right);
    [i, j] = [left, right];
  }
  return found;
}

/** The nearest places from `i` and `j` on at which both are aligned again; their ends if there are none. */
function resumed(a: readonly string[], i: number, b: readonly string[], j: number) {
  const isAlike = (p: number, q: number) => {
    const enough = HEADING.test(a[p] ?? "") ? ALIKE_HEADING : ALIKE;
    for (let k = 0; k < enough; k++) {
      if (a[p + k] !== b[q + k]) return false;
      if (a[p + k] === undefined) return true; // both end here
    }
    return true;
  };
  for (let steps = 1; steps <= 2 * FARTHEST; steps++) {
    const [ofA, ofB] = [Math.min(FARTHEST, a.length - i), Math.min(FARTHEST, b.length - j)];
    for (let ahead = Math.max(0, steps - ofB); ahead <= Math.min(steps, ofA); ahead++) {
      if (isAlike(i + ahead, j + steps - ahead)) return [i + ahead, j + steps - ahead];
    }
  }
  return [a.length, b.length];
}

/** The part of a page that a token is in; to be called with ascending tokens. */
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
