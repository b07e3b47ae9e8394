/**
 * Micro-benchmarks of single steps, with mitata: gradients of one minibatch, and parts of the WebAssembly kernels. They
 * show where a step's time goes. To choose an implementation, use `deno task bench`, which has trained parameters,
 * shuffled examples and a process for each trial. Run: deno task bench:kernels --help
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { bench, do_not_optimize, group, run, summary } from "mitata";
import { InputError, messageOf } from "../src/base/errors.ts";
import { resolveData } from "../src/data/resolve_data.ts";
import { eventText } from "../src/report/data_words.ts";
import { balancedOrder, takeSubset } from "../src/data/subset.ts";
import { IMPLEMENTATIONS } from "../src/gradients/all.ts";
import type { Kernel, Problem } from "../src/gradients/contract.ts";
import { BLOCK, openWasmParts } from "../src/gradients/wasm/wasm_kernel.ts";
import { initialParameters } from "../src/model/initialise.ts";
import { type Layout, writeParameters } from "../src/model/layout.ts";
import type { Network } from "../src/model/network.ts";
import { epochOrder } from "../src/model/order.ts";

const USAGE = "Usage: deno task bench:kernels [--batch 10,32,1000] [--layers 784,16,16,10] " +
  "[--implementations a,b] [--examples 4000]";

const SEED = 1;
/** So small that a million updates do not affect times. */
const RATE = 1e-12;

interface Options {
  readonly network: Network;
  readonly batchSizes: readonly number[];
  readonly names: readonly string[];
  readonly examples: number;
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) return console.log(USAGE);
  const { network, batchSizes, names, examples } = options;
  const { train, source } = await resolveData({
    environment: process.env,
    announce: (event) => console.error(eventText(event)),
    allowDownload: false,
  });
  const dataset = takeSubset(train, balancedOrder(train.labels, train.classes, SEED), examples);
  console.error(`${source.name} · ${examples} examples · ${network.layerSizes.join("-")}`);
  const problem: Problem = {
    network,
    dataset,
    maxBatchSize: Math.max(...batchSizes),
    threads: 1,
  };
  const order = epochOrder(examples, SEED, 1);
  const start = initialParameters(network, "scaled-normal", SEED);
  const write = (layout: Layout, parameters: Kernel["parameters"]) =>
    writeParameters(start, network, layout, parameters);

  const kernels: [string, Kernel][] = [];
  for (const implementation of IMPLEMENTATIONS.filter(({ name }) => names.includes(name))) {
    const answer = await implementation.probe?.() ?? { available: true };
    if (!answer.available) {
      console.error(`Skipped ${implementation.name}: ${answer.reason}`);
      continue;
    }
    const kernel = await implementation.open(problem);
    write(kernel.layout, kernel.parameters);
    if (kernel.mode === "async") await kernel.push?.();
    kernels.push([implementation.name, kernel]);
  }

  for (const size of batchSizes) {
    const batch = order.subarray(0, size);
    summary(() =>
      group(`gradient of a minibatch of ${size}`, () => {
        for (const [name, kernel] of kernels) {
          if (kernel.mode === "sync") {
            bench(name, () => do_not_optimize(kernel.lossAndGradient(batch)));
          } else {
            bench(name, async () => do_not_optimize(await kernel.lossAndGradient(batch)));
          }
        }
      })
    );
  }
  for (const kind of ["dense", "sparse"] as const) {
    const { functions, memory, shared } = openWasmParts(problem, kind);
    write(shared.layout, new Float32Array(memory.buffer, shared.parameters, shared.layout.length));
    new Uint32Array(memory.buffer, shared.batch, BLOCK).set(order.subarray(0, BLOCK));
    functions.forward(0, BLOCK);
    functions.loss(0, BLOCK, 1 / BLOCK); // fills the buffers that the parts work on
    group(`parts of a step, ${kind} pixels, ${BLOCK} examples at a time`, () => {
      bench("prepare: transpose", () => functions.prepare());
      bench("forward", () => functions.forward(0, BLOCK));
      bench("loss", () => do_not_optimize(functions.loss(0, BLOCK, 1 / BLOCK)));
      bench("backward", () => functions.backward(0, BLOCK));
      bench("update", () => functions.update(RATE));
      bench("descend", () => functions.descend(0, 4 * shared.layout.length, RATE));
    });
  }
  await run({ colors: process.stdout.isTTY === true });
  for (const [, kernel] of kernels) await kernel[Symbol.asyncDispose]();
}

/** The options given; undefined if only --help is. Throws InputError. */
function readOptions(): Options | undefined {
  const values = parsedOptions();
  if (values.help) return undefined;

  const numbers = (flag: string, text: string): number[] =>
    text.split(",").map((part) => {
      const number = Number(part);
      if (Number.isInteger(number) && number > 0) return number;
      throw new InputError(
        `Cannot use --${flag} ${text}: "${part}", expected a positive whole number`,
        `write them with commas, for example --${flag} 10,100`,
      );
    });
  const names = values.implementations.split(",");
  const unknown = names.find((name) => !IMPLEMENTATIONS.some((one) => one.name === name));
  if (unknown !== undefined) {
    throw new InputError(
      `Cannot find implementation "${unknown}"`,
      `known are ${IMPLEMENTATIONS.map(({ name }) => name).join(", ")}`,
    );
  }
  const batchSizes = numbers("batch", values.batch);
  const [examples] = numbers("examples", values.examples);
  if (Math.max(...batchSizes, BLOCK) > examples) {
    throw new InputError(
      `Cannot take minibatches of ${Math.max(...batchSizes, BLOCK)} from ${examples} examples`,
      "choose more --examples, or a smaller --batch",
    );
  }
  return {
    network: {
      layerSizes: numbers("layers", values.layers),
      hiddenActivation: "sigmoid",
      outputLoss: "sigmoid-quadratic",
    },
    batchSizes,
    names,
    examples,
  };
}

function parsedOptions() {
  try {
    return parseArgs({
      options: {
        help: { type: "boolean", default: false },
        batch: { type: "string", default: "10,32,1000" },
        layers: { type: "string", default: "784,16,16,10" },
        implementations: {
          type: "string",
          default: IMPLEMENTATIONS.map(({ name }) => name).join(","),
        },
        examples: { type: "string", default: "4000" },
      },
    }).values;
  } catch (error) {
    throw new InputError(`Cannot use these options: ${messageOf(error)}`, USAGE);
  }
}

try {
  await main();
} catch (error) {
  const hint = error instanceof InputError ? `\n${error.hint}` : "";
  console.error(`error: ${messageOf(error)}${hint}`);
  process.exitCode = error instanceof InputError ? 2 : 1;
}
