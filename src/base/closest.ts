/**
 * The known word nearest to what was typed, for "did you mean": smallest Levenshtein distance
 * (Soviet Physics Doklady 10, 1966, p. 707), at most a third of the longer word away.
 */
export function closestTo(typed: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const word of known) {
    const distance = levenshtein(typed.toLowerCase(), word.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [word, distance];
  }
  const longer = Math.max(typed.length, best?.length ?? 0);
  return bestDistance <= Math.max(1, longer / 3) ? best : undefined;
}

/** Insertions, deletions and substitutions that turn one text into the other. */
function levenshtein(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substituted, previous[j] + 1, row[j - 1] + 1));
    }
    previous = row;
  }
  return previous[b.length];
}
