import type { TrialRecord } from "../format/trial_record.ts";

type Unreadable = NonNullable<NonNullable<TrialRecord["sampleInterference"]>["unreadable"]>;

/** Of one trial, sample by sample. */
export interface Disturbance {
  /** Time in which the process waited for a CPU that others had. */
  readonly waitedNs: readonly number[];
  /** By the rule that the trial was made under. */
  readonly isDisturbed: readonly boolean[];
  /** Files that would tell about waiting; without them all time without a CPU counts. */
  readonly guessed?: Unreadable;
}

/**
 * What a trial recorded of the interference with its samples; undefined where there is none, or where it cannot be read: several
 * threads wait for each other, and a process with a device waits for that, as they should.
 *
 * Where the system does not say how long the process waited: for as long as it had no CPU, but no longer than the system saw any task wait or gave the
 * machine to others: what sleeps by itself is not disturbed. CPU time is that of all threads of the process, so
 * that a collector which works beside the kernel can hide a wait, never make one up.
 */
export function disturbanceOf(trial: TrialRecord): Disturbance | undefined {
  const { sampleInterference, samplesNs, cell, device } = trial;
  if (sampleInterference === undefined || cell.threads > 1 || device !== undefined) {
    return undefined;
  }
  const waitedNs = sampleInterference.waitNs ?? sampleInterference.cpuNs.map((cpuNs, i) => {
    const without = Math.max(0, samplesNs[i] - cpuNs);
    const others = sampleInterference.pressureNs &&
      sampleInterference.pressureNs[i] + (sampleInterference.stealNs?.[i] ?? 0);
    return Math.min(without, others ?? Infinity);
  });
  const { waitNs, pressureNs, unreadable } = sampleInterference;
  return {
    waitedNs,
    ...(waitNs === undefined && pressureNs === undefined && unreadable && {
      guessed: unreadable,
    }),
    isDisturbed: waitedNs.map((ns, i) => ns > sampleInterference.setAsideAbove * samplesNs[i]),
  };
}

/** At least so many samples, and half of them, must be left for those set aside not to count. */
const LEAST_LEFT = 3;

/**
 * The samples from `from` on that count, as places: those that were not disturbed, if enough of them are left,
 * else all.
 */
export function undisturbed(trial: TrialRecord, from: number): number[] {
  const all = Array.from({ length: trial.samplesNs.length - from }, (_, i) => from + i);
  const isDisturbed = disturbanceOf(trial)?.isDisturbed;
  // Samples after the end of the record are not known to have been disturbed.
  const left = all.filter((i) => !isDisturbed?.[i]);
  return left.length >= LEAST_LEFT && left.length >= all.length / 2 ? left : all;
}
