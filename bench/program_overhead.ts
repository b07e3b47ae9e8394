/**
 * What the protocol and the audit cost a program in Python: the time of an epoch of the peer numpy_batch as Slope
 * samples it, divided by the time of the same epoch in a script of its own. Two processes live side by side and take
 * samples by turns, so that a busy machine slows both; several such pairs, because a process keeps its luck with
 * memory. Prints the median ratio of neighbouring samples, and the median over pairs of that of the fastest samples,
 * which other programs disturb less.
 *
 * Run: deno run -A bench/program_overhead.ts [pairs = 8] [m = 10000] [B = 10]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { monotonicNs } from "../src/base/clock.ts";
import { randomFrom } from "../src/base/random.ts";
import { makeTemporaryFolder } from "../src/base/temporary_folder.ts";
import { createAudit } from "../src/check/audit.ts";
import { verify } from "../src/check/verify_kernel.ts";
import { readPrepared, writePrepared } from "../src/data/prepared.ts";
import { syntheticDigits } from "../src/data/synthetic.ts";
import type { Message } from "../src/format/protocol.ts";
import { createEpochRunner } from "../src/gradients/epochs.ts";
import { createYardstick } from "../src/machine/yardstick.ts";
import { initialParameters } from "../src/model/initialise.ts";
import { writeParameters } from "../src/model/layout.ts";
import type { Network } from "../src/model/network.ts";
import { formatCount, formatDuration, formatFixed } from "../src/report/numbers.ts";
import { median } from "../src/stats/statistics.ts";
import { PEERS_FOLDER } from "../src/sweep/peers.ts";
import { loadProgram } from "../src/trial/program/load_program.ts";
import { sample } from "../src/trial/sample.ts";
import { PYTHON } from "../tests/support/python.ts";
import { medianRatio } from "./median_ratio.ts";

const [pairs = 8, examples = 10_000, batchSize = 10] = process.argv.slice(2).map(Number);
const SECONDS = 3;
const RATE = 0.5;
const NETWORK: Network = {
  layerSizes: [784, 16, 16, 10],
  hiddenActivation: "sigmoid",
  outputLoss: "sigmoid-quadratic",
};

if (PYTHON === undefined) throw new Error("there is no Python with NumPy here");
Object.assign(process.env, { OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1" });
const folder = await makeTemporaryFolder();
try {
  const sets = {
    train: syntheticDigits(examples, 1, "train"),
    test: syntheticDigits(100, 1, "test"),
  };
  const data = writePrepared(folder.path, sets, 1, examples);
  const all: number[] = [];
  const fastest: number[] = [];
  for (let pair = 1; pair <= pairs; pair++) {
    const { within, outside } = await samplesByTurns(pair, data);
    const ratios = within.map((ns, n) => ns / outside[n]);
    all.push(...ratios);
    fastest.push(Math.min(...within) / Math.min(...outside));
    console.log(
      `pair ${pair}: ${medianRatio(ratios)}, fastest ${formatFixed(fastest.at(-1)!, 3)}; ` +
        `${formatDuration(median(within))} as a plug-in, ${
          formatDuration(median(outside))
        } alone, ` +
        `${formatCount(ratios.length)} samples each`,
    );
  }
  console.log(
    `plug-in / alone at m = ${formatCount(examples)}, B = ${batchSize}: ${medianRatio(all)}, ` +
      `of the fastest ${medianRatio(fastest)}`,
  );
} finally {
  await folder.remove();
}

/** ns of an epoch in neighbouring samples, in the order taken. */
async function samplesByTurns(seed: number, data: ReturnType<typeof writePrepared>) {
  const alone = startAlone(seed, data);
  const [program] = await loadProgram(join(PEERS_FOLDER, "numpy_batch.py"), PYTHON!, {
    folder: mkdtempSync(join(folder.path, "pair-")),
  });
  const { subset: dataset } = readPrepared(data, examples);
  const problem = { network: NETWORK, dataset, maxBatchSize: batchSize, threads: 1 };
  const kernel = await program.open(problem);
  const initial = initialParameters(NETWORK, "scaled-normal", seed);
  writeParameters(initial, NETWORK, kernel.layout, kernel.parameters);
  if (kernel.mode === "async") await kernel.push?.();
  const own = createEpochRunner(kernel, { examples, batchSize, rate: RATE, seed });
  const audit = createAudit({
    kernel,
    precision: program.precision,
    problem,
    runner: own,
    rate: RATE,
    clock: monotonicNs,
    random: randomFrom(seed, "re-checks"),
    foreignFault: () => undefined,
    isRightAgain: async () =>
      (await verify(kernel, program.precision, problem, initial)).verdict !== "wrong",
  });
  let latest = 0;
  let epochs = 1; // in a sample
  const outside: number[] = [];
  const noted = <T>(run: () => T) => (): T => {
    outside.push(latest);
    return run();
  };
  const runner = {
    ...own,
    async shuffle(epoch: number) {
      latest = await alone.sample(epochs); // the last thing before the clock starts, but for the order
      await own.shuffle(epoch);
    },
    epoch: noted(own.epoch),
    repeated(times: number) {
      epochs = times;
      return noted(own.repeated(times));
    },
  };
  const sent: Message[] = [];
  await sample(
    {
      kernel,
      network: NETWORK,
      runner,
      audit,
      clock: monotonicNs,
      yardstick: createYardstick(monotonicNs),
      send: (message) => sent.push(message),
    },
    { epochs: 0 },
    { engine: "ordered", budgetNs: SECONDS * 1e9, minSamples: 10, minSampleNs: 1e6 },
    initial,
    randomFrom(seed, "samples"),
  );
  await kernel[Symbol.asyncDispose]();
  await alone.close();
  if (audit.fault !== undefined) throw new Error(JSON.stringify(audit.fault));
  const told = sent.find((message) => message.type === "samples");
  if (told?.type !== "samples") throw new Error("it took no samples");
  const within = told.samplesNs.map((ns) => ns / epochs);
  return { within, outside: outside.slice(-within.length) };
}

/** A script that has no Slope around it, and runs one epoch whenever it is told. */
function startAlone(seed: number, { trainPixels, trainLabels }: ReturnType<typeof writePrepared>) {
  const asked = {
    layerSizes: NETWORK.layerSizes,
    examples,
    batchSize,
    seed,
    pixels: trainPixels,
    labels: trainLabels,
    rate: RATE,
  };
  const script = fileURLToPath(new URL("program_alone.py", import.meta.url));
  const child = spawn(PYTHON!, ["-B", script, JSON.stringify(asked)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  const answers = lines[Symbol.asyncIterator]();
  return {
    /** ns of an epoch, the mean over so many. */
    async sample(epochs: number): Promise<number> {
      child.stdin.write(`${epochs}\n`);
      return Number((await answers.next()).value);
    },
    async close(): Promise<void> {
      child.stdin.end();
      await once(child, "close");
    },
  };
}
