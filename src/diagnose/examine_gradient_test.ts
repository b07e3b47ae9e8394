import assert from "node:assert/strict";
import test from "node:test";
import { mistaken, type Switches } from "../../tests/support/mistaken.ts";
import { randomFrom } from "../base/random.ts";
import type { Dataset } from "../data/dataset.ts";
import { syntheticDigits } from "../data/synthetic.ts";
import { IMPLEMENTATIONS } from "../gradients/all.ts";
import { availabilityOf } from "../gradients/availability.ts";
import { fromShortForm } from "../gradients/short_form.ts";
import type { Problem } from "../gradients/contract.ts";
import { initialParameters } from "../model/initialise.ts";
import { HIDDEN_ACTIVATIONS, type Network, OUTPUT_LOSSES } from "../model/network.ts";
import { examineGradient } from "./examine_gradient.ts";

const dataset = syntheticDigits(200, 1, "train");

function problemOf(layerSizes: number[], network: Partial<Network> = {}): Problem {
  return {
    network: {
      layerSizes,
      hiddenActivation: "sigmoid",
      outputLoss: "sigmoid-quadratic",
      ...network,
    },
    dataset,
    maxBatchSize: 10,
    threads: 1,
  };
}

/** "sign-reversed 1,2,3" for each finding, in order. */
async function named(switches: Switches, problem: Problem, seed = 1): Promise<string[]> {
  const initial = initialParameters(problem.network, "scaled-normal", seed);
  const findings = await examineGradient(fromShortForm(mistaken(switches)), problem, initial, seed);
  return findings.map(({ id, layers, factor }) =>
    [id, layers.join(), factor].filter((part) => part !== undefined && part !== "").join(" ")
  );
}

/** Switches and the findings that they must give; the network has `top` layers. */
function planted(top: number): [Switches, ...string[]][] {
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
    [{ deltaOf: "softmax cross-entropy" }, `loss-mismatch ${top}`],
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
    [{ pixels: (byte) => byte, labelsBy: 1 }, "labels-shifted", "pixel-scale"],
  ];
}

for (const layerSizes of [[784, 16, 16, 10], [784, 14, 14, 12, 10]]) {
  const problem = problemOf(layerSizes);
  for (const [switches, ...expected] of planted(layerSizes.length - 1)) {
    const told = JSON.stringify(switches) + (switches.pixels ?? "");
    test(`${layerSizes.join("-")} ${told}: ${expected.join(" + ") || "nothing"}`, async () => {
      assert.deepEqual(await named(switches, problem), expected);
    });
  }
}

const OTHER_FORMULAS: [Switches, ...string[]][] = [
  [{}],
  [{ times: { all: -1 } }, "sign-reversed 1,2,3"],
  [{ stale: [1, 2, 3] }, "stale-activations 1,2,3"],
  [{ noHiddenSlope: [2] }, "missing-hidden-derivative 2"],
  [{ untransposed: [3] }, "untransposed-backprop 3"],
  [{ deltaOf: "sigmoid quadratic" }, "loss-mismatch 3"],
  [{ unguarded: true }, "overflow 1,2,3"],
  [{ average: "sum", biasesFrom: { 2: -1 } }, "bias-layer-shift 2", "scale 1,2,3 10"],
];

for (const hiddenActivation of ["tanh", "relu"] as const) {
  const problem = problemOf([784, 16, 16, 10], {
    hiddenActivation,
    outputLoss: "softmax-cross-entropy",
  });
  for (const [switches, ...expected] of OTHER_FORMULAS) {
    const told = JSON.stringify(switches);
    test(`${hiddenActivation}, softmax ${told}: ${expected.join(" + ") || "nothing"}`, async () => {
      assert.deepEqual(await named(switches, problem), expected);
    });
  }
}

test("σ′(a) for σ′(z) is found with tanh too; relu has it by definition", async () => {
  const of = (hiddenActivation: Network["hiddenActivation"]) =>
    named({ slopeOfA: [1] }, problemOf([784, 16, 16, 10], { hiddenActivation }));
  assert.deepEqual(await of("tanh"), ["derivative-of-activation 1"]);
  assert.deepEqual(await of("relu"), []);
});

/** Random rows of 30 pixels and five labels. */
function noise(seed: number): Dataset {
  const random = randomFrom(seed, "noise");
  const [count, features, classes] = [60, 30, 5];
  return {
    count,
    features,
    classes,
    pixels: Uint8Array.from(
      { length: count * features },
      () => random.uniform() < 0.4 ? random.integer(256) : 0,
    ),
    labels: Uint8Array.from({ length: count }, () => random.integer(classes)),
  };
}

for (const implementation of IMPLEMENTATIONS) {
  const { name, needs = [] } = implementation;
  const availability = await availabilityOf(implementation);
  test(`${name} is accused of nothing in 50 seeds`, {
    ...(!availability.available && { skip: availability.reason }),
  }, async () => {
    for (let seed = 1; seed <= 50; seed++) {
      const network: Network = {
        layerSizes: seed % 3 === 0 ? [30, 5] : seed % 3 === 1 ? [30, 8, 8, 5] : [30, 7, 9, 6, 5],
        hiddenActivation: HIDDEN_ACTIVATIONS[seed % HIDDEN_ACTIVATIONS.length],
        outputLoss: OUTPUT_LOSSES[seed % OUTPUT_LOSSES.length],
      };
      const problem = {
        network,
        dataset: noise(seed),
        maxBatchSize: 1 + seed,
        threads: needs.includes("threads") ? 2 : 1,
      };
      const initialisation = seed % 2 === 0 ? "uniform" : "scaled-normal";
      const initial = initialParameters(network, initialisation, seed);
      assert.deepEqual(await examineGradient(implementation, problem, initial, seed), []);
    }
  });
}

test("numbers that are none everywhere are told, and not taken for chance", async () => {
  const problem = problemOf([784, 16, 16, 10]);
  assert.deepEqual(await named({ times: { all: NaN } }, problem), ["unexplained 1,2,3"]);
});

test("what no usual mistake explains is told with the parts that are wrong", async () => {
  const problem = problemOf([784, 16, 16, 10]);
  assert.deepEqual(await named({ odd: true }, problem), ["unexplained 2"]);
});
