import { InputError } from "./errors.ts";

/** The error for a name that is not among the known ones; it suggests the nearest. */
export function cannotFind(
  what: string,
  name: string,
  known: readonly string[],
  hint: string,
): InputError {
  const near = closestTo(name, known);
  const question = near === undefined ? "" : `: did you mean "${near}"?`;
  return new InputError(`Cannot find ${what} "${name}"${question}`, hint);
}

/**
 * The known word closest to what was typed, for "did you mean": by Damerau's distance (Communications of the ACM 7,
 * 1964, p. 171), at most a third of the longer word. Undefined if none is so close.
 */
export function closestTo(typed: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const word of known) {
    const distance = editDistance(typed.toLowerCase(), word.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [word, distance];
  }
  const longer = Math.max(typed.length, best?.length ?? 0);
  return bestDistance <= Math.max(1, longer / 3) ? best : undefined;
}

/** Number of insertions, deletions, substitutions and swaps of neighbours that turn one text into the other. */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const [previous, row] = [rows[i - 1], [i]];
    for (let j = 1; j <= b.length; j++) {
      const substituted = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? rows[i - 2][j - 2] + 1 : Infinity;
      row.push(Math.min(substituted, swapped, previous[j] + 1, row[j - 1] + 1));
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}
