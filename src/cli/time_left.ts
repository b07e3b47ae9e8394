import type { Clock } from "../base/clock.ts";
import type { SweepEvent } from "../sweep/sweep.ts";

/** How long a sweep will still take, told from how long its trials took so far. */
export interface TimeLeft {
  /** Whether the event ends a trial that has run, and was not left out. */
  see(event: SweepEvent): boolean;
  /** "about 1 min 20 s left", "at most 10 s left"; undefined where nobody knows. */
  text(): string | undefined;
}

export function createTimeLeft(clock: Clock): TimeLeft {
  let planned: { readonly atNs: number; readonly budgetNs: number; readonly isOpen: boolean };
  let [remaining, ran, spentNs] = [0, 0, 0];
  let total = 0;
  let startedNs: number | undefined;

  const budgetLeftNs = () => planned.budgetNs - (clock() - planned.atNs);
  return {
    see(event) {
      switch (event.type) {
        case "planned":
          // With --resolve nobody knows how many rounds there will be; the budget ends them at the latest.
          planned = {
            atNs: clock(),
            budgetNs: event.plan.budgetSeconds * 1e9,
            isOpen: event.plan.resolve !== undefined,
          };
          total = event.trials;
          remaining = event.trials - event.alreadyDone;
          return false;
        case "extended":
          remaining += event.trials - total;
          total = event.trials;
          return false;
        case "started":
          startedNs = clock();
          return false;
        case "recorded": {
          remaining--;
          const hasRun = startedNs !== undefined;
          if (startedNs !== undefined) {
            ran++;
            spentNs += clock() - startedNs;
          }
          startedNs = undefined;
          return hasRun;
        }
        default:
          return false;
      }
    },
    text() {
      if (planned === undefined || remaining <= 0) return undefined;
      const mostNs = budgetLeftNs();
      if (ran === 0 || planned.isOpen) {
        return mostNs > 0 ? `at most ${durationText(mostNs)} left` : undefined;
      }
      // Sizes are shuffled within a round, so that those to come take what those before took.
      const meanNs = spentNs / ran;
      const sinceNs = startedNs === undefined ? 0 : clock() - startedNs;
      const ns = meanNs * (remaining - 1) + Math.max(0, meanNs - sinceNs);
      return `about ${durationText(mostNs > 0 ? Math.min(ns, mostNs) : ns)} left`;
    },
  };
}

/** Whole seconds, at least one: "45 s", "1 min 20 s", "2 h 5 min". */
export function durationText(ns: number): string {
  const seconds = Math.max(1, Math.round(ns / 1e9));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min${seconds % 60 === 0 ? "" : ` ${seconds % 60} s`}`;
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? "" : ` ${minutes % 60} min`}`;
}
