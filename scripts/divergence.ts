/**
 * How far implementations that share start, shuffles and update stay together, and how they end: the
 * figures and the plot of docs/METHODOLOGY.md. Trains every implementation on the whole set over several
 * seeds, in this process, and times nothing. Takes some minutes.
 *
 * Run: SLOPE_DATA=… deno task divergence
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { resolveData, type ResolvedData } from "../src/data/resolve_data.ts";
import { eventText } from "../src/report/data_words.ts";
import { balancedOrder, takeSubset } from "../src/data/subset.ts";
import { IMPLEMENTATIONS } from "../src/gradients/all.ts";
import { availabilityOf } from "../src/gradients/availability.ts";
import type { GradientImplementation } from "../src/gradients/contract.ts";
import { createEvaluator } from "../src/model/evaluate.ts";
import { initialParameters } from "../src/model/initialise.ts";
import { readParameters, writeParameters } from "../src/model/layout.ts";
import type { Network } from "../src/model/network.ts";
import { epochOrder, minibatches } from "../src/model/order.ts";
import { descend } from "../src/model/sgd.ts";
import { divergencePlot } from "./divergence_plot.ts";
import { splice } from "./splice.ts";

const RECIPE = { examples: 60_000, batchSize: 10, rate: 3, epochs: 10, seeds: [1, 2, 3] };
const REFERENCE = "naive_loop";
/** Steps after which differences are stated in the table. */
const MARKS = [1, 10, 200, 1000, 5000, 20_000, 60_000];

interface Training {
  readonly implementation: string;
  readonly seed: number;
  /** (epochs · steps per epoch) */
  readonly stepLosses: Float64Array;
  /** (epochs) */
  readonly accuracies: readonly number[];
}

async function train(
  implementation: GradientImplementation,
  data: ResolvedData,
  seed: number,
): Promise<Training> {
  const { train: all, test } = data;
  const { examples, batchSize, rate, epochs } = RECIPE;
  const network: Network = {
    layerSizes: [all.features, 16, 16, all.classes],
    hiddenActivation: "sigmoid",
    outputLoss: "sigmoid-quadratic",
  };
  const dataset = takeSubset(all, balancedOrder(all.labels, all.classes, seed), examples);
  const kernel = await implementation.open({
    network,
    dataset,
    maxBatchSize: batchSize,
    threads: 1,
  });
  writeParameters(
    initialParameters(network, "scaled-normal", seed),
    network,
    kernel.layout,
    kernel.parameters,
  );
  const evaluate = createEvaluator(network, test);
  const stepLosses = new Float64Array(epochs * Math.ceil(examples / batchSize));
  const accuracies: number[] = [];
  let step = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (const batch of minibatches(epochOrder(examples, seed, epoch), batchSize)) {
      stepLosses[step++] = await kernel.lossAndGradient(batch);
      descend(kernel.parameters, kernel.gradient, rate);
    }
    accuracies.push(
      evaluate(readParameters(kernel.parameters, kernel.layout, network)).accuracy,
    );
  }
  await kernel[Symbol.asyncDispose]();
  console.error(`${implementation.name} seed ${seed}: ${percent(accuracies[epochs - 1])}`);
  return { implementation: implementation.name, seed, stepLosses, accuracies };
}

/** Greatest relative difference of step losses from the reference's, up to each step. */
function runningDifference(training: Training, reference: Training): Float64Array {
  let greatest = 0;
  return training.stepLosses.map((loss, step) => {
    const expected = reference.stepLosses[step];
    greatest = Math.max(greatest, Math.abs(loss - expected) / Math.abs(expected));
    return greatest;
  });
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function differenceTable(
  others: readonly string[],
  differences: Map<string, Float64Array>,
): string {
  return [
    `| steps | ${others.join(" | ")} |`,
    `|---:|${others.map(() => "---:").join("|")}|`,
    ...MARKS.map((step) =>
      `| ${step.toLocaleString("en")} | ${
        others.map((name) => differences.get(name)![step - 1].toExponential(1)).join(" | ")
      } |`
    ),
  ].join("\n");
}

function accuracyTable(trainings: readonly Training[]): string {
  const names = [...new Set(trainings.map(({ implementation }) => implementation))];
  const finals = (name: string) =>
    trainings.filter((one) => one.implementation === name).map(({ accuracies }) =>
      accuracies.at(-1)!
    );
  return [
    `| implementation | ${RECIPE.seeds.map((seed) => `seed ${seed}`).join(" | ")} | mean |`,
    `|---|${RECIPE.seeds.map(() => "---:").join("|")}|---:|`,
    ...names.map((name) =>
      `| ${name} | ${finals(name).map(percent).join(" | ")} | ${percent(mean(finals(name)))} |`
    ),
  ].join("\n");
}

const data = await resolveData({
  environment: process.env,
  announce: (event) => console.error(eventText(event)),
});
// A device in software would take hours, and differ from a GPU anyway.
const runnable: GradientImplementation[] = [];
for (const implementation of IMPLEMENTATIONS) {
  const answer = await availabilityOf(implementation);
  const isAlone = !implementation.needs?.includes("ranks");
  if (isAlone && answer.available && !answer.software) runnable.push(implementation);
  else console.error(`left out: ${implementation.name}`);
}
const trainings: Training[] = [];
for (const seed of RECIPE.seeds) {
  for (const implementation of runnable) {
    trainings.push(await train(implementation, data, seed));
  }
}
const first = trainings.filter(({ seed }) => seed === RECIPE.seeds[0]);
const reference = first.find(({ implementation }) => implementation === REFERENCE)!;
const others = first.filter((training) => training !== reference);
const differences = new Map(
  others.map((training) => [training.implementation, runningDifference(training, reference)]),
);

const docs = (path: string) => fileURLToPath(new URL(`../docs/${path}`, import.meta.url));
writeFileSync(docs("divergence.svg"), divergencePlot(REFERENCE, differences));
const page = docs("METHODOLOGY.md");
const named = others.map(({ implementation }) => implementation);
const spliced = splice(
  splice(readFileSync(page, "utf8"), "divergence", differenceTable(named, differences)),
  "accuracies",
  accuracyTable(trainings),
);
writeFileSync(page, spliced);
