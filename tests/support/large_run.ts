import { join } from "node:path";
import { randomFrom } from "../../src/base/random.ts";
import type { RawRun } from "../../src/report/page/raw_run.ts";
import { readRun } from "../../src/sweep/run_folder.ts";
import type { TrialRecord } from "../../src/format/trial_record.ts";
import { PROJECT } from "./cli.ts";

/**
 * A run of `count` implementations × `count` sizes × `count` rounds, made from the real trials of the example. Every record
 * is complete, and no two share a measured number, so that it compresses no better than a real run.
 */
export function largeRun(count: number): RawRun {
  const { run, trials } = readRun(join(PROJECT, "results", "example"));
  const { plan } = run;
  const measured = [
    ...new Set(
      trials.filter(({ status }) => status === "ok")
        .map(({ cell }) => cell.implementation),
    ),
  ];
  const names = Array.from({ length: count }, (_, i) => `way_${i}`);
  const sizes = Array.from({ length: count }, (_, i) => 1000 * (i + 1));
  const made = Array.from(
    { length: count },
    (_, round) =>
      names.flatMap((implementation, i) =>
        sizes.map((examples, j): TrialRecord => {
          const name = measured[i % measured.length];
          const size = plan.sizes[j % plan.sizes.length];
          const model = trials.find((trial) =>
            trial.cell.implementation === name && trial.cell.examples === size &&
            trial.round === 1 + round % plan.rounds
          )!;
          const random = randomFrom(round, `${implementation} ${examples}`);
          const ofCell = randomFrom(1, `${implementation} ${examples}`);
          const { training, trajectory, ...rest } = model;
          return {
            ...shifted(rest, random) as TrialRecord,
            // All rounds of a cell train in the same way.
            ...shifted({ training, trajectory }, ofCell) as Pick<
              TrialRecord,
              "training" | "trajectory"
            >,
            schema: 1,
            cell: { ...model.cell, implementation, examples },
            round: round + 1,
            samplesNs: model.samplesNs.map((ns) =>
              Math.round(ns * examples / size * (1 + 0.002 * random.normal()))
            ),
            epochsPerSample: model.epochsPerSample!,
          };
        })
      ),
  ).flat();
  return {
    name: "large",
    run: {
      ...run,
      plan: { ...plan, implementations: names, baseline: names[0], sizes, rounds: count },
    },
    trials: made,
  };
}

/** Perturbs every number but 0 and 1; integers stay integers. */
function shifted(value: unknown, random: { normal(): number }): unknown {
  if (typeof value === "number") {
    if (value === 0 || value === 1) return value;
    const moved = value * (1 + 0.001 * random.normal());
    return Number.isInteger(value) ? Math.max(1, Math.round(moved)) : moved;
  }
  if (Array.isArray(value)) return value.map((one) => shifted(one, random));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map((
      [key, one],
    ) => [key, KEPT.has(key) ? one : shifted(one, random)]),
  );
}

/** Fields that are derived, or not measured. */
const KEPT: ReadonlySet<string> = new Set([
  "epoch",
  "testAccuracy",
  "setAsideAbove",
  "threadsUsed",
]);
