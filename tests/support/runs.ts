import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeRunFile } from "../../src/sweep/run_folder.ts";
import type { RunFile } from "../../src/format/plan.ts";
import type { TrialRecord } from "../../src/format/trial_record.ts";
import type { NamedRun } from "../../src/summary/noise_floor.ts";
import { makeRun, makeTrials, type RunOverrides } from "./trials.ts";

/** Writes a run as a sweep does, and returns its folder. */
export async function writeRun(
  folder: string,
  run: RunFile,
  trials: readonly TrialRecord[],
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  await writeRunFile(folder, run);
  writeFileSync(
    join(folder, "trials.jsonl"),
    trials.map((trial) => JSON.stringify(trial) + "\n").join(""),
  );
  return folder;
}

/** Multiplies a trial's samples, and the times its samples were disturbed, or others would count as disturbed. */
export function slowed(trial: TrialRecord, factor: number): TrialRecord {
  const scaled = (ns: readonly number[]) => ns.map((one) => one * factor);
  const { samplesNs, sampleInterference } = trial;
  return {
    ...trial,
    samplesNs: scaled(samplesNs),
    ...(sampleInterference && {
      sampleInterference: {
        ...sampleInterference,
        cpuNs: scaled(sampleInterference.cpuNs),
        ...(sampleInterference.waitNs && { waitNs: scaled(sampleInterference.waitNs) }),
        ...(sampleInterference.pressureNs && { pressureNs: scaled(sampleInterference.pressureNs) }),
        ...(sampleInterference.stealNs && { stealNs: scaled(sampleInterference.stealNs) }),
      },
    }),
  };
}

/** A run for each of the first days of March 2026; from the sixth on fused_typed is 1.5 times as slow. */
export function dailyRuns(days: number, overrides: RunOverrides = {}): NamedRun[] {
  return Array.from({ length: days }, (_, i) => {
    const day = String(i + 1).padStart(2, "0");
    const run = makeRun({
      ...overrides,
      plan: { sizes: [1000, 2000], ...overrides.plan },
      environment: { gitCommit: `commit-${i + 1}`, ...overrides.environment },
      sessions: [{
        startedAt: `2026-03-${day}T10:00:00.000Z`,
        finishedAt: `2026-03-${day}T10:02:00.000Z`,
        ended: "complete",
      }],
    });
    const trials = makeTrials(run, (trial) => {
      const own = i >= 5 && trial.cell.implementation === "fused_typed" ? 1.5 : 1;
      // Days differ slightly.
      return {
        ...slowed(trial, own * (1 + 0.004 * (i % 3))),
        interference: { ...trial.interference, yardstickNs: [1e6, 1.01e6, 0.99e6] },
      };
    });
    return { name: `2026-03-${day}`, run, trials };
  });
}
