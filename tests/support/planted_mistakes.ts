import { examineGradient } from "../../src/diagnose/gradient/examine_gradient.ts";
import type { GradientImplementation, Problem } from "../../src/gradients/contract.ts";
import { initialParameters } from "../../src/model/initialise.ts";
import { randomFrom } from "../../src/base/random.ts";
import {
  HIDDEN_ACTIVATIONS,
  INITIALISATIONS,
  type Network,
  OUTPUT_LOSSES,
} from "../../src/model/network.ts";
import type { Finding } from "../../src/format/finding.ts";
import { examined, randomRows } from "./examined.ts";
import { mistaken, type Switches } from "./mistaken.ts";

/** Examines a textbook network with these mistakes: "sign-reversed 1,2,3" for each finding, in order. */
export async function named(switches: Switches, problem: Problem, seed = 1): Promise<string[]> {
  const findings = await examined(mistaken(switches), problem, seed);
  return findings.map((one) =>
    [one.id, one.layers.join(), "factor" in one ? one.factor : ""].filter((part) => part !== "")
      .join(" ")
  );
}

/** Switches and the findings that they must give, for a network of `top` layers: single mistakes, then pairs. */
export function plantedMistakes(top: number): [Switches, ...string[]][] {
  const every = Array.from({ length: top }, (_, l) => l + 1);
  const hidden = every.slice(0, -1);
  const upper = every.slice(1);
  return [
    [{}],
    [{ times: { all: -1 } }, `sign-reversed ${every}`],
    [{ times: { w2: -1, b2: -1 } }, "sign-reversed 2"],
    [{ times: { b1: -1 } }, "sign-reversed 1"],
    [{ times: { all: 3 } }, `scale ${every} 3`],
    [{ times: { all: 0.37 } }, `scale ${every} 0.37`],
    [{ times: { w1: 0.5 } }, "scale 1 0.5"],
    [{ times: { all: 0 } }, `scale ${every} 0`],
    [{ average: "sum" }, `scale ${every} 10`],
    [{ average: "twice" }, `scale ${every} 0.1`],
    [{ average: "by longest" }, `scale ${every} 1`],
    [{ stale: every }, `stale-activations ${every}`],
    [{ stale: upper }, `stale-activations ${upper}`],
    [{ stale: [3] }, "stale-activations 3"],
    [{ noOutputSlope: true }, `missing-output-derivative ${top}`],
    [{ noHiddenSlope: [1] }, "missing-hidden-derivative 1"],
    [{ noHiddenSlope: [2] }, "missing-hidden-derivative 2"],
    [{ noHiddenSlope: hidden }, `missing-hidden-derivative ${hidden}`],
    [{ slopeOfA: [1] }, "derivative-of-activation 1"],
    [{ slopeOfA: every }, `derivative-of-activation ${every}`],
    [{ slopeOfA: [top] }, `derivative-of-activation ${top}`],
    [{ untransposed: [2] }, "untransposed-backprop 2"],
    [{ untransposed: [3] }, "untransposed-backprop 3"],
    [{ untransposed: upper }, `untransposed-backprop ${upper}`],
    [{ activationsFrom: { 3: -1 } }, "activation-layer-shift 3"],
    [{ activationsFrom: { 2: 1 } }, "activation-layer-shift 2"],
    [{ times: { b2: 0 } }, "bias-missing 2"],
    [{ times: Object.fromEntries(every.map((l) => [`b${l}`, 0])) }, `bias-missing ${every}`],
    [{ unwrittenBiases: [1] }, "bias-missing 1"],
    [{ biasesFrom: { 2: -1 } }, "bias-layer-shift 2"],
    [{ biasesFrom: { 1: 1 } }, "bias-layer-shift 1"],
    [{ keepsSums: true }, "accumulated"],
    [{ addsToArray: true }, "accumulated"],
    [{ skips: "last" }, "examples-skipped"],
    [{ skips: "first" }, "examples-skipped"],
    [{ skips: "ragged" }, "examples-skipped"],
    [{ skips: "short" }, "examples-skipped"],
    [{ labelsBy: 1 }, "labels-shifted"],
    [{ labelsBy: -1 }, "labels-shifted"],
    [{ pixels: (byte) => byte }, "pixel-scale"],
    [{ pixels: (byte) => byte / 255 / 255 }, "pixel-scale"],
    [{ deltaOf: "softmax cross-entropy" }, `other-loss ${top}`],
    [{ lossTimes: 2 }, `loss-mismatch ${top}`],
    [{ updates: 0.1 }, `parameters-changed ${every}`],
    [{ noise: 0.01 }, "non-deterministic"],
    [{ unguarded: true }, `overflow ${every}`],
    // In pairs.
    [{ times: { all: -1 }, average: "sum" }, `sign-reversed ${every}`, `scale ${every} 10`],
    [{ stale: every, times: { all: -1 } }, `sign-reversed ${every}`, `stale-activations ${every}`],
    [{ stale: every, average: "sum" }, `stale-activations ${every}`, `scale ${every} 10`],
    [
      { noOutputSlope: true, noHiddenSlope: [1] },
      `missing-output-derivative ${top}`,
      "missing-hidden-derivative 1",
    ],
    [{ slopeOfA: [2], untransposed: [3] }, "untransposed-backprop 3", "derivative-of-activation 2"],
    [
      { activationsFrom: { 3: -1 }, biasesFrom: { 2: -1 } },
      "activation-layer-shift 3",
      "bias-layer-shift 2",
    ],
    [{ labelsBy: 1, times: { b2: 0 } }, "labels-shifted", "bias-missing 2"],
    [{ pixels: (byte) => byte, average: "sum" }, "pixel-scale", `scale ${every} 10`],
    [{ addsToArray: true, noOutputSlope: true }, "accumulated", `missing-output-derivative ${top}`],
    [{ keepsSums: true, stale: every }, "accumulated", `stale-activations ${every}`],
    [{ updates: 0.1, times: { all: -1 } }, `parameters-changed ${every}`, `sign-reversed ${every}`],
    [{ skips: "last", noHiddenSlope: [2] }, "missing-hidden-derivative 2", "examples-skipped"],
    [{ untransposed: [2], labelsBy: -1 }, "untransposed-backprop 2", "labels-shifted"],
    [{ pixels: (byte) => byte, labelsBy: 1 }, "pixel-scale", "labels-shifted"],
  ];
}

/** A random network of at most five layers, data and a start for it. */
function honestProblem(seed: number, fixed: Partial<Network>, threads: number) {
  const random = randomFrom(seed, "honest problem");
  const size = (least: number, most: number) => least + random.integer(most - least + 1);
  const among = <T>(choices: readonly T[]): T => choices[random.integer(choices.length)];
  const [features, classes] = [size(4, 40), size(2, 10)];
  const hidden = Array.from({ length: random.integer(5) }, () => size(1, 12));
  const network: Network = {
    layerSizes: [features, ...hidden, classes],
    hiddenActivation: among(HIDDEN_ACTIVATIONS),
    outputLoss: among(OUTPUT_LOSSES),
    ...fixed,
  };
  const filled = among([0.05, 0.2, 0.4, 0.9]);
  return {
    problem: {
      network,
      dataset: randomRows(seed, features, classes, { filled, stream: "noise" }),
      maxBatchSize: size(1, 60),
      threads,
    },
    initial: initialParameters(network, among(INITIALISATIONS), seed),
  };
}

/** An accusation of a right program, with the problem in which it was made. */
export type Accusation = Finding & { readonly seed: number; readonly network: Network };

/**
 * What the examination says of an implementation, which is right, on random networks and data of so many seeds.
 * `fixed`: the only activation or loss that it computes.
 */
export async function accusations(
  implementation: GradientImplementation,
  seeds: number,
  { first = 1, fixed = {} }: { first?: number; fixed?: Partial<Network> } = {},
): Promise<Accusation[]> {
  const threads = implementation.needs?.includes("threads") ? 2 : 1;
  const all: Accusation[] = [];
  for (let seed = first; seed < first + seeds; seed++) {
    const { problem, initial } = honestProblem(seed, fixed, threads);
    const findings = await examineGradient(implementation, problem, initial, seed);
    all.push(...findings.map((one) => ({ ...one, seed, network: problem.network })));
  }
  return all;
}
