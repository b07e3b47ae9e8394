import { closestTo } from "../base/closest.ts";
import { BrokenFile, InputError } from "../base/errors.ts";
import { checkNetwork } from "../model/network.ts";
import type { RuntimeName } from "../format/trial_record.ts";
import { Plan, PlanInput } from "../format/plan.ts";
import { DEFAULTS, type Preset, PRESETS } from "./presets.ts";

/** An input laid over the defaults: only what follows from the surroundings may still be absent. */
type FilledInput =
  & { [K in keyof typeof DEFAULTS]: NonNullable<PlanInput[K]> }
  & Pick<
    PlanInput,
    "layerSizes" | "runtimes" | "baseline" | "threads" | "peerThreads" | "nullTwin" | "resolve"
  >;

/** Of a sweep that ends when its pairs are resolved. Far more than any budget in practice pays for. */
const MOST_ROUNDS = 1000;

/** What a plan must fit: the data and the runtime at hand. */
export interface Surroundings {
  readonly features: number;
  readonly classes: number;
  readonly trainCount: number;
  readonly runtime: RuntimeName;
  readonly cores: number;
}

/** Looks a preset up by name. Throws InputError for an unknown one. */
export function presetNamed(name: string): Preset {
  const preset = PRESETS.find((one) => one.name === name);
  if (preset) return preset;
  const known = PRESETS.map((one) => one.name);
  const near = closestTo(name, known);
  throw new InputError(
    `Cannot find preset "${name}"${near ? `: did you mean "${near}"?` : ""}`,
    `known are ${known.join(", ")}`,
  );
}

/** Reads the text of a plan file: JSON with any of the fields of a plan. `place` is for messages. */
export function parsePlanFile(text: string, place: string): PlanInput {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BrokenFile(
      `Cannot read plan "${place}": ${(error as Error).message}, expected JSON`,
      "docs/FORMAT.md shows a plan",
    );
  }
  const parsed = PlanInput.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new BrokenFile(
      `Cannot read plan "${place}": ${issue.path.join(".") || "top level"}: ${issue.message}`,
      "docs/FORMAT.md lists the fields of a plan",
    );
  }
  return parsed.data;
}

/**
 * A complete plan from layers of input, the later ones winning field by field, over the defaults.
 * Throws InputError for a size or a network that the data does not fit.
 */
export function makePlan(layers: readonly PlanInput[], surroundings: Surroundings): Plan {
  const { features, classes, trainCount, runtime, cores } = surroundings;
  const given = Object.assign({}, ...layers.map(withoutUndefined)) as PlanInput;
  const input = { ...DEFAULTS, ...given } as FilledInput;
  const implementations = input.implementations;
  const sizes = expandSizes(input.sizes, trainCount);
  const layerSizes = input.layerSizes ?? [features, 16, 16, classes];
  checkNetwork({ ...input, layerSizes }, features, classes);
  for (const batch of input.batchSizes) {
    if (batch !== "full" && batch > sizes[0]) {
      throw new InputError(
        `Cannot use minibatches of ${batch}: the smallest subset has ${sizes[0]} examples`,
        "choose a smaller --batch, or `full` for the whole subset",
      );
    }
  }
  const baseline = input.baseline ?? implementations[0];
  if (!implementations.includes(baseline)) {
    throw new InputError(
      `Cannot use baseline "${baseline}": it is not among the implementations ${
        implementations.join(", ")
      }`,
      "add it to --implementations, or name another --baseline",
    );
  }
  const { nullTwin } = input;
  if (nullTwin !== undefined && !implementations.includes(nullTwin)) {
    throw new InputError(
      `Cannot make a twin of "${nullTwin}": it is not among the implementations ${
        implementations.join(", ")
      }`,
      "add it to --implementations, or leave the name out",
    );
  }
  const counts = (given: readonly (number | "all")[]): number[] => [
    ...new Set(given.map((count) => count === "all" ? cores : count)),
  ];
  const shared = input.peers.find((name) => implementations.includes(name));
  if (shared !== undefined) {
    throw new InputError(
      `Cannot run the peer "${shared}": an implementation has the same name`,
      "rename the implementation of the plug-in",
    );
  }
  // With an end that depends on what is measured, the number of rounds is but a limit.
  const rounds = given.rounds ?? (input.resolve === undefined ? input.rounds : MOST_ROUNDS);
  return Plan.parse({
    ...input,
    rounds,
    threads: counts(input.threads ?? ["all"]),
    peerThreads: counts(input.peerThreads ?? input.threads ?? [1]),
    implementations: [...new Set(implementations)],
    runtimes: [...new Set(input.runtimes ?? [runtime])],
    seeds: [...new Set(input.seeds)],
    batchSizes: [...new Set(input.batchSizes)],
    sizes,
    layerSizes,
    baseline,
  });
}

/** "1k" → 1000, "2.5k" → 2500, "all" → trainCount. Throws InputError for anything else. */
function parseSize(text: number | string, trainCount: number): number {
  if (text === "all") return trainCount;
  const match = /^(\d+(?:\.\d+)?)(k?)$/i.exec(String(text).trim());
  const size = match ? Number(match[1]) * (match[2] === "" ? 1 : 1000) : NaN;
  if (!Number.isInteger(size) || size < 1) {
    throw new InputError(
      `Cannot use size "${text}": expected a whole number of examples from 1 to ${trainCount}`,
      'write sizes as 1000,2000,4000 or 1k..60k, "all" for the whole set',
    );
  }
  if (size > trainCount) {
    throw new InputError(
      `Cannot use size ${size}: the training set has ${trainCount} examples`,
      `choose --sizes up to ${trainCount}, or "all" for the whole set`,
    );
  }
  return size;
}

/** Sizes in ascending order, ranges "a..b" expanded by doubling from a, with b itself at the end. */
export function expandSizes(sizes: readonly (number | string)[], trainCount: number): number[] {
  const expanded = sizes.flatMap((size) => {
    const ends = typeof size === "string" ? size.split("..") : [size];
    if (ends.length === 1) return [parseSize(size, trainCount)];
    const [first, last] = ends.map((end) => parseSize(end, trainCount));
    if (ends.length > 2 || last < first) {
      throw new InputError(
        `Cannot use sizes "${size}": expected SMALLEST..LARGEST`,
        "for example 1k..60k",
      );
    }
    const range: number[] = [];
    for (let m = first; m < last; m *= 2) range.push(m);
    return [...range, last];
  });
  return [...new Set(expanded)].sort((a, b) => a - b);
}

function withoutUndefined(input: PlanInput): PlanInput {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}
