import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { object } from "@optique/core/constructs";
import { type Message, message, text } from "@optique/core/message";
import { multiple, optional, withDefault } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { flag, option } from "@optique/core/primitives";
import { choice, integer, string } from "@optique/core/valueparser";
import { InputError, messageOf } from "../base/errors.ts";
import { HIDDEN_ACTIVATIONS, INITIALISATIONS, OUTPUT_LOSSES } from "../model/network.ts";
import { parsePlanFile, presetNamed } from "../sweep/make_plan.ts";
import { PEERS } from "../sweep/peers.ts";
import { ENGINES, type PlanInput } from "../format/plan.ts";
import { PRESETS } from "../sweep/presets.ts";
import { RuntimeName } from "../format/trial_record.ts";
import {
  assignment,
  batchList,
  choiceList,
  duration,
  integerList,
  percentage,
  positiveNumber,
  threadList,
  wordList,
} from "./values.ts";

const RUNTIMES = RuntimeName.options;

export const dataOptions = object("Data", {
  data: optional(option("--data", string({ metavar: "DIR" }), {
    description:
      message`Folder with the four IDX files (default: $SLOPE_DATA, the cache, a download).`,
  })),
  synthetic: withDefault(
    flag("--synthetic", {
      description: message`Draw synthetic digits instead of reading a data set.`,
    }),
    false,
  ),
});
export type DataOptions = InferValue<typeof dataOptions>;

/** `json` says what is printed then; by default it is one JSON document. */
const formatOptionWith = (json: Message) =>
  object({
    format: withDefault(
      option("--format", choice(["text", "json"], { metavar: "FORMAT" }), {
        description: message`What to print on standard output: text (default) or json${json}.`,
      }),
      "text" as const,
    ),
  });
export const formatOption = formatOptionWith(message``);
/** Of commands that examine one implementation after the other. */
export const severalFormatOption = formatOptionWith(
  message`: an object, or an array where several cells are named`,
);
/** Of commands that print as they go. */
export const linesFormatOption = formatOptionWith(message`: a line with an object for each cell`);

export const pageOption = object({
  page: optional(option("--page", string({ metavar: "FILE" }), {
    description: message`Write it as a page in one file, too; its folders are made.`,
  })),
});

export const outOption = object({
  out: withDefault(
    option("--out", string({ metavar: "DIR" }), {
      description: message`Folder in which run folders are made (default: results).`,
    }),
    "results",
  ),
});

/** What is computed, and where: common to bench, verify and train. */
export const modelOptions = object("What to compute", {
  plugins: multiple(option("--plugin", string({ metavar: "FILE" }), {
    description: message`A file with your own implementation; may be repeated.`,
  })),
  sizes: optional(option("--sizes", wordList("SIZES"), {
    description: message`Subset sizes: 1000,2000 or 1k..60k (doubling), all for the whole set.`,
  })),
  batchSizes: optional(option("--batch", batchList(), {
    description: message`Minibatch sizes: 10,100,full (default: 10).`,
  })),
  layerSizes: optional(option("--layers", integerList("SIZES", 1), {
    description: message`Layer sizes from input to output (default: 784,16,16,10 for MNIST).`,
  })),
  hiddenActivation: optional(
    option("--activation", choice(HIDDEN_ACTIVATIONS, { metavar: "NAME" }), {
      description: message`Of the hidden layers: sigmoid (default), tanh or relu.`,
    }),
  ),
  outputLoss: optional(option("--loss", choice(OUTPUT_LOSSES, { metavar: "NAME" }), {
    description: message`sigmoid-quadratic (default) or softmax-cross-entropy.`,
  })),
  initialisation: optional(
    option("--initialisation", choice(INITIALISATIONS, { metavar: "NAME" }), {
      description: message`scaled-normal (default) or uniform.`,
    }),
  ),
  seeds: optional(option("--seed", integerList("N", 0), {
    description: message`Seed of subsets, start and shuffles; several with commas (default: 1).`,
  })),
  threads: optional(option("--threads", threadList(), {
    description:
      message`Thread counts of what can use several: 1,2,all (default: all; of peers: 1).`,
  })),
  timeout: optional(option("--timeout", duration(), {
    description: message`A trial may take this plus five times its predicted time.`,
  })),
});

export const runtimesOption = object({
  runtimePaths: multiple(
    option("--runtime-path", assignment("NAME=PATH", RUNTIMES), {
      description: message`Path of a runtime, or a version to have from npm: node=24.21.0.`,
    }),
  ),
  runtimes: optional(option("--runtimes", choiceList("NAMES", RUNTIMES), {
    description: message`Some of deno,bun,node (default: the one that runs this).`,
  })),
});

export const implementationsOption = object({
  implementations: optional(option("--implementations", wordList("NAMES"), {
    description: message`Which to run, separated by commas (default: all).`,
  })),
});

export const peersOption = object({
  peers: optional(option("--peers", wordList("NAMES"), {
    description: message`Other libraries to run beside them: ${
      text(PEERS.map(({ name }) => name).join(", "))
    } or all (default: none).`,
  })),
});

export const trainingOptions = object("Training", {
  epochs: optional(option("--epochs", integer({ min: 1, metavar: "N" }), {
    description: message`Passes over the subset (default: 3).`,
  })),
  rate: optional(option("--rate", positiveNumber("X"), {
    description: message`Learning rate (default: 3.0).`,
  })),
  preset: optional(option("--preset", string({ metavar: "NAME" }), {
    description: message`Start from a named plan: ${
      text(PRESETS.map(({ name }) => name).join(", "))
    }.`,
  })),
});

export const sweepOptions = object("Sweep", {
  quick: withDefault(
    flag("--quick", {
      description: message`Four implementations, three small sizes, within 15 s.`,
    }),
    false,
  ),
  thorough: withDefault(
    flag("--thorough", { description: message`10 rounds, 10 epochs: as long as it takes.` }),
    false,
  ),
  plan: optional(option("--plan", string({ metavar: "FILE" }), {
    description: message`A plan as JSON; flags win over it.`,
  })),
  rounds: optional(option("--rounds", integer({ min: 1, metavar: "N" }), {
    description: message`Repetitions of every cell (default: 3).`,
  })),
  budget: optional(option("--budget", duration(), {
    description: message`Time for the whole sweep, as 60s or 10m (default: 112s).`,
  })),
  maxSample: optional(option("--max-sample", duration(), {
    description: message`Longest sampling in one trial, as 500ms (default: 1500ms).`,
  })),
  engine: optional(option("--engine", choice(ENGINES, { metavar: "NAME" }), {
    description: message`Timing engine: ordered (default), mitata or tinybench.`,
  })),
  baseline: optional(option("--baseline", string({ metavar: "NAME" }), {
    description: message`What speedups refer to (default: the first implementation).`,
  })),
  nullTwin: optional(option("--null-twin", string({ metavar: "NAME" }), {
    description:
      message`Time a second copy of this implementation, to see how far noise alone goes (default: a fast one).`,
  })),
  resolve: optional(option("--resolve", percentage(), {
    description:
      message`Rounds until all pairs are known to differ by more than this or less, as 2%, or the budget ends.`,
  })),
  keepWrong: withDefault(
    flag("--keep-wrong", {
      description: message`Time an implementation even if its gradient is wrong.`,
    }),
    false,
  ),
});

type PlanOptions =
  & InferValue<typeof modelOptions>
  & InferValue<typeof runtimesOption>
  & Partial<InferValue<typeof implementationsOption>>
  & Partial<InferValue<typeof peersOption>>
  & Partial<InferValue<typeof trainingOptions>>
  & Partial<InferValue<typeof sweepOptions>>;

/** The layers of a plan that the options give: presets, then the plan file, then single flags. */
export function planInputs(options: PlanOptions): PlanInput[] {
  const layers: PlanInput[] = [];
  const presets = [
    options.preset,
    options.quick ? "quick" : undefined,
    options.thorough ? "thorough" : undefined,
  ].filter((name) => name !== undefined);
  if (presets.length > 1) {
    throw new InputError(
      `Cannot start from ${presets.join(" and ")} at once: expected one preset`,
      "choose one of --quick, --thorough and --preset",
    );
  }
  presets.forEach((name) => layers.push(presetNamed(name).input));
  if (options.plan !== undefined) layers.push(readPlan(options.plan));
  layers.push(dropUndefined({
    implementations: options.implementations,
    peers: options.peers,
    plugins: options.plugins.length > 0
      ? options.plugins.map((plugin) => resolve(plugin))
      : undefined,
    runtimes: options.runtimes,
    runtimePaths: options.runtimePaths.length > 0
      ? Object.fromEntries(options.runtimePaths)
      : undefined,
    sizes: options.sizes,
    batchSizes: options.batchSizes,
    layerSizes: options.layerSizes,
    hiddenActivation: options.hiddenActivation,
    outputLoss: options.outputLoss,
    initialisation: options.initialisation,
    seeds: options.seeds,
    threads: options.threads,
    trialTimeoutSeconds: options.timeout,
    epochs: options.epochs,
    rate: options.rate,
    rounds: options.rounds,
    budgetSeconds: options.budget,
    maxSampleSeconds: options.maxSample,
    engine: options.engine,
    baseline: options.baseline,
    nullTwin: options.nullTwin,
    resolve: options.resolve,
    keepWrong: options.keepWrong === true ? true : undefined,
  }));
  return layers;
}

function readPlan(path: string): PlanInput {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new InputError(`Cannot read plan "${path}": ${messageOf(error)}`, "check the path");
  }
  return parsePlanFile(text, path);
}

function dropUndefined(input: { [K in keyof PlanInput]: PlanInput[K] | undefined }): PlanInput {
  return Object.fromEntries(
    Object.entries(input).filter(([, value]) => value !== undefined),
  ) as PlanInput;
}
