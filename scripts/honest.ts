/**
 * Runs trials of every implementation of Slope that can run here, over shapes, minibatches, timing engines and
 * seeds, and says which were flagged by the checks that catch cheats. None should be.
 *
 * Run: deno task honest [times = 1] [runtimes = deno]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { writePrepared } from "../src/data/prepared.ts";
import { syntheticDigits } from "../src/data/synthetic.ts";
import { IMPLEMENTATIONS } from "../src/gradients/all.ts";
import { availabilityOf } from "../src/gradients/availability.ts";
import { PROTOCOL_VERSION } from "../src/format/protocol_version.ts";
import { RuntimeName } from "../src/format/trial_record.ts";
import { findRuntime } from "../src/trial/runtimes.ts";
import { runTrial } from "../src/trial/run_trial.ts";
import { reasonsText } from "../src/report/reason_words.ts";

const EXAMPLES = 300;
const ENGINES = ["ordered", "mitata", "tinybench"] as const;
const SHAPES = [
  {
    layerSizes: [784, 16, 16, 10],
    hiddenActivation: "sigmoid",
    outputLoss: "sigmoid-quadratic",
    rate: 3,
  },
  {
    layerSizes: [784, 30, 10],
    hiddenActivation: "relu",
    outputLoss: "softmax-cross-entropy",
    rate: 0.1,
  },
  // At this rate it diverges with some seeds: what cannot be compared must not be flagged either.
  {
    layerSizes: [784, 16, 16, 10],
    hiddenActivation: "relu",
    outputLoss: "sigmoid-quadratic",
    rate: 3,
  },
  {
    layerSizes: [784, 12, 10],
    hiddenActivation: "tanh",
    outputLoss: "softmax-cross-entropy",
    rate: 2,
  },
] as const;

const times = Number(process.argv[2] ?? 1);
const names = RuntimeName.array().parse((process.argv[3] ?? "deno").split(","));
const runtimes = (await Promise.all(names.map((name) => findRuntime(name))))
  .flatMap((found) => found.available ? [found.runtime] : []);
const available = [];
for (const implementation of IMPLEMENTATIONS) {
  if ((await availabilityOf(implementation)).available) available.push(implementation);
}

const folder = mkdtempSync(join(tmpdir(), "slope-honest-"));
const sets = {
  train: syntheticDigits(EXAMPLES, 1, "train"),
  test: syntheticDigits(50, 1, "test"),
};
const data = writePrepared(folder, sets, 1, EXAMPLES);
const count = { trials: 0, flagged: 0, unchecked: 0, steps: 0 };
for (let time = 0; time < times; time++) {
  for (const network of SHAPES) {
    for (const batchSize of [10, 32, EXAMPLES]) {
      for (const { name, precision, needs = [] } of available) {
        for (const runtime of runtimes) {
          if (needs.includes("gpu") && runtime.name !== "deno") continue;
          if (needs.includes("ffi") && runtime.name === "node") continue;
          const record = await runTrial({
            runtime,
            round: 1,
            needs,
            timeoutMs: 120_000,
            request: {
              type: "run",
              protocol: PROTOCOL_VERSION,
              cell: {
                implementation: name,
                runtime: runtime.name,
                examples: EXAMPLES,
                batchSize,
                ...network,
                layerSizes: [...network.layerSizes],
                precision,
                threads: needs.includes("threads") ? 2 : 1,
                seed: 1 + time,
              },
              data,
              initialisation: time % 2 === 0 ? "scaled-normal" : "uniform",
              keepWrong: false,
              training: { epochs: 2 },
              sampling: {
                engine: ENGINES[time % ENGINES.length],
                budgetNs: 5e7,
                minSamples: 2,
                minSampleNs: 1e6,
              },
            },
          });
          count.trials++;
          count.steps += record?.rechecks?.steps ?? 0;
          if (record?.status !== "ok") {
            count.flagged++;
            const { hiddenActivation, outputLoss } = network;
            console.log(
              `flagged: ${name} in ${runtime.name}, B = ${batchSize}, ${hiddenActivation}, ` +
                `${outputLoss}, seed ${1 + time}: ${reasonsText(record?.reasons ?? [])}`,
            );
          } else if (record.rechecks?.steps === 0) {
            count.unchecked++;
          }
        }
      }
    }
  }
}
rmSync(folder, { recursive: true });
console.log(
  `${
    available.map(({ name }) => name).join(", ")
  }: ${count.trials} trials, ${count.flagged} flagged; ` +
    `${count.steps} steps re-checked, none in ${count.unchecked} trials (training diverged)`,
);
process.exitCode = count.flagged === 0 ? 0 : 1;
