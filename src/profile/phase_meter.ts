import type { Clock } from "../base/clock.ts";
import type { PhaseClock } from "../gradients/contract.ts";

/** More names are a mistake, such as a name with a counter in it. */
const MOST_PHASES = 32;
const CALIBRATION_MARKS = 2000;

/** Adds up the time between marks under the name of the earlier one. */
export interface PhaseMeter {
  /** Passed to the kernel. Throws TypeError for an invalid name, RangeError for too many names. */
  readonly mark: PhaseClock;
  /** Clears all times and begins this phase. */
  start(phase: string): void;
  /** Ends the current phase. Returns the time of every phase. */
  stop(): Record<string, { ns: number; marks: number }>;
}

export function createPhaseMeter(clock: Clock): PhaseMeter {
  let names: string[] = [];
  const ns = new Float64Array(MOST_PHASES);
  const marks = new Float64Array(MOST_PHASES);
  let current = 0;
  let since = 0;

  const indexOf = (phase: string): number => {
    const index = names.indexOf(phase);
    if (index >= 0) return index;
    if (typeof phase !== "string" || phase === "") {
      throw new TypeError(
        `Cannot mark a phase: its name is ${JSON.stringify(phase)}, ` +
          'expected a string, as in phases?.("forward")',
      );
    }
    if (names.length === MOST_PHASES) {
      throw new RangeError(
        `Cannot mark phase "${phase}": there are ${MOST_PHASES} others, ` +
          "expected the same few names in every step",
      );
    }
    return names.push(phase) - 1;
  };
  const mark = (phase: string): void => {
    const now = clock();
    ns[current] += now - since;
    marks[current]++;
    current = indexOf(phase);
    since = now;
  };
  const add = (phase: string, taken: number): void => {
    ns[indexOf(phase)] += taken;
    ns[current] -= taken;
  };
  return {
    mark: Object.assign(mark, { add }),
    start(phase) {
      names = [];
      ns.fill(0);
      marks.fill(0);
      current = indexOf(phase);
      since = clock();
    },
    stop() {
      ns[current] += clock() - since;
      marks[current]++;
      return Object.fromEntries(names.map((name, i) => [name, { ns: ns[i], marks: marks[i] }]));
    },
  };
}

/** ns of one mark: the mean over many marks with nothing in between. */
export function measureMark(meter: PhaseMeter): number {
  meter.start("one");
  for (let i = 0; i < CALIBRATION_MARKS; i += 2) {
    meter.mark("another");
    meter.mark("one");
  }
  const { one, another } = meter.stop();
  return (one.ns + another.ns) / (one.marks + another.marks);
}
