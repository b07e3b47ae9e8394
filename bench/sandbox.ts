/**
 * What the sandbox of plug-ins costs: the time of an epoch and of the rest of a trial, inside and outside of it, one
 * after the other in fresh processes, for a plug-in in each runtime, in Python and in C. Prints the median of inside /
 * outside with its 95 % interval over pairs. An argument is the number of pairs; 15 take less than four minutes.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { writePrepared } from "../src/data/prepared.ts";
import { syntheticDigits } from "../src/data/synthetic.ts";
import { PROTOCOL_VERSION } from "../src/format/protocol_version.ts";
import type { RuntimeName } from "../src/format/trial_record.ts";
import { formatDuration } from "../src/report/numbers.ts";
import { reasonsText } from "../src/report/reason_words.ts";
import { noBoxText } from "../src/report/sandbox_words.ts";
import { median } from "../src/stats/statistics.ts";
import { libraryOf } from "../src/sweep/compile_native.ts";
import { findBox } from "../src/trial/box/find_box.ts";
import { runTrial } from "../src/trial/run_trial.ts";
import { type Confinement, findRuntime, type Runtime } from "../src/trial/runtimes.ts";
import { NEEDS_COMPILER } from "../tests/support/native.ts";
import { PYTHON } from "../tests/support/python.ts";
import { medianRatio } from "./median_ratio.ts";

const EXAMPLES = 200;
interface Case {
  readonly runtime: RuntimeName;
  readonly plugin: string;
  readonly name: string;
  readonly python?: string;
}

const ONE_LAYER = { plugin: "examples/one_layer.ts", name: "one_layer" };
const CASES: readonly Case[] = [
  { runtime: "deno", ...ONE_LAYER },
  { runtime: "bun", ...ONE_LAYER },
  { runtime: "node", ...ONE_LAYER },
  ...(PYTHON === undefined ? [] : [{
    runtime: "deno" as const,
    plugin: "tests/red_team/python/honest.py",
    name: "honest",
    python: PYTHON,
  }]),
  ...(NEEDS_COMPILER.skip ? [] : [
    { runtime: "deno" as const, plugin: "kits/templates/my_gradient.c", name: "my_gradient" },
  ]),
];

interface Times {
  /** The fastest sample of a trial: other programs on this machine only make samples slower. */
  readonly epochNs: number;
  /** Start, loading, set-up and verification: everything but training and samples. */
  readonly restNs: number;
}

const pairs = Number(process.argv[2] ?? 15);
const found = await findBox();
if (!found.available) {
  console.log(noBoxText(found.reason));
  process.exit(2);
}
const { box } = found;
const folder = mkdtempSync(join(tmpdir(), "slope-sandbox-"));
const data = writePrepared(
  folder,
  { train: syntheticDigits(EXAMPLES, 1, "train"), test: syntheticDigits(100, 1, "test") },
  1,
  EXAMPLES,
);
try {
  for (const one of CASES) {
    const runtime = await findRuntime(one.runtime);
    if (!runtime.available) {
      console.log(`${one.plugin}: skipped, there is no ${one.runtime}`);
      continue;
    }
    const file = await libraryOf(fileURLToPath(new URL(`../${one.plugin}`, import.meta.url)));
    const outside: Times[] = [];
    const inside: Times[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      // Each comes first in every second pair.
      const order = pair % 2 === 0 ? [outside, inside] : [inside, outside];
      for (const side of order) {
        const confinement = side === inside ? { box, isStrict: true } : undefined;
        side.push(await timesOf(runtime.runtime, { ...one, plugin: file }, confinement));
      }
    }
    const ratio = (of: keyof Times): string =>
      medianRatio(inside.map((times, n) => times[of] / outside[n][of])) +
      ` of ${formatDuration(median(outside.map((times) => times[of])))}`;
    const extra = median(inside.map(({ restNs }, n) => restNs - outside[n].restNs));
    const where = one.python === undefined ? one.runtime : "python";
    console.log(`${one.plugin} in ${where}: epoch ${ratio("epochNs")}`);
    console.log(
      `  rest of the trial ${ratio("restNs")}, ${formatDuration(Math.abs(extra))} ` +
        `${extra < 0 ? "less" : "more"} at the median`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function timesOf(
  runtime: Runtime,
  { plugin, name, python }: Case,
  confinement: Confinement | undefined,
): Promise<Times> {
  const record = await runTrial({
    runtime,
    round: 1,
    needs: plugin.endsWith(".so") ? ["ffi"] : [],
    timeoutMs: 60_000,
    confinement,
    request: {
      type: "run",
      protocol: PROTOCOL_VERSION,
      cell: {
        implementation: name,
        runtime: python === undefined ? runtime.name : "python",
        examples: EXAMPLES,
        batchSize: 10,
        layerSizes: [784, 10],
        hiddenActivation: "sigmoid",
        outputLoss: "sigmoid-quadratic",
        rate: 1,
        precision: "float64",
        threads: 1,
        seed: 1,
      },
      plugin,
      ...(python !== undefined && { python }),
      data,
      initialisation: "scaled-normal",
      keepWrong: false,
      sampling: { engine: "ordered", budgetNs: 0.5e9, minSamples: 20, minSampleNs: 1e6 },
    },
  });
  if (record?.status !== "ok") throw new Error(reasonsText(record?.reasons ?? []));
  const { samplesNs, epochsPerSample = 1, durations } = record;
  return {
    epochNs: Math.min(...samplesNs) / epochsPerSample,
    restNs: durations!.wallNs! - (durations!.sampleNs ?? 0) - (durations!.trainNs ?? 0),
  };
}
