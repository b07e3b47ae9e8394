import { studentTail } from "./statistics.ts";

/** Above so many discordant pairs the normal distribution is close enough to the binomial. */
const MANY_PAIRS = 1000;

/**
 * McNemar's test (Psychometrika 12, 1947, p. 153) of two classifiers, from 1 (right) or 0 for each example. It is exact
 * up to a thousand examples that one alone got right; beyond, it uses the normal distribution with the continuity
 * correction of Edwards (Psychometrika 13, 1948, p. 185). `pValue` is two-sided, for "both are right equally often".
 */
export function mcnemar(own: Uint8Array, baseline: Uint8Array) {
  const onlyOwn = own.filter((right, i) => right > baseline[i]).length;
  const onlyBaseline = own.filter((right, i) => right < baseline[i]).length;
  const n = onlyOwn + onlyBaseline;
  const fewer = Math.min(onlyOwn, onlyBaseline);
  const pValue = n === 0 ? 1 : n <= MANY_PAIRS
    ? Math.min(1, 2 * binomialTail(fewer, n))
    // With very many degrees, Student's t is normal.
    : Math.min(1, 2 * studentTail(Math.max(0, n - 2 * fewer - 1) / Math.sqrt(n), 1e6));
  return { onlyOwn, onlyBaseline, pValue };
}

/** Probability of `k` or fewer heads in n throws of a fair coin. */
function binomialTail(k: number, n: number): number {
  let logTerm = -n * Math.LN2; // no heads
  let sum = Math.exp(logTerm);
  for (let heads = 1; heads <= k; heads++) {
    logTerm += Math.log((n - heads + 1) / heads);
    sum += Math.exp(logTerm);
  }
  return sum;
}
