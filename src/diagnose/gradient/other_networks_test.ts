import assert from "node:assert/strict";
import test from "node:test";
import { randomRows } from "../../../tests/support/examined.ts";
import { assertSpeaks } from "../../../tests/support/findings.ts";
import { mistaken, type Switches } from "../../../tests/support/mistaken.ts";
import { networkOf } from "../../../tests/support/problems.ts";
import type { GradientImplementation, Problem } from "../../gradients/contract.ts";
import { fromShortForm } from "../../gradients/short_form.ts";
import type { Network } from "../../model/network.ts";
import { verdictOf } from "../verdict.ts";
import { titleOf } from "../words/finding_words.ts";
import { otherFlags } from "../words/next_flags.ts";
import { examineOtherNetworks } from "./other_networks.ts";

const problem: Problem = {
  network: networkOf([20, 8, 8, 3]),
  dataset: randomRows(1, 20, 3),
  maxBatchSize: 10,
  threads: 1,
};

/** A program whose mistakes depend on the network that it is opened for. */
const dependent = (
  switchesOf: (network: Network) => Switches,
  as: (network: Network) => Network = (network) => network,
): GradientImplementation => ({
  ...fromShortForm(mistaken({})),
  open: async (given) => {
    const network = as(given.network);
    return await fromShortForm(mistaken(switchesOf(given.network))).open({ ...given, network });
  },
});

async function told(program: GradientImplementation) {
  const findings = await examineOtherNetworks(program, problem, "scaled-normal", 1);
  findings.forEach(assertSpeaks);
  return findings;
}

test("a program that is right everywhere is accused of nothing", async () => {
  assert.deepEqual(await told(dependent(() => ({}))), []);
});

test("a fault that the depth of the plan hides is told with the network that shows it", async () => {
  const findings = await told(
    dependent(({ layerSizes }) => layerSizes.length > 4 ? { noHiddenSlope: [1] } : {}),
  );
  assert.deepEqual(findings.map(titleOf), ["missing-hidden-derivative, layer 1, at 20-6-5-4-3"]);
  assert.equal(verdictOf(findings), "wrong-elsewhere");
  assert.deepEqual(otherFlags(findings), ["--layers 20,6,5,4,3"]);
});

test("an activation or loss that a program computes wrongly is told, one that it ignores is not", async () => {
  const findings = await told(
    dependent(({ hiddenActivation }) => hiddenActivation === "tanh" ? { slopeOfA: [1] } : {}),
  );
  assert.deepEqual(findings.map(titleOf), ["derivative-of-activation, layer 1, at tanh"]);
  const sigmoid = dependent(
    () => ({}),
    (network) => ({ ...problem.network, layerSizes: network.layerSizes }),
  );
  assert.deepEqual(await told(sigmoid), []);
});

test("a shape that does not run is advice, a declared one is not tried", async () => {
  const fails: GradientImplementation = {
    ...dependent(() => ({})),
    open(given) {
      if (given.network.layerSizes.length !== 4) throw new RangeError("made for two hidden layers");
      return dependent(() => ({})).open(given);
    },
  };
  const [only, ...none] = await told(fails);
  assert.deepEqual(none, []);
  assert.ok(only.id === "works-only-here" && "others" in only);
  const how = "fails" as const;
  const message = "made for two hidden layers";
  assert.deepEqual(only.others, [
    { at: { layerSizes: [20, 6, 5, 4, 3] }, how, message },
    { at: { layerSizes: [20, 6, 6, 6, 3] }, how, message },
  ]);
  assert.deepEqual(only.right[0], { layerSizes: [20, 7, 5, 3] });
  assert.equal(verdictOf([only]), "right");
  assert.deepEqual(await told({ ...fails, network: { layerSizes: [20, 8, 8, 3] } }), []);
});

test("numbers that no formula explains at another shape do not make a program wrong", async () => {
  const fixed = dependent(({ layerSizes }) => layerSizes.length > 4 ? { times: { w4: NaN } } : {});
  const findings = await told(fixed);
  assert.deepEqual(findings.map(({ id }) => id), ["works-only-here"]);
});
