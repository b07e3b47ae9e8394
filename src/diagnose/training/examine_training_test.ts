import assert from "node:assert/strict";
import test from "node:test";
import { randomFrom, shuffle } from "../../base/random.ts";
import type { FindingOf } from "../../format/finding.ts";
import type { Dataset } from "../../data/dataset.ts";
import { syntheticDigits } from "../../data/synthetic.ts";
import { fusedTyped } from "../../gradients/fused_typed/fused_typed.ts";
import type { GradientImplementation } from "../../gradients/contract.ts";
import { fromShortForm } from "../../gradients/short_form.ts";
import { initialParameters } from "../../model/initialise.ts";
import type { Initialisation, Network } from "../../model/network.ts";
import { assertSpeaks } from "../../../tests/support/findings.ts";
import { mistaken } from "../../../tests/support/mistaken.ts";
import { smallDigits } from "../../../tests/support/small_digits.ts";
import { wordsOf } from "../words/finding_words.ts";
import { examineTraining, type Training } from "./examine_training.ts";

const DIGITS = smallDigits(2, 4000, 1, "train");
const TEST = smallDigits(2, 1000, 2, "test");
const NETWORK: Network = {
  layerSizes: [196, 16, 16, 10],
  hiddenActivation: "sigmoid",
  outputLoss: "sigmoid-quadratic",
};

interface Given extends Partial<Omit<Training, "problem">> {
  readonly network?: Network;
  readonly dataset?: Dataset;
  readonly batchSize?: number;
  readonly initialisation?: Initialisation;
}

async function trained(given: Given) {
  const { network = NETWORK, dataset = DIGITS, batchSize = 10 } = given;
  // Every step takes a millisecond, so that the machine decides nothing.
  let now = 0;
  const clock = () => now += 1e6;
  const answer = await examineTraining({
    implementation: fusedTyped,
    problem: { network, dataset, maxBatchSize: batchSize, threads: 1 },
    test: TEST,
    initial: initialParameters(network, given.initialisation ?? "scaled-normal", 1),
    rate: 3,
    epochs: 5,
    seed: 1,
    ...given,
  }, clock);
  for (const finding of answer.findings) assertSpeaks(finding);
  return answer;
}

async function found(given: Given): Promise<string[]> {
  const { findings } = await trained(given);
  return findings.map(({ id, layers }) => [id, ...layers].join(" "));
}

test("a training that goes well has no findings", async () => {
  assert.deepEqual(await found({}), []);
});

test("shuffled labels are reported before anything else", async () => {
  const labels = Uint8Array.from(
    shuffle(Uint32Array.from(DIGITS.labels), randomFrom(1, "labels")),
  );
  const [first, ...rest] = await found({ dataset: { ...DIGITS, labels } });
  assert.equal(first, "labels-shuffled");
  assert.ok(rest.includes("accuracy-at-chance"), rest.join());
});

test("a rate that is too small or too large is reported", async () => {
  const small = await found({ rate: 0.001 });
  assert.equal(small[0], "rate-too-small");
  assert.ok(small.includes("accuracy-at-chance"));
  assert.equal((await found({ rate: 1000 }))[0], "rate-too-large");
});

test("accuracy that falls with scaled pixels is told by a measured comparison", async () => {
  const scaled = async (pixels: string) => {
    const network: Network = { ...NETWORK, layerSizes: [196, 16, 10], convention: { pixels } };
    const { findings } = await trained({ network, epochs: 2 });
    return findings.find(({ id }) => id === "rate-for-other-pixels") as
      | FindingOf<"rate-for-other-pixels">
      | undefined;
  };
  assert.equal(await scaled("x*0.99+0.01"), undefined);
  const small = await scaled("x*0.01");
  assert.ok(small && small.most === 0.01, JSON.stringify(small));
  assert.ok(small.gain.after - small.gain.before >= 0.1, JSON.stringify(small.gain));
  const large = await scaled("x*255");
  assert.ok(large && large.most === 255, JSON.stringify(large));
  assert.match(
    wordsOf(large).evidence,
    /^With pixels from 0 to 255 \(x\*255\), a correct gradient/,
  );
});

test("minibatches that leave few updates are reported", async () => {
  assert.ok((await found({ batchSize: 2000 })).includes("too-few-updates"));
});

test("weights that saturate neurons are reported with their layers", async () => {
  // Only many pixels drive a sum of uniform weights that far.
  const ids = await found({
    network: { ...NETWORK, layerSizes: [784, 16, 16, 10] },
    dataset: syntheticDigits(1000, 1, "train"),
    test: syntheticDigits(500, 2, "test"),
    initialisation: "uniform",
  });
  assert.ok(ids.some((id) => /^saturated-units 1/.test(id)), ids.join());
});

test("relus that are 0 for every example are dead", async () => {
  const network: Network = { ...NETWORK, hiddenActivation: "relu" };
  const initial = initialParameters(network, "scaled-normal", 1);
  for (let p = 196 * 16; p < 196 * 16 + 16; p++) initial[p] = -50;
  const ids = await found({ network, initial, rate: 0.1 });
  assert.ok(ids.includes("dead-units 1") || ids.includes("dead-units 1 2"), ids.join());
});

test("relus that a rate kills gain by a smaller rate, those born dead by other weights", async () => {
  const network: Network = { ...NETWORK, hiddenActivation: "relu" };
  const initial = initialParameters(network, "scaled-normal", 1);
  const deadOf = async (given: Given) => {
    const { findings } = await trained({ network, ...given });
    const dead = findings.find(({ id }) => id === "dead-units") as FindingOf<"dead-units">;
    assert.ok(dead?.gain, JSON.stringify(findings));
    assert.ok(dead.gain.after > dead.gain.before + 0.1, JSON.stringify(dead.gain));
    return { ...dead, fix: wordsOf(dead).fix };
  };
  const killed = await deadOf({ rate: 30 });
  assert.ok(killed.units.every(({ deadAtStart }) => deadAtStart < 0.5));
  assert.match(killed.fix, /^Lower the rate: --rate [\d.]+\. Gain: .+ at rate/);
  for (let p = 196 * 16; p < 196 * 16 + 16; p++) initial[p] = -50;
  const born = await deadOf({ initial, rate: 0.1 });
  assert.match(born.fix, /--initialisation scaled-normal\. Gain: /);
});

test("a gradient of the wrong sign makes the loss climb", async () => {
  const implementation = fromShortForm(mistaken({ times: { all: -1 } }));
  const ids = await found({ implementation });
  assert.ok(ids.includes("loss-exploding") && ids.includes("accuracy-at-chance"), ids.join());
});

test("an implementation that computes nothing leaves the loss where it was", async () => {
  const implementation = fromShortForm(mistaken({ times: { all: 0 } }));
  assert.deepEqual(await found({ implementation }), ["loss-flat", "accuracy-at-chance"]);
});

test("test labels in another order are reported, and those of the training set are not", async () => {
  const labels = Uint8Array.from(shuffle(Uint32Array.from(TEST.labels), randomFrom(1, "labels")));
  const { findings } = await trained({ test: { ...TEST, labels } });
  const ids = findings.map(({ id }) => id);
  const first = findings[0] as FindingOf<"test-labels-shuffled">;
  assert.equal(first.id, "test-labels-shuffled");
  assert.ok(first.gain, JSON.stringify(first));
  assert.ok(first.gain.before < 0.2 && first.gain.after > 0.8, JSON.stringify(first.gain));
  assert.match(wordsOf(first).fix, /Gain: .+ in 2,000 updates, where training examples/);
  assert.ok(ids.includes("accuracy-at-chance") && !ids.includes("loss-flat"), ids.join());
});

test("weights that are all 0 leave the neurons of a layer equal", async () => {
  const initial = initialParameters(NETWORK, "scaled-normal", 1).fill(0);
  const ids = await found({ initial });
  assert.ok(ids.includes("equal-units 1 2"), ids.join());
});

test("inputs that never vary are the cause where a program divides by their deviation", async () => {
  const { features, pixels, count } = DIGITS;
  const dimmed = pixels.map((byte, p) => p % features === 0 ? 0 : byte);
  const divides: GradientImplementation = {
    ...fusedTyped,
    async open(problem) {
      const kernel = await fusedTyped.open(problem);
      if (kernel.mode === "async") throw new Error("fused_typed is synchronous");
      const { pixels } = problem.dataset;
      let deviation = 0;
      for (let n = 0; n < count; n++) deviation += pixels[n * features] / 255;
      return {
        ...kernel,
        lossAndGradient(batch) {
          const loss = kernel.lossAndGradient(batch);
          kernel.gradient[0] *= deviation / deviation;
          return loss;
        },
      };
    },
  };
  const dataset = { ...DIGITS, pixels: dimmed };
  assert.equal((await found({ dataset, implementation: divides }))[0], "constant-inputs");
  assert.deepEqual(await found({ dataset }), []);
  const diverges: GradientImplementation = {
    ...fusedTyped,
    async open(problem) {
      const kernel = await fusedTyped.open(problem);
      if (kernel.mode === "async") throw new Error("fused_typed is synchronous");
      let calls = 0;
      return {
        ...kernel,
        lossAndGradient(batch) {
          const loss = kernel.lossAndGradient(batch);
          if (++calls % 50 === 0) kernel.gradient[0] = NaN;
          return loss;
        },
      };
    },
  };
  const told = await found({ dataset, implementation: diverges });
  assert.ok(!told.includes("constant-inputs"), told.join());
});

test("a network that always answers one class is told by its signature", async () => {
  const implementation = fromShortForm(mistaken({ times: { all: 0 } }));
  const initial = initialParameters(NETWORK, "scaled-normal", 1);
  initial[initial.length - 7] = 50;
  const { findings } = await trained({ implementation, initial });
  const chance = findings.find(({ id }) => id === "accuracy-at-chance")!;
  assert.match(wordsOf(chance).evidence, /it always answers 3\.$/);
});

test("what the right gradient gains is measured at the same number of updates", async () => {
  const { reachable, gain } = await trained({
    implementation: fromShortForm(mistaken({ times: { all: 0.01 } })),
    isWrong: true,
  });
  assert.ok(reachable.accuracy > 0.8 && reachable.epochs === 5, JSON.stringify(reachable));
  assert.ok(gain && gain.corrected > gain.own && gain.best.accuracy >= gain.corrected);
  assert.equal(gain.updates, 2000);
  assert.equal((await trained({})).gain, undefined);
});
