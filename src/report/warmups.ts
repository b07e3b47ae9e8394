import type { Summary } from "../format/summary.ts";
import { cellKey, type TrialRecord } from "../format/trial_record.ts";

/** Tells a trial from all others of its run. */
export const trialKey = ({ cell, round }: Pick<TrialRecord, "cell" | "round">): string =>
  `${cellKey(cell)}|${round}`;

/** By `trialKey`, how many samples at the start of a trial are left out as warm-up. */
export const warmupsOf = ({ cells, copies = [] }: Summary): ReadonlyMap<string, number> =>
  new Map(
    [...cells, ...copies].flatMap(({ cell, warmups = [] }) =>
      warmups.map(({ round, samples }) => [trialKey({ cell, round }), samples] as const)
    ),
  );
