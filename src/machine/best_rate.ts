import type { Clock } from "../base/clock.ts";

/** One repeat takes about this long: thousands of steps of the clock, and seldom cut by the scheduler. */
const REPEAT_NS = 1e6;

/** On a machine that others keep busy, the wait for CPU time ends after so many times the budget. */
const MOST_WAITING = 20;

/**
 * The highest rate, in units per second, of a loop that is repeated for `forNs`: `run(count)` does
 * `count` units' worth of iterations. First the count is doubled until a repeat takes about a
 * millisecond, which also lets the engine compile; repeats that the system interrupts are slower, and so do
 * not count: a ceiling is a maximum. `spent` tells what of the budget is used up: CPU time, where it is that of
 * this loop alone. By the wall clock a busy machine would leave the compiler no time, and the ceiling would be
 * that of an interpreter.
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
    // Compiled by now, it may be so much faster that the repeats are too short for the clock.
    if (ns < REPEAT_NS / 4 && iterations < 2 ** 30) iterations *= 2;
  } while (spent() < end && clock() < last);
  return best;
}
