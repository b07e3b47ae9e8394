import { randomFrom } from "../../src/base/random.ts";
import type { DataSource } from "../../src/data/schemas.ts";
import type { Environment, Plan, RunFile } from "../../src/format/plan.ts";
import {
  type Cell,
  cellKey,
  FORMAT_VERSION,
  type TrialRecord,
} from "../../src/format/trial_record.ts";
import type { Reason } from "../../src/format/reason.ts";
import { cellsOf } from "../../src/sweep/schedule.ts";
import { reasonsText } from "../../src/report/reason_words.ts";

/** Changes to a made-up run, which otherwise is a default bench on the real MNIST. */
export interface RunOverrides {
  readonly plan?: Partial<Plan>;
  readonly environment?: Partial<Environment>;
  readonly data?: Partial<DataSource>;
  readonly sessions?: RunFile["sessions"];
}

/** A `run.json` of three implementations × seven sizes × three rounds on two cores. */
export function makeRun(overrides: RunOverrides = {}): RunFile {
  return {
    schema: FORMAT_VERSION,
    plan: {
      implementations: ["naive_loop", "outer_product", "fused_typed"],
      plugins: [],
      runtimes: ["deno"],
      runtimePaths: {},
      sizes: [1000, 2000, 4000, 8000, 16000, 32000, 60000],
      batchSizes: [10],
      layers: [[784, 16, 16, 10]],
      hiddenActivations: ["sigmoid"],
      outputLosses: ["sigmoid-quadratic"],
      initialisation: "scaled-normal",
      peers: [],
      threads: [1],
      peerThreads: [1],
      seeds: [1],
      epochs: 3,
      rates: [3],
      rounds: 3,
      budgetSeconds: 100,
      trialTimeoutSeconds: 60,
      engine: "ordered",
      maxSampleSeconds: 1.5,
      keepWrong: false,
      timeSoftware: false,
      baseline: "naive_loop",
      ...overrides.plan,
    },
    environment: {
      host: "testbench",
      os: "Linux 6.1.0",
      arch: "x64",
      cpu: "Imaginary CPU @ 2.60GHz",
      cores: 2,
      memoryBytes: 8 * 2 ** 30,
      cachesBytes: { l1d: 32_768, l2: 1_048_576, l3: 33_554_432 },
      loadAverage: [0.1, 0.2, 0.3],
      runtimes: { deno: "2.9.6", bun: "1.4.5", node: "24.21.0" },
      gitCommit: "0123456789ab",
      slope: "0.1.0",
      ...overrides.environment,
    },
    data: {
      name: "mnist",
      source: "a folder of a test",
      synthetic: false,
      features: 784,
      classes: 10,
      trainExamples: 60_000,
      testExamples: 10_000,
      sha256: {
        trainImages: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        trainLabels: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        testImages: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        testLabels: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
      },
      ...overrides.data,
    },
    sessions: overrides.sessions ??
      [{
        startedAt: "2026-03-01T10:00:00.000Z",
        finishedAt: "2026-03-01T10:02:15.000Z",
        ended: "complete",
      }],
  };
}

/** Changes to a made-up trial: fields of the record, and single fields of its cell. */
export type TrialOverrides = Omit<Partial<TrialRecord>, "cell"> & {
  readonly cell?: Partial<Cell>;
  /** Time per epoch; samples scatter around it by about 2 %. Default: by implementation. */
  readonly epochNs?: number;
  /** Default: as many as fit into 0.4 s, 2 to 20. */
  readonly sampleCount?: number;
};

/** Nanoseconds per example that a made-up implementation needs. */
const NS_PER_EXAMPLE: Record<string, number> = {
  naive_loop: 35_000,
  outer_product: 12_000,
  fused_typed: 5_000,
};
const EPOCHS = 3;
const STEP_LOSSES = Array.from({ length: 50 }, (_, i) => 0.4 + Math.exp(-i / 20));

/** An "ok" record with everything that a trial can measure. The same input gives the same record. */
export function makeTrial(overrides: TrialOverrides = {}): TrialRecord {
  const { cell: cellOverrides, epochNs: givenNs, sampleCount, ...fields } = overrides;
  const cell: Cell = {
    implementation: "fused_typed",
    runtime: "deno",
    examples: 1000,
    batchSize: 10,
    layerSizes: [784, 16, 16, 10],
    hiddenActivation: "sigmoid",
    outputLoss: "sigmoid-quadratic",
    rate: 3,
    precision: cellOverrides?.implementation === undefined ||
        cellOverrides.implementation === "fused_typed"
      ? "float32"
      : "float64",
    threads: 1,
    seed: 1,
    ...cellOverrides,
  };
  const round = fields.round ?? 1;
  // Times do not depend on the rate.
  const timed = cellKey(cell).replace(`|${cell.rate}|`, "|");
  const random = randomFrom(round, `trial ${timed}`);
  const epochNs = givenNs ?? cell.examples * (NS_PER_EXAMPLE[cell.implementation] ?? 20_000);
  const level = epochNs * Math.exp(0.01 * random.normal()); // each process has a pace of its own
  const epochsPerSample = fields.epochsPerSample ?? Math.max(1, Math.ceil(1e6 / epochNs));
  const samplesNs = fields.samplesNs ?? Array.from(
    { length: sampleCount ?? Math.min(20, Math.max(2, Math.floor(0.4e9 / epochNs))) },
    () => Math.round(level * epochsPerSample * Math.exp(0.02 * random.normal())),
  );
  const epochs = Array.from({ length: EPOCHS }, (_, i) => ({
    epoch: i + 1,
    loss: 0.35 / (i + 1) * (cell.examples / 1000) ** -0.2,
    testAccuracy: 1 - (0.05 + 1.2 * cell.examples ** -0.3 * (1 + 0.5 / (i + 1))),
    trainNs: Math.round(level * (i === 0 ? 1.1 : 1)),
  }));
  const trainNs = epochs.reduce((sum, epoch) => sum + epoch.trainNs, 0);
  const sampleNs = samplesNs.reduce((sum, ns) => sum + ns, 0);
  const dataBytes = (cell.examples + 10_000) * 785;
  const loadedRssBytes = 90e6 + dataBytes;
  return {
    schema: FORMAT_VERSION,
    status: "ok",
    cell,
    round,
    engine: "ordered",
    samplesNs,
    epochsPerSample,
    verification: cell.precision === "float32"
      ? { verdict: "lower-precision", maxRelativeError: 3.1e-7, tolerance: 2e-5 }
      : { verdict: "reordered", maxRelativeError: 2.4e-15, tolerance: 1e-12 },
    training: { epochs },
    // All implementations train the same model.
    ...(round === 1 && { trajectory: { losses: STEP_LOSSES, nudged: STEP_LOSSES } }),
    memory: {
      peakRssBytes: loadedRssBytes + 6_000_000,
      loadedRssBytes,
      dataBytes,
    },
    gc: { collections: 2, pauseNs: Math.round(sampleNs * 0.001) },
    interference: {
      cpuNs: Math.round(sampleNs * 0.99),
      wallNs: sampleNs,
      involuntarySwitches: 3,
      voluntarySwitches: 5,
      stealNs: 0,
      cpuPressureNs: 0,
    },
    durations: {
      wallNs: 150e6 + trainNs + sampleNs,
      loadNs: 20e6,
      openNs: 1.5e6,
      verifyNs: 40e6,
      trainNs,
      evaluateNs: 30e6,
      sampleNs,
    },
    startedAt: "2026-03-01T10:00:01.000Z",
    ...fields,
  };
}

/** Every planned trial, all "ok", round by round. `change` may alter or drop one. */
export function makeTrials(
  run: RunFile,
  change: (trial: TrialRecord) => TrialRecord | undefined = (trial) => trial,
): TrialRecord[] {
  const { plan } = run;
  const makers = plan.implementations.map((name) => ({
    name,
    precision: "float32" as const,
    needs: [],
  }));
  const trials: TrialRecord[] = [];
  let startedMs = Date.parse(run.sessions[0].startedAt);
  for (let round = 1; round <= plan.rounds; round++) {
    for (const { precision: _, ...cell } of cellsOf({ ...plan, threads: [1] }, makers)) {
      if (cell.copy !== undefined) continue;
      const trial = makeTrial({
        cell,
        round,
        engine: plan.engine,
        startedAt: new Date(startedMs).toISOString(),
      });
      startedMs += Math.ceil((trial.durations?.wallNs ?? 0) / 1e6);
      const changed = change(trial);
      if (changed) trials.push(changed);
    }
  }
  return trials;
}

/** Reasons of a trial whose program says this. */
export const because = (message: string): Reason[] => [
  { kind: "stage-failed", stage: "train", message },
];

/** Reasons of a trial that would take so long. */
export const tooLong = (seconds: number): Reason[] => [
  { kind: "over-budget", predictedNs: seconds * 1e9, neededNs: 9e12, leftNs: 7.5e9 },
];

/** In words, why a trial gave no figures. */
export const reasonOf = ({ reasons = [] }: Pick<TrialRecord, "reasons">): string =>
  reasonsText(reasons);
