import { known } from "../base/known.ts";
import type { TrialRecord } from "../format/trial_record.ts";

type Unreadable = NonNullable<NonNullable<TrialRecord["sampleInterference"]>["unreadable"]>;

/** How the samples of one trial were disturbed, in their order. */
export interface Disturbance {
  /** Time in which the process waited for a CPU. */
  readonly waitedNs: readonly number[];
  /** By the rule in the record of the trial. */
  readonly isDisturbed: readonly boolean[];
  /** Files that would tell about waiting; without them all time without a CPU counts. */
  readonly guessed?: Unreadable;
}

/**
 * How much interference a trial recorded; undefined where it recorded none. Undefined also for several threads or ranks,
 * which wait for each other, and for a device, for which the process waits.
 *
 * Where the system does not tell the waiting time, it is the time without a CPU, but at most the time in which the
 * system saw any task wait or gave the machine to others: a process that sleeps is not disturbed. CPU time counts all
 * threads, so a collector beside the kernel can hide a wait but never invent one. The counters are read around a sample,
 * so a wait may be longer than it: a sample cannot wait for more than its own time.
 */
export function disturbanceOf(trial: TrialRecord): Disturbance | undefined {
  const { sampleInterference, samplesNs, cell, device } = trial;
  const isAlone = cell.threads * (cell.ranks ?? 1) === 1;
  if (sampleInterference === undefined || !isAlone || device !== undefined) {
    return undefined;
  }
  const { waitNs, cpuNs, pressureNs, stealNs, unreadable, setAsideAbove } = sampleInterference;
  // Linux books a wait when it ends, so a sample may be charged with one that began before it.
  const waitedNs = waitNs?.map((ns, i) => Math.min(ns, samplesNs[i])) ?? cpuNs.map((ns, i) => {
    const without = Math.max(0, samplesNs[i] - ns);
    const others = pressureNs && pressureNs[i] + (stealNs?.[i] ?? 0);
    return Math.min(without, others ?? Infinity);
  });
  return known({
    waitedNs,
    guessed: waitNs === undefined && pressureNs === undefined ? unreadable : undefined,
    isDisturbed: waitedNs.map((ns, i) => ns > setAsideAbove * samplesNs[i]),
  });
}

/** Disturbed samples are set aside only if at least this many, and at least half, are left. */
const LEAST_LEFT = 3;

/** Indices of the samples from `from` on that count: the undisturbed ones if enough are left, else all. */
export function undisturbed(trial: TrialRecord, from: number): number[] {
  const all = Array.from({ length: trial.samplesNs.length - from }, (_, i) => from + i);
  const isDisturbed = disturbanceOf(trial)?.isDisturbed;
  // Interference is recorded for the first samples only; later ones count as undisturbed.
  const left = all.filter((i) => !isDisturbed?.[i]);
  return left.length >= LEAST_LEFT && left.length >= all.length / 2 ? left : all;
}
