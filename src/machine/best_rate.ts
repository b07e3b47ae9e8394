import type { Clock } from "../base/clock.ts";

/** Duration of one repeat: thousands of clock steps, yet rarely interrupted by the scheduler. */
const REPEAT_NS = 1e6;

/** On a busy machine, waiting for CPU time ends after this many times the budget. */
const MOST_WAITING = 20;

/**
 * The highest rate, in units per second, of a loop that is repeated for `forNs`. `run(iterations)` does
 * `unitsPerIteration` units in each.
 *
 * The number of iterations is doubled until a repeat takes about a millisecond, which also lets the engine compile.
 * Interrupted repeats are slower and so do not matter: a ceiling is a maximum. `spent` measures the budget: CPU time
 * if only this loop uses it. By the wall clock, a busy machine would leave no time to compile, and the ceiling would
 * be an interpreter's.
 */
export function bestRate(
  run: (iterations: number) => void,
  unitsPerIteration: number,
  forNs: number,
  clock: Clock,
  spent: Clock = clock,
): number {
  const [end, last] = [spent() + forNs, clock() + MOST_WAITING * forNs];
  const time = (iterations: number): number => {
    const start = clock();
    run(iterations);
    return clock() - start;
  };
  let iterations = 1;
  while (time(iterations) < REPEAT_NS / 2 && iterations < 2 ** 30) iterations *= 2;
  let best = 0;
  do {
    const ns = time(iterations);
    if (ns > 0) best = Math.max(best, iterations * unitsPerIteration / (ns * 1e-9));
    // Once compiled, the loop may be so fast that repeats are too short for the clock.
    if (ns < REPEAT_NS / 4 && iterations < 2 ** 30) iterations *= 2;
  } while (spent() < end && clock() < last);
  return best;
}
