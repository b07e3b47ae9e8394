/**
 * Runs trials of every implementation of Slope that can run here, over shapes, minibatches, timing engines and
 * seeds, and says which were flagged by the checks that catch cheats. None should be. The same for honest plug-ins of
 * every kind, in this runtime.
 *
 * Run: deno task honest [times = 1] [runtimes = deno] [plugins]
 * With "plugins", only these.
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
import { HONEST } from "../tests/support/cheats.ts";
import { PROJECT } from "../tests/support/cli.ts";
import { trialOfPlugin } from "../tests/support/contestants.ts";

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
  // Its process is started by mpiexec.
  if (implementation.needs?.includes("ranks")) continue;
  if ((await availabilityOf(implementation)).available) available.push(implementation);
}

const folder = mkdtempSync(join(tmpdir(), "slope-honest-"));
const sets = {
  train: syntheticDigits(EXAMPLES, 1, "train"),
  test: syntheticDigits(50, 1, "test"),
};
const data = writePrepared(folder, sets, 1, EXAMPLES);
const count = { trials: 0, flagged: 0, unchecked: 0, steps: 0 };
const isPluginsOnly = process.argv[4] === "plugins";
for (let time = 0; time < (isPluginsOnly ? 0 : times); time++) {
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
if (!isPluginsOnly) tell(available.map(({ name }) => name), count);

const ofPlugins = { trials: 0, flagged: 0, unchecked: 0, steps: 0 };
for (let time = 0; time < times; time++) {
  for (const file of HONEST) {
    for (const batchSize of [10, 32, 200]) {
      const record = await trialOfPlugin(join(PROJECT, file), {
        // The cells differ in more than their seed, as those of the implementations do.
        cell: { batchSize, seed: 1 + time, rate: [1, 3][time % 2] },
      });
      ofPlugins.trials++;
      ofPlugins.steps += record.rechecks?.steps ?? 0;
      if (record.status !== "ok") {
        ofPlugins.flagged++;
        const why = reasonsText(record.reasons ?? []);
        console.log(`flagged: ${file}, B = ${batchSize}, seed ${1 + time}: ${why}`);
      } else if (record.rechecks?.steps === 0) {
        ofPlugins.unchecked++;
      }
    }
  }
}
tell(HONEST, ofPlugins);
process.exitCode = count.flagged + ofPlugins.flagged === 0 ? 0 : 1;

function tell(names: readonly string[], { trials, flagged, unchecked, steps }: typeof count): void {
  console.log(
    `${names.join(", ")}: ${trials} trials, ${flagged} flagged; ` +
      `${steps} steps re-checked, none in ${unchecked} trials (training diverged)`,
  );
}
