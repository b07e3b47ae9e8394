import type { Clock } from "../base/clock.ts";

/** Multiply-adds, each of which waits for the one before: the pace of the core, whatever the caches do. */
const CHAIN_STEPS = 100_000;
/** More than a level 1 cache holds, less than a level 2 cache does on most machines. */
const BUFFER_BYTES = 2 ** 19;
/** Of so many readings the shortest counts: what a moment's disturbance added is no pace. */
const READINGS = 5;
/** Until the compilers are done with it. */
const WARM_UP_RUNS = 12;
/** Another reading between two samples when the last one is older. */
const EVERY_NS = 0.5e9;

/** A fixed piece of work that tells how fast the machine was while a trial ran. */
export interface Yardstick {
  /** Measures, unless the last measurement is younger than half a second. Takes about 1 ms. */
  measureIfDue(): void;
  measure(): void;
  /** Nanoseconds of each measurement so far, in order: the shortest of five runs, about 0.2 ms. */
  readonly ns: readonly number[];
}

/**
 * Prepares the work: a chain of dependent multiply-adds in float64 and a pass over half a MiB, the same in every
 * trial of every run. It must never change: runs of different times are compared by it. Takes about 10 ms, and
 * memory that is to be counted with what was there before the kernel.
 */
export function createYardstick(clock: Clock): Yardstick {
  const buffer = new Float64Array(BUFFER_BYTES / 8).fill(1);
  const ns: number[] = [];
  let lastNs = -Infinity;
  const run = (): number => {
    const start = clock();
    // What the result is used for keeps a compiler from leaving the work out.
    buffer[0] = chain(CHAIN_STEPS) + sum(buffer) * 1e-9;
    return clock() - start;
  };
  for (let i = 0; i < WARM_UP_RUNS; i++) run();

  const measure = (): void => {
    ns.push(Math.round(Math.min(...Array.from({ length: READINGS }, run))));
    lastNs = clock();
  };
  return {
    ns,
    measure,
    measureIfDue() {
      if (clock() - lastNs > EVERY_NS) measure();
    },
  };
}

/** Tends to 1 and never leaves [0, 1], so that no number of it is slow to compute with. */
function chain(steps: number): number {
  let x = 0;
  for (let i = 0; i < steps; i++) x = x * 0.999 + 0.001;
  return x;
}

/** Four sums side by side, so that loads and not additions set the pace. */
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
