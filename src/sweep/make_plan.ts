import type { z } from "zod";
import { ownFile } from "../base/own_command.ts";
import { BrokenFile, InputError } from "../base/errors.ts";
import { closestTo } from "../base/closest.ts";
import { checkNetwork } from "../model/network.ts";
import { Plan, PlanInput } from "../format/plan.ts";
import { PLAN_FIELD_NAMES, PLAN_FIELDS } from "../format/plan_fields.ts";
import { sizeRange, type SubsetSize } from "../format/subset_sizes.ts";
import type { RuntimeName } from "../format/trial_record.ts";
import { isPlainName } from "./name_patterns.ts";
import { DEFAULTS } from "./presets.ts";

/** Far more rounds than any budget pays for: with `resolve`, what is measured ends the sweep. */
const MOST_ROUNDS = 1000;
const ROUNDS = 3;

/** What a plan must fit: the data, the programs and the machine at hand. */
interface Surroundings {
  readonly features: number;
  readonly classes: number;
  readonly trainExamples: number;
  readonly implementations: readonly string[];
  readonly runtime: RuntimeName;
  readonly cores: number;
  /** One of the implementations is an MPI job. */
  readonly isRanked?: boolean;
}

/** Reads the text of a plan file: JSON with any of the fields of a plan. `place` is for messages. */
export function parsePlanFile(text: string, place: string): PlanInput {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BrokenFile(
      `Cannot read plan "${place}": ${(error as Error).message}, expected JSON`,
      `${ownFile("docs/FORMAT.md")} shows a plan`,
    );
  }
  return checkedPlan(json, `plan "${place}"`);
}

/** What is given as a plan, if it is one. Throws BrokenFile; `place` is for messages. */
export function checkedPlan(given: unknown, place: string): PlanInput {
  const parsed = PlanInput.safeParse(given);
  if (!parsed.success) {
    throw new BrokenFile(
      `Cannot read ${place}: ${problemOf(parsed.error.issues[0], WORDS)}`,
      `${ownFile("docs/FORMAT.md")} lists the fields of a plan`,
    );
  }
  return parsed.data;
}

/** What a field is called where there is one value: in a cell, and by people. */
export const OTHER_WORDS = [
  ["layerSizes", "layers"],
  ["examples", "sizes"],
  ["learningRate", "rates"],
] as const;

/** Every field by its name, and by its option. */
const WORDS = new Map<string, string>([
  ...PLAN_FIELD_NAMES.flatMap((name) => [[PLAN_FIELDS[name].flag, name], [name, name]] as const),
  ...OTHER_WORDS,
]);

/** What is wrong with fields; for an unknown one the field that was meant: one that is spelt alike, or whose option is. */
export function problemOf(issue: z.core.$ZodIssue, byWord: ReadonlyMap<string, string>): string {
  const near = issue.code === "unrecognized_keys"
    ? closestTo(issue.keys[0], [...byWord.keys()])
    : undefined;
  return `${issue.path.join(".") || "top level"}: ${issue.message}` +
    (near === undefined ? "" : `; did you mean "${byWord.get(near)}"?`);
}

/** Layers of input as one; the later ones win field by field. */
export const mergeInputs = (layers: readonly PlanInput[]): PlanInput =>
  Object.fromEntries(
    layers.flatMap((layer) => Object.entries(layer)).filter(([, value]) => value !== undefined),
  );

/**
 * Throws InputError for fields that contradict each other. What is not given yet is not checked, so that a mistake is
 * reported before any data is loaded.
 */
export function checkInput(input: PlanInput): void {
  const { implementations, baseline, nullTwin, peers = [], sizes, batchSizes = [] } = input;
  const smallest = sizes && Math.min(...sizes.map((size) => sizeRange(String(size)).first));
  for (const batch of batchSizes) {
    if (smallest !== undefined && batch !== "full" && batch > smallest) {
      throw new InputError(
        `Cannot use minibatches of ${batch}: the smallest subset has ${smallest} examples`,
        "choose a smaller --batch, or `full` for the whole subset",
      );
    }
  }
  if (implementations === undefined) return;
  const known = `it is not among the implementations ${implementations.join(", ")}`;
  if (baseline !== undefined && !implementations.includes(baseline)) {
    throw new InputError(
      `Cannot use baseline "${baseline}": ${known}`,
      "add it to --implementations, or name another --baseline",
    );
  }
  if (nullTwin !== undefined && nullTwin !== "auto" && !implementations.includes(nullTwin)) {
    throw new InputError(
      `Cannot make a twin of "${nullTwin}": ${known}`,
      "add it to --implementations, or leave the name out",
    );
  }
  const shared = peers.find((name) => implementations.includes(name));
  if (shared !== undefined) {
    throw new InputError(
      `Cannot run the peer "${shared}": an implementation has the same name`,
      "rename the implementation of the plug-in",
    );
  }
}

/** How many rounds a plan has; with `resolve`, at most. */
export const plannedRounds = ({ rounds, resolve }: PlanInput): number =>
  rounds ?? (resolve === undefined ? ROUNDS : MOST_ROUNDS);

/**
 * Completes a plan with defaults and with what follows from the surroundings.
 * Throws InputError for subsets or a network that the data does not fit.
 */
export function makePlan(given: PlanInput, surroundings: Surroundings): Plan {
  const { features, classes, trainExamples, runtime, cores, isRanked } = surroundings;
  const { implementations } = surroundings;
  const input = { ...DEFAULTS, ...given };
  const layers = uniqueBy(input.layers ?? [[features, 16, 16, classes]], String);
  layers.forEach((layerSizes) => checkNetwork({ layerSizes }, features, classes));
  const counts = (threads: readonly (number | "all")[]) =>
    unique(threads.map((count) => count === "all" ? cores : count));
  const plan = Plan.parse({
    ...input,
    rounds: plannedRounds(given),
    threads: counts(input.threads ?? ["all"]),
    peerThreads: counts(input.peerThreads ?? input.threads ?? [1]),
    ...((isRanked || input.ranks) && { ranks: counts(input.ranks ?? [1, "all"]) }),
    implementations: unique(implementations),
    runtimes: unique(input.runtimes ?? [runtime]),
    seeds: unique(input.seeds ?? []),
    batchSizes: unique(input.batchSizes ?? []),
    sizes: expandSizes(input.sizes ?? [], trainExamples),
    layers,
    hiddenActivations: unique(input.hiddenActivations ?? []),
    outputLosses: unique(input.outputLosses ?? []),
    rates: unique(input.rates ?? []),
    baseline: input.baseline ?? implementations[0],
    timeSoftware: input.timeSoftware ?? given.implementations?.some(isPlainName) ?? false,
  });
  checkInput(plan);
  return plan;
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
const uniqueBy = <T>(values: readonly T[], keyOf: (value: T) => string): T[] => [
  ...new Map(values.map((value) => [keyOf(value), value])).values(),
];

/** Every m in ascending order; a range multiplies m from its first until its last, which is the end. */
export function expandSizes(sizes: readonly SubsetSize[], trainExamples: number): number[] {
  const expanded = sizes.flatMap((size) => {
    const range = sizeRange(String(size));
    const [first, last] = [range.first, range.last].map((end) =>
      end === Infinity ? trainExamples : end
    );
    const tooLarge = [first, last].find((end) => end > trainExamples);
    if (tooLarge !== undefined) {
      throw new InputError(
        `Cannot use m = ${tooLarge}: the training set has ${trainExamples} examples`,
        `choose --sizes up to ${trainExamples}, or "all" for the whole set`,
      );
    }
    const multiplied: number[] = [];
    for (let m = first; m < last; m *= range.factor) multiplied.push(m);
    return [...multiplied, last];
  });
  return unique(expanded).sort((a, b) => a - b);
}
