import type { Clock } from "../base/clock.ts";
import { formatWait } from "../report/numbers.ts";
import type { SweepEvent } from "../sweep/sweep_event.ts";

/** How long a sweep will still take, judged by its trials so far. */
export function createTimeLeft(clock: Clock) {
  let planned: { readonly atNs: number; readonly budgetNs: number; readonly isOpen: boolean };
  let [total, remaining, ran, spentNs] = [0, 0, 0, 0];
  let startedNs: number | undefined;
  return {
    /** Takes note of an event. Returns whether it ends a trial that has run, rather than one that was skipped. */
    see(event: SweepEvent): boolean {
      const hasRun = event.type === "recorded" && startedNs !== undefined;
      switch (event.type) {
        case "planned":
          // With --resolve and --crossover the number of trials is open; only the budget limits it.
          planned = {
            atNs: clock(),
            budgetNs: event.plan.budgetSeconds * 1e9,
            isOpen: event.plan.resolve !== undefined || event.plan.crossover !== undefined,
          };
          total = event.trials;
          remaining = event.trials - event.alreadyDone;
          break;
        case "extended":
        case "beyond":
          remaining += event.trials - total;
          total = event.trials;
          break;
        case "started":
          startedNs = clock();
          break;
        case "recorded":
          remaining--;
          if (startedNs !== undefined) {
            ran++;
            spentNs += clock() - startedNs;
          }
          startedNs = undefined;
      }
      return hasRun;
    },
    /** "about 1 min 20 s left", "at most 10 s left"; undefined where that is unknown. */
    text(): string | undefined {
      if (planned === undefined || remaining <= 0) return undefined;
      const mostNs = planned.budgetNs - (clock() - planned.atNs);
      if (ran === 0 || planned.isOpen) {
        return mostNs > 0 ? `at most ${formatWait(mostNs)} left` : undefined;
      }
      // A round is shuffled, so the trials to come take as long as those before on average.
      const meanNs = spentNs / ran;
      const sinceNs = startedNs === undefined ? 0 : clock() - startedNs;
      const ns = meanNs * (remaining - 1) + Math.max(0, meanNs - sinceNs);
      return `about ${formatWait(mostNs > 0 ? Math.min(ns, mostNs) : ns)} left`;
    },
  };
}
