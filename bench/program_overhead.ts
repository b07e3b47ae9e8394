/**
 * What the protocol and the audit cost a program in Python: the time of an epoch of the peer numpy_batch as Slope
 * measures it, divided by the time of the same epoch in a script of its own. Fresh processes by turns, in random order;
 * the ratio has an interval over the rounds.
 *
 * Run: deno run -A bench/program_overhead.ts [rounds = 10] [m = 10000] [B = 10]
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { CURRENT_RUNTIME } from "../src/base/runtime.ts";
import { makeTemporaryFolder } from "../src/base/temporary_folder.ts";
import { writePrepared } from "../src/data/prepared.ts";
import { syntheticDigits } from "../src/data/synthetic.ts";
import { PROTOCOL_VERSION } from "../src/format/protocol_version.ts";
import { formatCount, formatDuration, formatFixed, formatInterval } from "../src/report/numbers.ts";
import { reasonsText } from "../src/report/reason_words.ts";
import { mean, median, studentQuantile, variance } from "../src/stats/statistics.ts";
import { PEERS_FOLDER } from "../src/sweep/peers.ts";
import { runTrial } from "../src/trial/run_trial.ts";
import { PYTHON } from "../tests/support/python.ts";

const [rounds = 10, examples = 10_000, batchSize = 10] = process.argv.slice(2).map(Number);
const ONE_THREAD = { OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
const SECONDS = 1;
const EPOCHS = 2;
const RATE = 3;
const layerSizes = [784, 16, 16, 10];

if (PYTHON === undefined) throw new Error("there is no Python with NumPy here");
const folder = await makeTemporaryFolder();
try {
  const sets = {
    train: syntheticDigits(examples, 1, "train"),
    test: syntheticDigits(100, 1, "test"),
  };
  const data = await writePrepared(folder.path, sets, 1, examples);
  const ratios: Record<keyof Times, number>[] = [];
  for (let round = 1; round <= rounds; round++) {
    const isAloneFirst = Math.random() < 0.5;
    const early = isAloneFirst ? alone(round, data) : undefined;
    const within = await asPlugin(round, data);
    const outside = early ?? alone(round, data);
    ratios.push({
      median: within.median / outside.median,
      fastest: within.fastest / outside.fastest,
    });
    console.log(
      `round ${round}: ${formatDuration(within.median)} as a plug-in, ` +
        `${formatDuration(outside.median)} alone; fastest ${formatDuration(within.fastest)}, ` +
        formatDuration(outside.fastest),
    );
  }
  for (const what of ["median", "fastest"] as const) {
    const logs = ratios.map((one) => Math.log(one[what]));
    const half = studentQuantile(0.975, rounds - 1) * Math.sqrt(variance(logs) / rounds);
    const [value, low, high] = [0, -half, half].map((by) => Math.exp(mean(logs) + by));
    console.log(
      `${what} epochs, plug-in / alone: ${
        formatInterval({ value, low, high }, (x) => formatFixed(x, 3))
      } ` +
        `at m = ${formatCount(examples)}, B = ${batchSize}`,
    );
  }
} finally {
  await folder.remove();
}

type Data = Awaited<ReturnType<typeof writePrepared>>;

/** ns of an epoch in a script of its own. */
function alone(seed: number, data: Data): Times {
  const asked = {
    layerSizes,
    examples,
    batchSize,
    seed,
    pixels: data.trainPixels,
    labels: data.trainLabels,
    epochs: EPOCHS,
    rate: RATE,
    seconds: SECONDS,
  };
  const script = fileURLToPath(new URL("program_alone.py", import.meta.url));
  const told = execFileSync(PYTHON!, ["-B", script, JSON.stringify(asked)], {
    env: { ...process.env, ...ONE_THREAD },
    encoding: "utf8",
  });
  return timesOf(JSON.parse(told));
}

/** ns of an epoch as Slope times it. */
async function asPlugin(seed: number, data: Data): Promise<Times> {
  const record = await runTrial({
    runtime: { ...CURRENT_RUNTIME, path: process.execPath },
    round: 1,
    needs: [],
    environment: ONE_THREAD,
    timeoutMs: 300_000,
    request: {
      type: "run",
      protocol: PROTOCOL_VERSION,
      cell: {
        implementation: "numpy_batch",
        runtime: "python",
        examples,
        batchSize,
        layerSizes,
        hiddenActivation: "sigmoid",
        outputLoss: "sigmoid-quadratic",
        rate: RATE,
        precision: "float32",
        threads: 1,
        seed,
      },
      plugin: join(PEERS_FOLDER, "numpy_batch.py"),
      python: PYTHON!,
      data,
      initialisation: "scaled-normal",
      keepWrong: false,
      training: { epochs: EPOCHS },
      sampling: { engine: "ordered", budgetNs: SECONDS * 1e9, minSamples: 3, minSampleNs: 1e6 },
    },
  });
  if (record?.status !== "ok") throw new Error(reasonsText(record?.reasons ?? []));
  const { samplesNs, epochsPerSample = 1 } = record;
  return timesOf(samplesNs.map((ns) => ns / epochsPerSample));
}

/** ns of an epoch; the fastest shows a difference also while other programs are running. */
interface Times {
  readonly median: number;
  readonly fastest: number;
}

function timesOf(ns: readonly number[]): Times {
  return { median: median(ns), fastest: Math.min(...ns) };
}
