import type { Planned } from "./budget.ts";

/** What decides when a trial has its turn. */
interface Turns {
  isOpen(one: Planned): boolean;
  /** Returns the trials that the budget pays for. */
  affordable(trials: readonly Planned[]): readonly Planned[];
  /** Whether the first of these trials waits for the others, though it is paid for. */
  shouldWait(trials: readonly Planned[]): boolean;
}

/**
 * Moves the trial at `next`, if the budget does not seem to pay for its cell, to the end of its round, and so on until
 * one is affordable or none is: the trials before it improve the prediction that decides over the whole cell. One that
 * should wait goes there, too.
 */
export function deferCostly(queue: Planned[], next: number, turns: Turns): void {
  const { round } = queue[next];
  const isOpen = (one: Planned) => turns.isOpen(one);
  const open = queue.slice(next).filter(isOpen);
  if (open.length === 0 || open[0] !== queue[next]) return;
  const paid = new Set(turns.affordable(open));
  const end = queue.findLastIndex((one) => one.round === round) + 1;
  const rest = queue.slice(next, end);
  const first = rest.findIndex((one, i) =>
    !isOpen(one) || (paid.has(one) && !turns.shouldWait(rest.slice(i).filter(isOpen)))
  );
  if (first <= 0) return;
  queue.splice(next, rest.length, ...rest.slice(first), ...rest.slice(0, first));
}
