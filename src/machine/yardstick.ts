import type { Clock } from "../base/clock.ts";

/** Dependent multiply-adds: they show the core's speed, whatever the caches do. */
const CHAIN_STEPS = 100_000;
/** Larger than most level 1 caches, smaller than most level 2 caches. */
const BUFFER_BYTES = 2 ** 19;
/** The shortest of this many readings counts, because disturbances only add time. */
const READINGS = 5;
/** Lets the compilers finish. */
const WARM_UP_RUNS = 12;
/** A reading older than this is repeated between two samples. */
const EVERY_NS = 0.5e9;

export type Yardstick = ReturnType<typeof createYardstick>;

/**
 * A fixed piece of work that shows how fast the machine was during a trial, the same in every trial of every run: a
 * chain of dependent multiply-adds in float64 and a pass over half a MiB. It must never change, because runs are
 * compared by it. Takes about 10 ms. Its memory belongs to what was there before the kernel.
 */
export function createYardstick(clock: Clock) {
  const buffer = new Float64Array(BUFFER_BYTES / 8).fill(1);
  const ns: number[] = [];
  let lastNs = -Infinity;
  const run = (): number => {
    const start = clock();
    // The result is used, so that no compiler removes the work.
    buffer[0] = chain(CHAIN_STEPS) + sum(buffer) * 1e-9;
    return clock() - start;
  };
  for (let i = 0; i < WARM_UP_RUNS; i++) run();

  const measure = (): void => {
    ns.push(Math.round(Math.min(...Array.from({ length: READINGS }, run))));
    lastNs = clock();
  };
  return {
    /** All measurements so far: the shortest of five runs each, about 0.2 ms. */
    ns: ns as readonly number[],
    measure,
    /** Measures if the last measurement is older than half a second. Takes about 1 ms. */
    measureIfDue(): void {
      if (clock() - lastNs > EVERY_NS) measure();
    },
  };
}

/** Tends to 1 and stays in [0, 1], so subnormal numbers cannot slow it down. */
function chain(steps: number): number {
  let x = 0;
  for (let i = 0; i < steps; i++) x = x * 0.999 + 0.001;
  return x;
}

/** Four independent sums, so that loads and not additions set the pace. */
function sum(values: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i += 4) {
    a += values[i];
    b += values[i + 1];
    c += values[i + 2];
    d += values[i + 3];
  }
  return a + b + c + d;
}
