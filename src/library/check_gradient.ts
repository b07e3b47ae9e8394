import { verify } from "../check/verify_kernel.ts";
import type { Dataset } from "../data/dataset.ts";
import { examineGradient } from "../diagnose/gradient/examine_gradient.ts";
import { openForExamination } from "../diagnose/gradient/examined_kernel.ts";
import { distance, partsOf, sizeOf } from "../diagnose/gradient/parts.ts";
import { probesOf } from "../diagnose/gradient/probes.ts";
import { isHarmless } from "../diagnose/inside/small_constants.ts";
import { isGradientFinding, titleOf, wordsOf } from "../diagnose/words/finding_words.ts";
import type { Words } from "../diagnose/words/words.ts";
import type { Finding } from "../format/finding.ts";
import type { Verdict, Verification } from "../format/trial_record.ts";
import type { GradientImplementation, Problem } from "../gradients/contract.ts";
import { known } from "../base/known.ts";
import { randomFrom } from "../base/random.ts";
import { initialParameters } from "../model/initialise.ts";
import { eraseBiases } from "../model/layout.ts";
import type { Network } from "../model/network.ts";
import { referenceGradient } from "../model/reference.ts";
import { InputError } from "../base/errors.ts";
import { checkText } from "./check_text.ts";
import { completeNetwork } from "./library_network.ts";
import { longThatDeparts } from "./long_minibatches.ts";
import { implementationOf, type Program } from "./named_program.ts";

/** What to check a gradient at. Absent fields have the defaults of the command line. */
export interface CheckOptions {
  /** Default: 784-16-16-10, sigmoid, quadratic loss; what a plug-in declares to be fixed wins over these defaults. */
  readonly network?: Partial<Network>;
  /** The longest minibatch, in examples; of one beyond 4,096, that many rows are checked. Default: 10. */
  readonly batchSize?: number;
  /** Threads that the program may use. Default: 1. */
  readonly threads?: number;
  /** Seed of parameters, examples and minibatches. Default: 1. */
  readonly seed?: number;
}

/** What `checkGradient` found out. */
export interface GradientCheck {
  /** Name of the program. */
  readonly program: string;
  /**
   * `exact`: bit for bit the oracle's; `reordered`: within the rounding of float64; `lower-precision`: within that of
   * float32, as declared; `small-constant`: right but for an ε of at most 10⁻³ in outputs or logarithms, which training
   * does not notice and `findings` name; `wrong`: anything else.
   */
  readonly verdict: Verdict | "small-constant";
  /**
   * For each layer, the first one first: ‖gradient − oracle‖₂ / ‖oracle‖₂ of its weights and of its biases, the largest
   * over all minibatches. NaN or Infinity where the gradient is not finite. Empty where the program has no gradient that
   * could be read.
   */
  readonly relativeErrorByLayer: readonly {
    readonly layer: number;
    readonly weights: number;
    readonly biases: number;
  }[];
  /** What is wrong, the most important first, as `slope diagnose` says it; `layers` count from 1. Empty if it is right. */
  readonly findings: readonly (Finding & Words & { readonly title: string })[];
  /** All of it in words, in several lines. */
  readonly text: string;
}

/** The least examples that are drawn, and those that are left over for a ragged minibatch after a long one. */
const FEW = 61;

/** The verification asks for at most this many rows of a minibatch. */
const MOST_ROWS = 4096;

/**
 * Checks the gradient that a program computes against the oracle: a float64 reference, itself proved against central
 * differences. Needs no data set and starts no process; a network of the default size takes well below a second.
 *
 * `program` is a function `gradient(weights, biases, images, labels)`, a plug-in of any form, or the exports of a file
 * (`import * as mine from "./mine.ts"`). Shapes: weights[l][out][in], biases[l][out], images[n][pixel] from 0 to 1,
 * labels[n]; it returns [weightGradients, biasGradients] of the mean loss, in the shapes of weights and biases.
 *
 * Throws InputError for what is no program or no network, and passes on what the program throws.
 *
 * @example
 * ```ts
 * import { checkGradient } from "slope-bench";
 * import { gradient } from "./mine.ts";
 *
 * const { verdict, relativeErrorByLayer, findings } = await checkGradient(gradient);
 * ```
 */
export async function checkGradient(
  program: Program,
  options: CheckOptions = {},
): Promise<GradientCheck> {
  const implementation = implementationOf(program);
  const { batchSize = 10, threads = 1, seed = 1 } = options;
  const network = networkOf(implementation, options.network);
  checkSizes({ batchSize, threads, seed });
  const dataset = drawExamples(network, batchSize, seed);
  const problem: Problem = { network, dataset, maxBatchSize: batchSize, threads };
  const initial = initialParameters(network, "scaled-normal", seed);
  const verification = await verifyOpened(implementation, problem, initial, seed);
  // Without a place, the kernel is not what a kernel should be: then there is nothing to read.
  const isReadable = verification.verdict !== "wrong" || verification.worst !== undefined;
  const relativeErrorByLayer = isReadable
    ? await errorsByLayer(implementation, problem, initial, seed)
    : [];
  const found = isReadable ? await examineGradient(implementation, problem, initial, seed) : [];
  const findings = found.filter(isGradientFinding);
  const isNearlyRight = findings.length > 0 && findings.every(isHarmless);
  const { count } = dataset;
  const longest = Math.min(batchSize, count, MOST_ROWS);
  // The last minibatch of an epoch is shorter.
  const departs = isNearlyRight
    ? await longThatDeparts(implementation, problem, initial, [longest, count % batchSize])
    : undefined;
  const verdict = findings.length === 0
    ? verification.verdict
    : isNearlyRight && departs === undefined
    ? "small-constant"
    : "wrong";
  return {
    program: implementation.name,
    verdict,
    relativeErrorByLayer,
    findings: findings.map((one) => ({ ...one, title: titleOf(one), ...wordsOf(one) })),
    text: checkText({
      network,
      verdict,
      verification,
      findings,
      departs,
      relativeErrorByLayer,
    }),
  };
}

/**
 * The same as `checkGradient`, for a test: throws an Error if the gradient is wrong, whose message names the mistake and
 * the layer, says what to change and gives the errors of all layers. Its `check` holds what was found. A small constant
 * that training does not notice passes, such as ε in log(p + ε).
 *
 * @example
 * ```ts
 * import { test } from "node:test"; // or Vitest, Deno.test, bun:test
 * import { assertGradient } from "slope-bench";
 * import { gradient } from "./mine.ts";
 *
 * test("the gradient is right", () => assertGradient(gradient));
 * ```
 */
export function assertGradient(program: Program, options: CheckOptions = {}): Promise<void> {
  // Made here, so that its stack leads to the test.
  const error: Error & { check?: GradientCheck } = new Error();
  if ("captureStackTrace" in Error) Error.captureStackTrace(error, assertGradient);
  return checkGradient(program, options).then((check) => {
    if (check.verdict !== "wrong") return;
    const { stack } = error;
    error.name = "WrongGradient";
    error.message = check.text;
    const frames = (stack ?? "").split("\n").filter((line) => /^\s*at |@/.test(line));
    Object.defineProperty(error, "stack", {
      value: [`${error.name}: ${error.message}`, ...frames].join("\n"),
      configurable: true,
      writable: true,
    });
    // Runners print the fields of an error: they would repeat the message.
    Object.defineProperty(error, "check", { value: check, enumerable: false });
    throw error;
  });
}

function networkOf(
  { name, network: fixed = {} }: GradientImplementation,
  given: Partial<Network> = {},
): Network {
  for (const field of ["layerSizes", "hiddenActivation", "outputLoss"] as const) {
    const [meant, asked] = [fixed[field], given[field]];
    if (meant !== undefined && asked !== undefined && String(meant) !== String(asked)) {
      throw new InputError(
        `Cannot check "${name}" with ${field} ${asked}: it declares ${meant}`,
        `leave ${field} out, or change what the program declares`,
      );
    }
  }
  const { layerSizes, hiddenActivation, outputLoss, convention } = fixed;
  return completeNetwork({
    ...given,
    ...known({ layerSizes, hiddenActivation, outputLoss, convention }),
  });
}

function checkSizes(sizes: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(sizes)) {
    const least = name === "seed" ? 0 : 1;
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new InputError(
      `Cannot check a gradient: ${name} is ${value}, expected a whole number of at least ${least}`,
      `pass another ${name}, or none`,
    );
  }
}

/** Seeded images with as many zeros as digits have, and every label as often as the others. */
function drawExamples({ layerSizes }: Network, batchSize: number, seed: number): Dataset {
  const count = batchSize < FEW ? FEW : Math.min(batchSize, MOST_ROWS) + FEW;
  const [features, classes] = [layerSizes[0], layerSizes[layerSizes.length - 1]];
  const random = randomFrom(seed, "check examples");
  const pixels = Uint8Array.from(
    { length: count * features },
    () => random.uniform() < 0.25 ? random.integer(256) : 0,
  );
  const labels = Uint8Array.from({ length: count }, (_, n) => n % classes);
  return { count, features, classes, pixels, labels };
}

async function verifyOpened(
  implementation: GradientImplementation,
  problem: Problem,
  initial: Float64Array,
  seed: number,
): Promise<Verification> {
  const kernel = await implementation.open(problem);
  try {
    return await verify(kernel, implementation.precision, problem, initial, { seed });
  } finally {
    await kernel[Symbol.asyncDispose]?.();
  }
}

/** The largest relative errors over the minibatches that a diagnosis asks for. */
async function errorsByLayer(
  implementation: GradientImplementation,
  problem: Problem,
  initial: Float64Array,
  seed: number,
): Promise<GradientCheck["relativeErrorByLayer"]> {
  const { network, dataset } = problem;
  const parts = partsOf(network);
  const errors = parts.map(() => 0);
  const kernel = await openForExamination(implementation, problem);
  try {
    for (const { parameters, batch } of probesOf(problem, initial, seed)) {
      if (kernel.withoutBiases) eraseBiases(network, parameters);
      const expected = new Float64Array(parameters.length);
      referenceGradient(network, parameters, dataset, batch, expected);
      if (kernel.withoutBiases) eraseBiases(network, expected);
      const { gradient } = await kernel.ask({ parameters, batch });
      for (const [p, part] of parts.entries()) {
        const far = distance(gradient, expected, part);
        const error = far === 0 ? 0 : far / sizeOf(expected, part);
        if (Number.isNaN(error) || error > errors[p]) errors[p] = error; // NaN stays
      }
    }
  } finally {
    await kernel.close();
  }
  return network.layerSizes.slice(1).map((_, l) => ({
    layer: l + 1,
    weights: errors[2 * l],
    biases: errors[2 * l + 1],
  }));
}
