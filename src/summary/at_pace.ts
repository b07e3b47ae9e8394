import type { TrialRecord } from "../format/trial_record.ts";

/** The record that a node would have written on which everything takes 1 / `slowness` of the time. */
export function atPace<T extends TrialRecord>(trial: T, slowness: number): T {
  if (slowness === 1) return trial;
  const { training, durations, gc, interference, sampleInterference } = trial;
  return {
    ...trial,
    ...scaled({ samplesNs: trial.samplesNs }, slowness),
    ...(training && {
      training: { epochs: training.epochs.map((epoch) => scaled(epoch, slowness)) },
    }),
    ...(durations && { durations: scaled(durations, slowness) }),
    ...(gc && { gc: scaled(gc, slowness) }),
    ...(interference && { interference: scaled(interference, slowness) }),
    ...(sampleInterference && { sampleInterference: scaled(sampleInterference, slowness) }),
  };
}

/** Units stand in names: what ends with "Ns" is a time. */
const scaled = <T extends object>(fields: T, slowness: number): T =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (!name.endsWith("Ns")) return [name, value];
      return [name, Array.isArray(value) ? value.map((ns) => ns / slowness) : value / slowness];
    }),
  ) as T;
